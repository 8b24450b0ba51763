// The plan: what a migration would do to a cluster as it is now, by the operator's own pure code. Asks through a source, writes nothing.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import type { ClosedPlaces } from '../../core/closed-places.ts';
import type { NamespaceSummary } from '../../core/migration/observation.ts';
import type { PreflightAnswer, PreflightFacts } from '../../mesh/adapter.ts';
import { operatorNamespaceFact } from '../../mesh/facts.ts';
import type { NamesIo } from '../../mesh/names.ts';
import { adapters } from '../../mesh/registry.ts';
import { readExclusions } from './exclusions.ts';
import type { Exclusions } from './exclusions.ts';
import { findMembers } from './members.ts';
import type { Plan, PlannedNamespace } from './plan.ts';
import type { Found, World } from './plan-namespace.ts';
import { planNamespace } from './plan-namespace.ts';
import { readNames } from './read-names.ts';
import type { SecondLook } from './read-names.ts';
import { allTemplates, answersTo } from './templates.ts';

/** How a plan is made. */
export interface PlanOptions {
  /** Where there is a cluster to look at once more. */
  readonly again?: SecondLook;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Makes it. */
export async function makePlan(migration: MeshMigration, source: NamesIo, { again, now }: PlanOptions): Promise<Plan> {
  const { spec } = migration;
  const both = { source: adapters[spec.source.mesh], target: adapters[spec.target.mesh] };
  const facts = {
    source: await answersTo(source, both.source.questions(spec, 'source')),
    target: await answersTo(source, both.target.questions(spec, 'target')),
  };
  const answers = [both.source.preflight(facts.source, spec, 'source'), both.target.preflight(facts.target, spec, 'target')];
  const exclusions = await readExclusions(source, answers);
  const members = await findMembers(migration, both, { source, exclusions });
  const templates = await allTemplates(source);
  const names = await readNames(spec, both.source, { source, again });
  const closed = closedPlaces(members.observation.namespaces, exclusions);
  const own = ownNamespace(members.observation.namespaces, exclusions);
  const known = { source: { ...facts.source, ...own }, target: { ...facts.target, ...own } };
  const world: World = { members, source, both, facts: known, templates, closed, now, ...names };
  const found: Found = { objects: new Map(), proposals: new Map() };
  const waves: Plan['waves'][number][] = [];
  for (const { wave, members: ofWave } of members.waves) {
    const namespaces: PlannedNamespace[] = [];
    for (const member of ofWave) namespaces.push(...(await planNamespace(world, { member, wave: wave.name }, found)));
    waves.push({ name: wave.name, namespaces });
  }
  const words = clusterWords(answers, source);
  return {
    migration: migration.metadata.name,
    blockers: [...words.blockers, ...members.blockers.map(({ message, remedy }) => ({ message, ...(remedy && { remedy }) }))],
    waves,
    passedOver: members.passedOver,
    objects: [...found.objects.values()],
    proposals: [...found.proposals.values()],
    settings: names.reading?.settings ?? [],
    notes: [...words.notes, ...members.notes, ...exclusions.notes],
  };
}

function ownNamespace(namespaces: readonly NamespaceSummary[], { operatorNamespace: name }: Exclusions): PreflightFacts {
  if (name === undefined) return {};
  const labels = namespaces.find((namespace) => namespace.name === name)?.labels;
  return {
    [operatorNamespaceFact]: { kind: 'objects', items: [{ metadata: { name, ...(labels !== undefined && { labels }) } }] },
  };
}

function closedPlaces(namespaces: readonly NamespaceSummary[], exclusions: Exclusions): ClosedPlaces {
  const held = new Set(namespaces.filter(({ annotations }) => annotations[keys.hold] !== undefined).map(({ name }) => name));
  return (name) => (exclusions.why(name) !== undefined ? 'it is excluded' : held.has(name) ? 'a person holds it' : undefined);
}

// Files don't tell whether a mesh is healthy.
function clusterWords(answers: readonly PreflightAnswer[], { offline }: NamesIo): Pick<Plan, 'blockers' | 'notes'> {
  const unhealthy = answers.flatMap(({ verdict }) => (verdict.kind === 'pass' ? [] : [verdict.message]));
  const found = answers.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'block'));
  const blockers = found.map(({ message, remedy }) => ({ message, remedy }));
  if (offline !== true) return { blockers: [...unhealthy.map((message) => ({ message })), ...blockers], notes: [] };
  const unseen = unhealthy.map((message) => `not judged from files: ${message}`);
  return { blockers, notes: ['from files: Services that select pods are taken to have ready ones', ...unseen] };
}

// The plan: what a migration would do to a cluster as it is now, by the operator's own pure code. Asks through a source, writes nothing.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import { membershipOf } from '../../core/migration/membership.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import { conflictIn, isOnlyAdvice } from '../../core/closed-places.ts';
import type { ClosedPlaces } from '../../core/closed-places.ts';
import type { NameManifest } from '../../core/names.ts';
import { pass } from '../../core/verdict.ts';
import type {
  KubeObjectLike,
  MeshAdapter,
  PodTemplate,
  PreflightAnswer,
  PreflightFacts,
  PreflightQuestion,
  Role,
} from '../../mesh/adapter.ts';
import type { Resolve } from '../../mesh/configuration.ts';
import type { NameLine, NamesAnswer, NamesIo, NamesReading, SettingLine, WantedObject } from '../../mesh/names.ts';
import { adapters } from '../../mesh/registry.ts';
import { lookInto } from './look-into.ts';
import { readNames } from './read-names.ts';
import type { SecondLook } from './read-names.ts';

/** What stands in the way of one workload, or nothing. */
export interface PlannedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly moves: boolean;
  readonly why?: string;
  readonly remedy?: string;
}

/** One namespace. */
export interface PlannedNamespace {
  readonly name: string;
  readonly workloads: readonly PlannedWorkload[];
  readonly names: readonly NameLine[];
  /** What would hold it up; sentences. */
  readonly blockers: readonly { readonly message: string; readonly remedy?: string }[];
  /** What is approximate, lost or unknown; sentences. */
  readonly notes: readonly string[];
}

/** The whole plan. */
export interface Plan {
  readonly migration: string;
  readonly blockers: readonly { readonly message: string; readonly remedy?: string }[];
  readonly waves: readonly { readonly name: string; readonly namespaces: readonly PlannedNamespace[] }[];
  /** Everything that would be made for callers, without doubles. */
  readonly objects: readonly WantedObject[];
  /** What might be made by hand, and is not. */
  readonly proposals: readonly NameManifest[];
  /** What becomes of the source's configuration, field by field. */
  readonly settings: readonly SettingLine[];
  /** What could not be looked at; sentences. */
  readonly notes: readonly string[];
}

/** Makes it. */
export async function makePlan(migration: MeshMigration, source: NamesIo, again?: SecondLook): Promise<Plan> {
  const { spec } = migration;
  const both = { source: adapters[spec.source.mesh], target: adapters[spec.target.mesh] };
  const facts = {
    source: await askAll(source, both.source.questions(spec, 'source')),
    target: await askAll(source, both.target.questions(spec, 'target')),
  };
  const answers = [both.source.preflight(facts.source, spec, 'source'), both.target.preflight(facts.target, spec, 'target')];
  const excluded = new Set(answers.flatMap((answer) => answer.controlPlaneNamespaces));
  const templates = (await Promise.all(templateQuestions.map((question) => templatesOf(source, question)))).flat();
  const names = await readNames(migration.spec, both.source, { source, again });
  const closed = await closedPlaces(source, isExcludedBy(excluded));
  const world: World = { migration, source, both, facts, templates, closed, ...names };
  const found: Found = { objects: new Map(), proposals: new Map() };
  const waves: Plan['waves'][number][] = [];
  for (const { wave, members } of (await membersOf(migration, source, excluded)).waves) {
    const namespaces: PlannedNamespace[] = [];
    for (const { name, namespace } of members) {
      if (namespace !== undefined) namespaces.push(await planNamespace(world, name, found));
    }
    waves.push({ name: wave.name, namespaces });
  }
  const { blockers, notes } = clusterWords(answers, source);
  const [objects, proposals] = [[...found.objects.values()], [...found.proposals.values()]];
  const settings = names.reading?.settings ?? [];
  return { migration: migration.metadata.name, blockers, waves, objects, proposals, settings, notes };
}

async function membersOf(migration: MeshMigration, source: NamesIo, excluded: ReadonlySet<string>) {
  return membershipOf({
    migration,
    records: [],
    namespaces: (await objectsOf(source, { name: 'namespaces', group: '', version: 'v1', plural: 'namespaces' })).map(summaryOf),
    migrations: new Set([migration.metadata.uid]),
    isExcluded: isExcludedBy(excluded),
    originalKeys: { labels: [], annotations: [] },
    cluster: { source: pass, target: pass, admission: pass, findings: [] },
    sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: '' },
  });
}

function isExcludedBy(controlPlanes: ReadonlySet<string>): (name: string) => boolean {
  return (name) => name.startsWith('kube-') || name === 'meshmigration-system' || controlPlanes.has(name);
}

async function closedPlaces(source: NamesIo, isExcluded: (name: string) => boolean): Promise<ClosedPlaces> {
  const namespaces = await objectsOf(source, { name: 'namespaces', group: '', version: 'v1', plural: 'namespaces' });
  const held = new Set(
    namespaces.filter(({ metadata }) => metadata?.annotations?.[keys.hold] !== undefined).map(({ metadata }) => metadata?.name),
  );
  return (name) => (isExcluded(name) ? 'it is excluded' : held.has(name) ? 'a person holds it' : undefined);
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

interface World {
  readonly migration: MeshMigration;
  readonly source: NamesIo;
  readonly both: Readonly<Record<Role, MeshAdapter>>;
  readonly facts: Readonly<Record<Role, PreflightFacts>>;
  readonly templates: readonly Templated[];
  readonly closed: ClosedPlaces;
  readonly reading?: NamesReading;
  readonly moved?: ReadonlyMap<string, number>;
}

interface Found {
  readonly objects: Map<string, WantedObject>;
  readonly proposals: Map<string, NameManifest>;
}

interface Templated {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplate;
}

const apps = (plural: string, kind: string): PreflightQuestion => ({ name: kind, group: 'apps', version: 'v1', plural });
const templateQuestions: readonly PreflightQuestion[] = [
  apps('deployments', 'Deployment'),
  apps('statefulsets', 'StatefulSet'),
  apps('daemonsets', 'DaemonSet'),
  { name: 'CronJob', group: 'batch', version: 'v1', plural: 'cronjobs' },
];

async function templatesOf(source: NamesIo, question: PreflightQuestion): Promise<Templated[]> {
  return (await objectsOf(source, question)).map((object) => {
    const spec = object['spec'] as { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } } | undefined;
    const { name = '', namespace = '' } = object.metadata ?? {};
    return { kind: question.name, name, namespace, template: spec?.template ?? spec?.jobTemplate?.spec?.template ?? {} };
  });
}

async function planNamespace(world: World, name: string, found: Found): Promise<PlannedNamespace> {
  const { migration, both, source, moved } = world;
  const own = world.templates.filter(({ namespace }) => namespace === name);
  const facts = await factsOf(world, name);
  const templates = own.map(({ template }) => template);
  const looked = await lookInto({ mesh: both.source, spec: migration.spec, source }, name, templates);
  const { resolve } = looked;
  const workloads = own
    .filter(({ template }) => both.source.detect(template, migration.spec, { resolve }).state !== 'absent')
    .map((workload) => planWorkload({ ...world, facts }, workload, resolve));
  const callers = own.filter(({ template }) => both.source.names?.isCaller(template, migration.spec) === true);
  const question = { namespace: name, callers, resolve, ...(moved && { moved }) };
  const answer = callers.length === 0 ? undefined : await world.reading?.answer(question);
  const { names = [], notes = [] } = answer ?? {};
  if (answer !== undefined) collect(answer, world.closed, found);
  return { name, workloads, names, blockers: blockersOf(answer, world.closed), notes: [...looked.notes, ...notes] };
}

async function factsOf({ migration, both, source, facts }: World, name: string): Promise<World['facts']> {
  const roles = ['source', 'target'] as const;
  const asked = await Promise.all(roles.map((role) => askAll(source, both[role].namespaceQuestions(name, migration.spec, role))));
  return { source: { ...facts.source, ...asked[0] }, target: { ...facts.target, ...asked[1] } };
}

function collect({ wanted, proposals = [] }: NamesAnswer, closed: ClosedPlaces, found: Found): void {
  // By hand a person makes these as well, so they are printed; a port or annotation there is told in words.
  const open = wanted.filter(({ how, manifest }) => how === 'create' || conflictIn(closed, manifest) === undefined);
  for (const one of open) found.objects.set(`${one.how} ${shown(one.manifest)}`, one);
  for (const manifest of proposals) found.proposals.set(shown(manifest), manifest);
}

function shown({ kind, metadata }: NameManifest): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

function blockersOf(answer: NamesAnswer | undefined, closed: ClosedPlaces): PlannedNamespace['blockers'] {
  if (answer === undefined) return [];
  const { verdict, wanted } = answer;
  const own = verdict.kind === 'pass' ? [] : [{ message: verdict.message, ...remedyOf(answer) }];
  return [...own, ...wanted.flatMap(({ manifest }) => (isOnlyAdvice(manifest) ? [] : (conflictIn(closed, manifest) ?? [])))];
}

function remedyOf({ remedy }: { readonly remedy?: string }): { remedy?: string } {
  return remedy === undefined ? {} : { remedy };
}

function planWorkload(
  { migration, both, facts }: World,
  { kind, name, namespace, template }: Templated,
  resolve: Resolve,
): PlannedWorkload {
  const workload = { kind, name, namespace, namespaceKeys: { labels: {}, annotations: {} }, template, resolve };
  const use = both.source.detect(template, migration.spec, { resolve }).uses.find(({ removedBy }) => removedBy !== 'admission');
  if (use !== undefined) return { kind, name, moves: false, why: `${use.kind} at ${use.place}`, ...remedyOf(use) };
  const findings = (['source', 'target'] as const).flatMap((role) =>
    both[role].workloadFindings(workload, facts[role], migration.spec, role),
  );
  const listed = findings.find(({ severity }) => severity !== 'warn');
  return listed === undefined
    ? { kind, name, moves: true }
    : { kind, name, moves: false, why: listed.message, remedy: listed.remedy };
}

async function askAll(source: NamesIo, questions: readonly PreflightQuestion[]): Promise<PreflightFacts> {
  return Object.fromEntries(
    await Promise.all(questions.map(async (question) => [question.name, await source.list(question)] as const)),
  );
}

async function objectsOf(source: NamesIo, question: PreflightQuestion): Promise<readonly KubeObjectLike[]> {
  const answer = await source.list(question);
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer.items;
}

function summaryOf({ metadata = {} }: KubeObjectLike) {
  const { name = '', labels = {}, annotations = {} } = metadata;
  return { name, uid: name, labels, annotations, deleting: false };
}

/** Something in the plan needs a person before it can be carried out whole. */
export function needsPerson({ blockers, waves }: Plan): boolean {
  return (
    blockers.length > 0 ||
    waves.some(({ namespaces }) => namespaces.some((n) => n.blockers.length > 0 || n.workloads.some(({ moves }) => !moves)))
  );
}

// One namespace of a plan: its workloads by the operator's own listing and preflight, its names by the mesh that is left.

import { conflictIn, isOnlyAdvice } from '../../core/closed-places.ts';
import type { ClosedPlaces } from '../../core/closed-places.ts';
import { few } from '../../core/few.ts';
import type { Member } from '../../core/migration/membership.ts';
import type { NameManifest } from '../../core/names.ts';
import { isCommitted } from '../../core/namespace/namespace-keys.ts';
import type { NamespaceObservation, Workload } from '../../core/observation.ts';
import { isKeyed, pairOf } from '../../core/pair.ts';
import { remedyOf } from '../../core/reasons.ts';
import { resolveSettings } from '../../core/settings.ts';
import { acceptedReason, exceptionOf } from '../../core/workload/listing.ts';
import type { MeshAdapter, PreflightFacts, Role } from '../../mesh/adapter.ts';
import type { Resolve } from '../../mesh/configuration.ts';
import type { NamesAnswer, NamesIo, NamesReading, WantedObject } from '../../mesh/names.ts';
import { lookInto } from './look-into.ts';
import type { Looked } from './look-into.ts';
import type { Members } from './members.ts';
import { observed, preflightStatus } from './observed.ts';
import type { Obstacle, PlannedNamespace, PlannedWorkload } from './plan.ts';
import { answersTo, templateKinds } from './templates.ts';
import type { Templated } from './templates.ts';

/** What is known of the cluster. */
export interface World {
  readonly members: Members;
  readonly source: NamesIo;
  readonly both: Readonly<Record<Role, MeshAdapter>>;
  readonly facts: Readonly<Record<Role, PreflightFacts>>;
  readonly templates: readonly Templated[];
  readonly closed: ClosedPlaces;
  readonly now: number;
  readonly reading?: NamesReading;
  readonly moved?: ReadonlyMap<string, number>;
}

/** What all namespaces together need, without doubles. */
export interface Found {
  readonly objects: Map<string, WantedObject>;
  readonly proposals: Map<string, NameManifest>;
}

/** The plan of one member; none where the namespace is gone. */
export async function planNamespace(
  world: World,
  { member, wave }: { readonly member: Member; readonly wave: string },
  found: Found,
): Promise<PlannedNamespace[]> {
  if (member.namespace === undefined) return [];
  const { name } = member;
  const own = world.templates.filter(({ namespace }) => namespace === name);
  const { spec } = world.members.observation.migration;
  const templates = own.map(({ template }) => template);
  const looked = await lookInto({ mesh: world.both.source, spec, source: world.source }, name, templates);
  const move = await moveOf(world, { member, wave, resolve: looked.resolve }, own);
  const names = await namesOf(world, { namespace: name, ...looked }, own);
  if (names.answer !== undefined) collect(names.answer, world.closed, found);
  const others = world.members.others(member);
  const step = member.record?.status?.step;
  return [
    {
      name,
      ...(step !== undefined && { step }),
      workloads: move.workloads,
      names: names.answer?.names ?? [],
      blockers: [...others.blockers, ...move.blockers, ...blockersOf(names.answer, world.closed)].map(obstacleOf),
      notes: [...others.notes, ...move.notes, ...names.notes],
    },
  ];
}

interface Looking {
  readonly member: Member;
  readonly wave: string;
  readonly resolve: Resolve;
}

/** What the operator's own preflight says of the workloads. */
async function moveOf(
  world: World,
  { member, wave, resolve }: Looking,
  own: readonly Templated[],
): Promise<Pick<PlannedNamespace, 'workloads' | 'blockers' | 'notes'>> {
  const { namespace, name } = member;
  if (namespace === undefined) return { workloads: [], blockers: [], notes: [] };
  const pods = await world.source.list({ name: 'pods', group: '', version: 'v1', plural: 'pods', namespace: name });
  const place = {
    ...{ migration: world.members.observation, both: world.both, namespace, wave, resolve },
    facts: await factsOf(world, name),
  };
  const observation = observed(place, own, pods.kind === 'objects' ? pods.items : []);
  const status = preflightStatus(observation, world.now);
  return {
    workloads: [...plannedWorkloads(observation, wave), ...beside(status.workloads)],
    blockers: status.blocked === true ? [{ message: status.message ?? '', ...withRemedy(status) }] : [],
    notes: pods.kind === 'error' ? [`pods without a workload are not known: ${pods.message}`] : [],
  };
}

/** What the callers of the namespace need. */
async function namesOf(
  world: World,
  { namespace, resolve, notes }: Looked & { readonly namespace: string },
  own: readonly Templated[],
): Promise<{ readonly answer?: NamesAnswer; readonly notes: readonly string[] }> {
  const { both, members, moved, reading } = world;
  const { spec } = members.observation.migration;
  const callers = own.filter(({ template }) => both.source.names?.isCaller(template, spec) === true);
  const question = { namespace, callers, resolve, ...(moved && { moved }) };
  const answer = callers.length === 0 ? undefined : await reading?.answer(question);
  return answer === undefined ? { notes } : { answer, notes: [...notes, ...answer.notes] };
}

function obstacleOf({ message, ...rest }: Obstacle): Obstacle {
  return { message, ...withRemedy(rest) };
}

async function factsOf({ members, both, source, facts }: World, name: string): Promise<World['facts']> {
  const { spec } = members.observation.migration;
  const ask = async (role: Role): Promise<PreflightFacts> => ({
    ...facts[role],
    ...(await answersTo(source, both[role].namespaceQuestions(name, spec, role))),
  });
  return { source: await ask('source'), target: await ask('target') };
}

function plannedWorkloads(o: NamespaceObservation, wave: string): PlannedWorkload[] {
  return o.workloads.filter(({ deleting }) => !deleting).map((workload) => planned(workload, o, wave));
}

function planned(workload: Workload, o: NamespaceObservation, wave: string): PlannedWorkload {
  const { kind, name } = workload;
  const { source, target } = o.record.spec;
  const pair = pairOf(source, target);
  if (isKeyed(workload.keys, pair)) return movedAlready(workload);
  const { spec } = o.migration ?? {};
  const settings =
    spec &&
    resolveSettings(
      spec,
      spec.waves.find((one) => one.name === wave),
    );
  const exception = settings && exceptionOf(workload, pair, settings);
  if (exception === undefined) return isCommitted(o) ? movedAlready(workload) : { kind, name, moves: true };
  const accepted = acceptedReason(workload);
  const { message: why, remedy = remedyOf(exception.reason) } = exception;
  return { kind, name, moves: false, ...(accepted !== undefined && { accepted: accepted || 'accepted' }), why, remedy };
}

// What its template still says of the source does nothing while admission is installed, and belongs out of Git before that goes.
function movedAlready({ kind, name, source }: Workload): PlannedWorkload {
  const moved = { kind, name, moves: false, already: true } as const;
  if (source.uses.length === 0) return moved;
  const places = source.uses.map(({ place }) => place);
  return {
    ...moved,
    why: `its template still points at the source: ${few(places, 5)}`,
    remedy: 'Take this out of the template in Git; it does nothing as long as the admission of the operator is installed.',
  };
}

// Pods that belong to no workload with a template.
function beside(rows: ReturnType<typeof preflightStatus>['workloads'] = []): PlannedWorkload[] {
  return rows
    .filter(({ kind }) => !templateKinds.some((one) => one === kind))
    .map(({ kind, name, accepted, message = '', remedy = '' }) => ({
      ...{ kind, name, moves: false },
      ...(accepted !== undefined && { accepted }),
      ...{ why: message, remedy },
    }));
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

function blockersOf(answer: NamesAnswer | undefined, closed: ClosedPlaces): readonly Obstacle[] {
  if (answer === undefined) return [];
  const { verdict, wanted } = answer;
  const own = verdict.kind === 'pass' ? [] : [{ message: verdict.message, ...withRemedy(answer) }];
  return [...own, ...wanted.flatMap(({ manifest }) => (isOnlyAdvice(manifest) ? [] : (conflictIn(closed, manifest) ?? [])))];
}

function withRemedy({ remedy }: { readonly remedy?: string }): { remedy?: string } {
  return remedy === undefined || remedy === '' ? {} : { remedy };
}

// Reader room: from what was read to the answer about one namespace: calls in use → verdicts and plan → what is wanted, whether it has
// settled, and whether Linkerd 1 still answers as it would without us.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import { fail, pass, unknown } from '../../../core/verdict.ts';
import type { Verdict } from '../../../core/verdict.ts';
import type { NameManifest } from '../../../core/names.ts';
import { few } from '../../../core/few.ts';
import { lastSeenMoving } from '../../../core/traffic.ts';
import type { NameLine, NamesAnswer, NamesIo, NamesQuestion, WantedObject } from '../../names.ts';
import { hostHeader } from '../translate/call.ts';
import { changedAnswers } from '../translate/after-plan.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Prepared } from '../translate/prepare.ts';
import { prepare } from '../translate/prepare.ts';
import type { NamingWorld, WorldParts } from '../translate/world.ts';
import { namingWorld } from '../translate/world.ts';
import type { ClusterReading } from './cluster.ts';
import { profilesProblem, readGateway } from './gateway.ts';
import type { GatewayReading } from './gateway.ts';
import { judgeCall } from '../translate/judge.ts';
import { withAnsweredBefore } from './answered-before.ts';
import { compared } from './compared.ts';
import type { Problem } from './compared.ts';
import type { CallsInUse, SeenCall } from './in-use.ts';
import { callsInUse } from './in-use.ts';
import type { L5dReading, UsedRouter } from './l5d.ts';
import type { LiveAnswers } from './live-answers.ts';
import { unsettled } from './settled.ts';
import { wantedOf } from './wanted.ts';

/** Everything that was read. */
export interface ReadState {
  readonly spec: MeshMigrationSpec;
  readonly io: NamesIo;
  readonly l5d: L5dReading;
  readonly cluster: ClusterReading;
  readonly live: LiveAnswers;
}

/** The part of the answer that one router gives. */
interface RouterAnswer {
  readonly world: NamingWorld;
  readonly used: UsedRouter;
  readonly seen: readonly SeenCall[];
  readonly prepared: Prepared;
  /** Names that would lead elsewhere through Linkerd 1 once the plan is carried out. */
  readonly wouldChange: readonly string[];
  readonly notes: readonly string[];
  /** Names that work today were not judged. */
  readonly hidden?: Problem;
}

/** The answer for one namespace. */
export async function answerFor(state: ReadState, question: NamesQuestion): Promise<NamesAnswer> {
  const routers = state.l5d.routers.map((used) => throughRouter(state, used, question));
  const wanted = wantedOf(routers.flatMap(({ prepared }) => prepared.objects));
  const problem =
    routers.find(({ hidden }) => hidden !== undefined)?.hidden ??
    firstProblem(routers, wanted, { spec: state.spec, moved: question.moved });
  const { gateway, missing, problem: without } = await routesHere(state, wanted);
  const live = await compared(state, routers);
  const blocked: Problem | undefined = problem ?? without ?? live.problem;
  return {
    verdict: blocked === undefined ? pass : fail('NamesBlocked', blocked.message),
    ...(blocked?.remedy !== undefined && { remedy: blocked.remedy }),
    names: routers.flatMap((router) => linesOf(router, question.moved)),
    wanted: wanted.filter(({ manifest }) => !missing.includes(manifest.kind)),
    settled: settledOf(state, routers, gateway),
    ...(without !== undefined && { lacking: without }),
    ...(live.changed !== undefined && { changed: live.changed }),
    unasked: live.unasked,
    differences: routers.flatMap(({ notes, prepared }) => [...notes, ...prepared.notes]),
    proposals: distinct(routers.flatMap(({ prepared }) => prepared.proposals)),
    notes: [...state.l5d.problems, ...routers.flatMap(({ notes, prepared }) => [...notes, ...prepared.notes]), ...live.notes],
  };
}

interface RoutesHere {
  readonly gateway: GatewayReading;
  /** Kinds that can't be made here. */
  readonly missing: readonly string[];
  readonly problem?: Required<Problem>;
}

/** Whether the kinds of routes that are wanted exist in the cluster. */
async function routesHere({ io }: ReadState, wanted: readonly WantedObject[]): Promise<RoutesHere> {
  // Objects in files don't tell what a cluster serves.
  if (io.offline === true) return { gateway: { ok: true, routes: [] }, missing: [] };
  const needs = (...kinds: readonly string[]): boolean => wanted.some(({ manifest }) => kinds.includes(manifest.kind));
  const gateway: GatewayReading = needs(...gatewayKinds) ? await readGateway(io.list) : { ok: true, routes: [] };
  if (!gateway.ok) return { gateway, missing: gatewayKinds, problem: { message: gateway.why, remedy: gateway.remedy } };
  const profiles = needs('ServiceProfile') ? await profilesProblem(io.list) : undefined;
  if (profiles === undefined) return { gateway, missing: [] };
  return { gateway, missing: ['ServiceProfile'], problem: { message: profiles.why, remedy: profiles.remedy } };
}

const gatewayKinds: readonly string[] = ['HTTPRoute', 'GRPCRoute'];

function throughRouter({ spec, l5d, cluster }: ReadState, used: UsedRouter, question: NamesQuestion): RouterAnswer {
  const { router, dtab } = used;
  const { config, files } = l5d;
  const base = { config, router, dtab, cluster: cluster.before, l5dNamespace: l5d.namespace };
  const parts: WorldParts = { ...base, ...(files && { files }), takesUsualNamer: used.namerd !== undefined };
  const world = namingWorld(parts);
  const { callers, resolve } = question;
  const labels = l5d.routers.map((other) => other.router.label);
  const counters = withAnsweredBefore({ label: router.label, counters: used.counters }, labels, question.answered);
  const seen = { counters, callers, ...(resolve && { resolve }) };
  const inUse = callsInUse(question.namespace, router, seen, (call) => judgeCall(world, call).reason !== 'NotRoutedToday');
  const { calls } = inUse;
  const prepared = prepare(
    world,
    calls.map(({ call }) => call),
    {
      dtabs: l5d.routers.map((other) => other.dtab),
      servicePorts: spec.routing?.servicePorts ?? 'Add',
      routes: spec.target.linkerd2?.routes ?? 'Auto',
      stamp: (manifest) => manifest,
    },
  );
  const names = prepared.verdicts.flatMap(({ through }) => (through === undefined ? [] : [parsePath(through.logical)]));
  const wouldChange =
    prepared.objects.length === 0 ? [] : changedAnswers(parts, { ...prepared.names, objects: prepared.objects }, names);
  return { world, used, seen: calls, prepared, wouldChange, ...leftOutOf(used, inUse) };
}

// Names that lead nowhere may be left out. One that is answered today must not be: it would be moved unjudged.
function leftOutOf({ router, leftOut }: UsedRouter, inUse: CallsInUse): Pick<RouterAnswer, 'notes' | 'hidden'> {
  const names = (leftOut?.names ?? 0) + inUse.leftOut;
  const answered = (leftOut?.answered ?? 0) + inUse.answeredLeftOut;
  const notes =
    names === 0 ? [] : [`router ${router.label}: ${names} names that lead nowhere or have fewer requests were left out`];
  if (answered === 0) return { notes };
  const message = `router ${router.label} has answered ${answered} more names than are looked at, so what they need is unknown`;
  const remedy =
    'Find out who calls so many hosts through Linkerd 1, and restart its pods to have them count anew; or accept it with routing.onBlocked: Proceed.';
  return { notes, hidden: { message, remedy } };
}

function firstProblem(
  routers: readonly RouterAnswer[],
  wanted: readonly WantedObject[],
  { spec, moved }: { readonly spec: MeshMigrationSpec; readonly moved: NamesQuestion['moved'] },
): Problem | undefined {
  const blocked = routers.flatMap((router) =>
    router.prepared.verdicts.flatMap((verdict, i) => (verdict.verdict === 'blocked' ? [{ verdict, router, i }] : [])),
  );
  const [first] = blocked;
  if (first !== undefined) {
    const more = blocked.length === 1 ? '' : ` (and ${blocked.length - 1} more names)`;
    const { message, remedy } = first.verdict;
    const where = whereSeen(first.router, first.i, moved);
    return { message: `${message}${more}; ${where}`, ...(remedy !== undefined && { remedy: capitalized(remedy) }) };
  }
  const [conflict] = routers.flatMap(({ prepared }) => prepared.conflicts);
  if (conflict !== undefined) return { message: conflict };
  const [changed] = routers.flatMap(({ wouldChange }) => wouldChange);
  if (changed !== undefined) return { message: `what callers need would make Linkerd 1 lead ${changed} elsewhere` };
  return reported(wanted, spec);
}

// The words stay the same while calls go on, so how many there were is left to the plan.
function whereSeen({ seen, used }: RouterAnswer, i: number, moved: NamesQuestion['moved']): string {
  const written = (seen[i]?.evidence ?? []).filter((text) => text.startsWith('written in '));
  if (written.length > 0) return few(written, 2);
  const at = movedAt(seen[i], used, moved);
  return `counted by Linkerd 1${at === undefined ? '' : `, ${lastSeenMoving(at)}`}`;
}

function movedAt(seen: SeenCall | undefined, { router }: UsedRouter, moved: NamesQuestion['moved']): number | undefined {
  const times = (seen?.counters ?? []).flatMap((name) => moved?.get(`${router.label} ${name}`) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

// Report: a person makes aliases, or adds ports, by hand.
function reported(wanted: readonly WantedObject[], { routing }: MeshMigrationSpec): Problem | undefined {
  if (routing?.aliases !== 'Report' || routing.manage === false) return undefined;
  const alias = wanted.find(({ how, manifest }) => how === 'create' && manifest.kind === 'Service');
  if (alias === undefined) return undefined;
  const { name, namespace } = alias.manifest.metadata;
  return {
    message: `callers need a Service ${namespace}/${name}, and routing.aliases is Report`,
    remedy: 'Create it by hand (`kubectl mm plan -o yaml` prints it), or set routing.aliases: Create.',
  };
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

function settledOf(state: ReadState, routers: readonly RouterAnswer[], gateway: GatewayReading): Verdict {
  const routes = gateway.ok ? gateway.routes : [];
  for (const { world, prepared } of routers) {
    const at = { before: world, now: state.cluster.now, clusterDomain: world.dns.clusterDomain, routes };
    for (const verdict of prepared.verdicts) {
      const why = unsettled(verdict, at);
      if (why !== undefined) return unknown('NamesPending', why);
    }
  }
  return pass;
}

function distinct(manifests: readonly NameManifest[]): readonly NameManifest[] {
  return [
    ...new Map(
      manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`, manifest]),
    ).values(),
  ];
}

function linesOf({ prepared, seen, used }: RouterAnswer, moved: NamesQuestion['moved']): readonly NameLine[] {
  return prepared.verdicts.flatMap((verdict, i) => {
    if (verdict.reason === 'NotRoutedToday') return [];
    const { message, reason, remedy } = verdict;
    const line = { name: hostHeader(verdict.call), verdict: verdict.verdict, reason, message, evidence: seen[i]?.evidence ?? [] };
    const at = movedAt(seen[i], used, moved);
    return [
      { ...line, ...(remedy !== undefined && { remedy }), ...(at !== undefined && { lastMoving: new Date(at).toISOString() }) },
    ];
  });
}

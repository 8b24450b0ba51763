// Reader room: whether the running Linkerd 1, or namerd in its place, leads names where they are said to lead. It judges what the
// comparisons come to and asks nothing itself.

import type { ChangedName } from '../../names.ts';
import type { Prepared } from '../translate/prepare.ts';
import type { NameVerdict } from '../translate/verdict.ts';
import type { NamingWorld } from '../translate/world.ts';
import type { ClusterReading } from './cluster.ts';
import type { UsedRouter } from './l5d.ts';
import type { LiveAnswers, LiveComparison } from './live-answers.ts';

/** Why nothing may move yet. */
export interface Problem {
  readonly message: string;
  readonly remedy?: string;
}

/** What the comparison came to. */
export interface Compared {
  readonly problem?: Problem;
  readonly changed?: readonly ChangedName[];
  readonly unasked: readonly string[];
  readonly notes: readonly string[];
}

/** What is compared of one router. */
export interface ComparedRouter {
  readonly world: NamingWorld;
  readonly used: UsedRouter;
  readonly prepared: Prepared;
}

const checkWhatItSees = 'Check that its dtab, namers and Services are those that the operator sees, and report the names.';

/**
 * Asks the running Linkerd 1. Before anything of ours is there, another answer means that something is not known here; afterwards it
 * may be that we changed it, or that a Service was changed between the two readings.
 */
export async function compared(
  { live, cluster }: { readonly live: LiveAnswers; readonly cluster: ClusterReading },
  routers: readonly ComparedRouter[],
): Promise<Compared> {
  const lists = await Promise.all(routers.map(async (router) => ({ router, found: await compareThrough(live, router) })));
  const all = lists.flatMap(({ found }) => [...found]);
  const others = all.filter((comparison) => comparison.kind === 'other');
  const unknowns = all.filter((comparison) => comparison.kind === 'unknown');
  const untold = lists.filter(({ router }) => router.used.namerd !== undefined).flatMap(({ found }) => [...found]);
  const found = { notes: notesOf(routers, unknowns), unasked: unknowns.map(({ name }) => name) };
  const [other] = others;
  if (other === undefined) return { ...found, ...unconfirmed(untold) };
  if (!cluster.prepared)
    return { ...found, problem: { message: `${other.message}, as its configuration says`, remedy: checkWhatItSees } };
  const changed = others.map(({ name, message, bound }): ChangedName => {
    return { name, message, ours: bound.some(cluster.isThroughOurs), remedy: checkWhatItSees };
  });
  return { ...found, changed, ...unconfirmed(untold) };
}

async function compareThrough(live: LiveAnswers, { world, used, prepared }: ComparedRouter): Promise<readonly LiveComparison[]> {
  const { here, dtab, namerd } = used;
  const namesOf = (verdicts: readonly NameVerdict[]): string[] => verdicts.flatMap(({ through }) => through?.logical ?? []);
  // What nobody tells leads nowhere only where namerd says so, too.
  if (namerd !== undefined) return await live.compare(world, { namerd }, namesOf(prepared.verdicts.filter(isOpen)));
  return here ? await live.compare(world, { dtab }, namesOf(prepared.verdicts.filter(isCalled))) : [];
}

function isOpen({ verdict }: NameVerdict): boolean {
  return verdict !== 'blocked';
}

/** Names that nobody could reach today need no answer tomorrow. */
function isCalled(verdict: NameVerdict): boolean {
  return isOpen(verdict) && verdict.today !== 'fails';
}

// Where namers are told nowhere, a name is known only by what namerd says of it.
function unconfirmed(untold: readonly LiveComparison[]): Pick<Compared, 'problem'> {
  const unknown = untold.find((comparison) => comparison.kind === 'unknown');
  if (unknown === undefined) return {};
  const message = `namerd leads names by namers of its own, and it is not known where it leads ${unknown.name}: ${unknown.why}`;
  return { problem: { message, remedy: 'Let the operator reach namerd’s HTTP API at spec.source.linkerd1.namerd.' } };
}

function notesOf(routers: readonly ComparedRouter[], unknowns: readonly { readonly why: string }[]): string[] {
  const [unasked] = unknowns;
  const elsewhere = routers.find(({ used }) => !used.here && used.namerd === undefined);
  return [
    ...(unasked === undefined ? [] : [`Linkerd 1 could not be asked where names lead: ${unasked.why}`]),
    ...(elsewhere === undefined
      ? []
      : [`router ${elsewhere.used.router.label}: its dtab is kept elsewhere, so Linkerd 1 was not asked where names lead`]),
  ];
}

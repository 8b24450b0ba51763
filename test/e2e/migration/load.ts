// What the callers have seen: numbers, and every failure with its time. It calls nobody but the callers.
import { expect } from 'chai';
import { until } from '../../cluster/readiness.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { LOAD } from './application.ts';
import { isOfControl } from './control.ts';
import { meshesOfTarget, meshOfPod } from './mesh-states.ts';
import { voidRun } from './notes.ts';

/** One failed call. */
export interface Failure {
  readonly At: string;
  readonly Caller: string;
  readonly Target: string;
  readonly Why: string;
}

/** What all callers saw together. */
export interface Seen {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** Milliseconds of each call, in no order. */
  readonly latencies: readonly number[];
  /** Calls of the caller and target that had the fewest. */
  readonly fewest: number;
}

interface Page {
  readonly targets: Readonly<Record<string, { readonly Requests: number; readonly Failed: number }>>;
  readonly failures: readonly Failure[] | null;
  readonly milliseconds: Readonly<Record<string, readonly number[] | null>>;
}

/** Reads all callers but those of the control. */
export async function seen(cluster: RealCluster): Promise<Seen> {
  return await seenBy(cluster, (caller) => !isOfControl(caller));
}

/** Reads the callers of what never moves. */
export async function seenByControl(cluster: RealCluster): Promise<Seen> {
  return await seenBy(cluster, isOfControl);
}

async function seenBy(cluster: RealCluster, wanted: (caller: string) => boolean): Promise<Seen> {
  const found = (await addresses(cluster)).filter(({ pod }) => wanted(pod));
  const pages = (await Promise.all(found.map(({ address }) => ask(address, 'seen')))).map((text) => JSON.parse(text) as Page);
  const counts = pages.flatMap(({ targets }) => Object.values(targets).map(({ Requests }) => Requests));
  return {
    requests: counts.reduce((sum, count) => sum + count, 0),
    failures: pages.flatMap(({ failures }) => failures ?? []),
    latencies: pages.flatMap(({ milliseconds }) => Object.values(milliseconds).flatMap((list) => list ?? [])),
    fewest: Math.min(...counts),
  };
}

/** Calls that each caller must have made to each target, so that silence is not taken for success. */
const CALLS = 20;

/** Waits until every caller has called each target so often since it last forgot, whatever the answers. */
export async function called(cluster: RealCluster, calls = CALLS): Promise<Seen> {
  let all = await seen(cluster);
  await until('every caller has called often enough', 60_000, async () => {
    all = await seen(cluster);
    return all.fewest >= calls;
  });
  return all;
}

/**
 * Checks that every caller has called often enough, and that none of its calls failed. What was lost while the control lost
 * calls as well says nothing of the product: such a run is void.
 */
export async function noneFailed(cluster: RealCluster): Promise<Seen> {
  const all = await called(cluster);
  const lost = all.failures.length === 0 ? [] : (await seenByControl(cluster)).failures;
  if (lost.length > 0) throw voidRun([...told(lost), ...told(all.failures)]);
  expect(told(all.failures)).to.deep.equal([]);
  return all;
}

/** As `noneFailed`, where nobody has moved anything: calls that were lost all the same are the machine's, and the run is void. */
export async function noneFailedUnmoved(cluster: RealCluster): Promise<Seen> {
  const all = await called(cluster);
  if (all.failures.length > 0) throw voidRun(told(all.failures));
  return all;
}

/** Makes all callers forget what they have seen; they go on calling. */
export async function forget(cluster: RealCluster): Promise<void> {
  await Promise.all((await addresses(cluster)).map(({ address }) => ask(address, 'forget')));
}

/** Failures as lines for people: time, caller and callee with the meshes that their pods were in, and why. */
export function told(failures: readonly Failure[]): string[] {
  return failures.map(({ At, Caller, Target, Why }) => {
    const ends = `${Caller} (${meshOfPod(Caller, At)}) → ${Target} (${meshesOfTarget(Target, At)})`;
    return `${At} ${ends}: ${Why}`;
  });
}

interface Caller {
  readonly pod: string;
  readonly address: string;
}

async function addresses(cluster: RealCluster): Promise<Caller[]> {
  const list = async (what: readonly string[], path: string): Promise<string[]> =>
    (await kubectl(cluster, ['get', ...what, '-n', LOAD, '-o', `jsonpath={range .items[*]}${path}{"\\n"}{end}`]))
      .trim()
      .split('\n');
  const wanted = await list(['deployments'], '{.metadata.name}');
  const found = await list(['pods', '--field-selector=status.phase=Running'], '{.metadata.name} {.status.podIP}');
  if (found.length !== wanted.length)
    throw new Error(`There are callers at ${found.join(', ')}, not one each of ${wanted.join(', ')}.`);
  return found.map((line) => {
    const [pod = '', address = ''] = line.split(' ');
    return { pod, address };
  });
}

async function ask(address: string, path: string): Promise<string> {
  return await (await fetch(`http://${address}:8080/${path}`, { signal: AbortSignal.timeout(10_000) })).text();
}

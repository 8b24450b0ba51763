// Observer: watches a run of the operator on a real cluster with watches of its own and the API server's audit log, and
// says at the end what must never have happened. It imports nothing of the product but the API client and its reflector.
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, NAMESPACE, POD, STATEFUL_SET } from '../../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createReflector } from '../../../src/runtime/reflector.ts';
import type { Reflector } from '../../../src/runtime/reflector.ts';
import { kubeSource } from '../../../src/runtime/reflector-source.ts';
import { silentLog } from '../../../src/telemetry/logger.ts';
import { followLines } from './audit-tail.ts';
import { Monitor } from './invariant.ts';
import type { Invariant, Violation } from './invariant.ts';
import { allInvariants } from './invariants/all.ts';
import { usualPlace } from './keys.ts';
import type { Place } from './keys.ts';
import { disturbances, quietMs, settleMs } from './quiet.ts';
import { Waiting } from './waiting.ts';
import type { Change, Collection, Seen, World } from './world.ts';
import { parseAuditLine } from './write.ts';
import type { Write } from './write.ts';

/** What is observed. */
export interface ObserverOptions {
  readonly client: KubeClient;
  readonly auditLogFile: string;
  /** `usualPlace` when absent. */
  readonly place?: Place;
  /** All of them when absent. */
  readonly invariants?: readonly Invariant[];
}

/** A running observer. */
export interface Observer {
  /** What it has found so far. */
  readonly violations: readonly Violation[];
  /** Writes of the operator so far, dry-runs and refused ones included. */
  readonly writes: readonly Write[];
  /** The cluster as the observer sees it. */
  readonly world: World;
  /** Waits for a state of the world, looking again at every change. Throws after `timeoutMs` with what was waited for. */
  when<T>(what: string, look: (world: World) => T | undefined | false, timeoutMs?: number): Promise<T>;
  /** Waits until the operator has been quiet for five seconds, then throws a list of everything that was wrong. Call it at the end of a run. */
  end(): Promise<void>;
  /** Ends the watches and judges nothing. */
  close(): Promise<void>;
}

const ours = (plural: string, kind: string): ResourceKind => ({
  group: 'meshmigration.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: false,
});

const watched: readonly (readonly [Collection, ResourceKind])[] = [
  ['migrations', ours('meshmigrations', 'MeshMigration')],
  ['records', ours('namespacemigrations', 'NamespaceMigration')],
  ['namespaces', NAMESPACE],
  ['workloads', DEPLOYMENT],
  ['workloads', STATEFUL_SET],
  ['workloads', DAEMON_SET],
  ['workloads', CRON_JOB],
  ['pods', POD],
];

/** Starts observing; resolves when everything there is has been seen. */
export async function startObserver(options: ObserverOptions): Promise<Observer> {
  const place = options.place ?? usualPlace;
  const monitor = new Monitor(options.invariants ?? allInvariants(), place);
  const writes: Write[] = [];
  const waiting = new Waiting(monitor.world);
  const told = (change: Change): void => {
    monitor.change(change);
    waiting.look();
  };
  const reflectors = watched.map(([collection, kind]) => follow(options.client, collection, kind, told));
  await Promise.all(reflectors.map((reflector) => reflector.synced));
  const tail = await followLines(options.auditLogFile, (line) => {
    const write = parseAuditLine(line);
    if (write === undefined) return;
    if (write.user === place.user) writes.push(write);
    monitor.write(write);
  });
  const ticking = setInterval(() => monitor.tick(Date.now()), 200);
  const close = async (): Promise<void> => {
    clearInterval(ticking);
    await Promise.all([tail.close(), ...reflectors.map((reflector) => reflector.stop())]);
  };
  return {
    violations: monitor.violations,
    writes,
    world: monitor.world,
    when: (what, look, timeoutMs = 60_000) => waiting.until(what, look, timeoutMs),
    close,
    async end() {
      const quietFrom = Date.now() + settleMs;
      await pause(settleMs + quietMs);
      await tail.drain();
      monitor.end(Date.now());
      await close();
      monitor.violations.push(...disturbances(writes, quietFrom, place));
      if (monitor.violations.length > 0) throw new Error(listed(monitor.violations));
    },
  };
}

type Told = (change: Change) => void;

function follow(client: KubeClient, collection: Collection, kind: ResourceKind, told: Told): Reflector<Seen> {
  const reflector = createReflector<Seen>({
    name: `observer's ${kind.plural}`,
    source: kubeSource(client, kind),
    trim: (object: KubeObject): Seen => ({ ...object, kind: kind.kind }),
    clock: systemClock,
    random: () => 0.5,
    log: silentLog,
  });
  reflector.onChange((change) => {
    const at = Date.now();
    if (change.type === 'delete') told({ at, collection, old: change.old });
    else if (change.type === 'add') told({ at, collection, now: change.value });
    else told({ at, collection, old: change.old, now: change.value });
  });
  reflector.start();
  return reflector;
}

const maximumListed = 25;

function listed(violations: readonly Violation[]): string {
  const lines = violations.slice(0, maximumListed).map(({ invariant, at, message, evidence }) => {
    return `- ${new Date(at).toISOString()} ${invariant}: ${message}\n    ${evidence.slice(0, 1_500)}`;
  });
  const more = violations.length > maximumListed ? `\n… and ${violations.length - maximumListed} more` : '';
  return `The observer found ${violations.length} violations:\n${lines.join('\n')}${more}`;
}

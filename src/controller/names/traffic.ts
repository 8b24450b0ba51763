// Traffic of the source, watched: asks again and again in the background, so that nobody waits for a dead proxy, and remembers what
// was seen. Losing it means watching anew; nothing is judged here.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration, Step } from '../../api/v1alpha1/namespace-migration.ts';
import { oncePerObject } from '../../core/once-per-object.ts';
import { countsByNamespace, follow } from '../../core/traffic.ts';
import type { ServiceCount, TrafficLog } from '../../core/traffic.ts';
import type { NamesIo, NamesReading } from '../../mesh/names.ts';
import { adaptersOf } from '../preflight-facts.ts';

/** What is known of a migration's source: what was seen, or why nothing was. */
export type Watched = { readonly log: TrafficLog } | { readonly why: string };

/** Watches sources. */
export interface TrafficWatch {
  /** What is known now; asks again in the background where that is old. */
  look(migration: MeshMigration): Watched;
  /** Asks the source for another reason: what it counted meanwhile saves a question of the watch's own. */
  alongside(migration: MeshMigration, ask: () => Promise<NamesReading>): Promise<NamesReading>;
  /** How often to look, in milliseconds; undefined where the source has no counters. */
  everyMs(migration: MeshMigration): number | undefined;
  /**
   * What the source counted for a namespace's Services before it began to move, the same object each time. Undefined until it moves,
   * and where nobody has watched since before it first did: what is counted while pods move says nothing about before.
   */
  countedBefore(migration: MeshMigration, record: NamespaceMigration): readonly ServiceCount[] | undefined;
  /** Forgets migrations that are no more. */
  retain(uids: ReadonlySet<string>): void;
}

/** What watching takes. */
export interface TrafficWatchOptions {
  readonly io: NamesIo;
  readonly wallMs: () => number;
  /** A new look came to its end. */
  readonly onLook: (migration: string) => void;
}

interface Kept {
  readonly log?: TrafficLog;
  readonly why: string;
  readonly at: number;
  readonly asking: boolean;
}

const usuallyMs = 30_000;
const before: readonly Step[] = ['Pending', 'Preflight', 'Prepare'];
const nothing: readonly ServiceCount[] = [];
// A log is large and replaced with each look: what namespaces keep of it is not.
const countsOf = oncePerObject<TrafficLog, ReadonlyMap<string, readonly ServiceCount[]>>();

function countsIn(log: TrafficLog, namespace: string): readonly ServiceCount[] {
  return countsOf(log, [], () => countsByNamespace(log)).get(namespace) ?? nothing;
}

// On the first try, none of its workloads written to: not by an earlier migration either, whose record was taken over.
function isUntouched({ status }: NamespaceMigration): boolean {
  const { step = 'Pending', attempt = 1, keyed = [] } = status ?? {};
  return before.includes(step) && attempt === 1 && keyed.length === 0;
}

/** A watch that has seen nothing yet. */
export function createTrafficWatch({ io, wallMs, onLook }: TrafficWatchOptions): TrafficWatch {
  const kept = new Map<string, Kept>();
  const frozen = new Map<string, readonly ServiceCount[]>();
  const take = ({ metadata: { uid, name } }: MeshMigration, traffic: NamesReading['traffic']): void => {
    const found = kept.get(uid);
    if (found !== undefined) kept.set(uid, looked(found, traffic, wallMs()));
    onLook(name);
  };
  const look = (migration: MeshMigration): Watched => {
    const { uid } = migration.metadata;
    const found = kept.get(uid);
    if (found === undefined || (!found.asking && wallMs() - found.at >= everyFor(migration))) {
      kept.set(uid, { why: 'its proxies were not asked yet', ...found, at: found?.at ?? wallMs(), asking: true });
      void trafficOf(migration, io).then((traffic) => take(migration, traffic));
    }
    return found?.log === undefined ? { why: found?.why ?? 'its proxies were not asked yet' } : { log: found.log };
  };
  return {
    look,
    async alongside(migration, ask) {
      const began = wallMs();
      const reading = await ask();
      const found = kept.get(migration.metadata.uid);
      // Counts that are older than those of another look would seem to have shrunk.
      if (found?.asking === false && found.at < began) take(migration, reading.traffic);
      return reading;
    },
    everyMs: (migration) => (adaptersOf(migration).source.names === undefined ? undefined : everyFor(migration)),
    countedBefore({ metadata: { uid } }, record) {
      const key = `${uid}/${record.metadata.name}`;
      if (!isUntouched(record)) return frozen.get(key);
      const log = kept.get(uid)?.log;
      if (log !== undefined) frozen.set(key, countsIn(log, record.metadata.name));
      return undefined;
    },
    retain(uids) {
      for (const uid of kept.keys()) if (!uids.has(uid)) kept.delete(uid);
      for (const key of frozen.keys()) if (!uids.has(key.split('/')[0] ?? '')) frozen.delete(key);
    },
  };
}

function looked({ log }: Kept, traffic: NamesReading['traffic'], at: number): Kept {
  if (typeof traffic !== 'string') return { why: '', log: follow(log, traffic, at), at, asking: false };
  return { why: traffic, ...(log !== undefined && { log: brokenOff(log, traffic, at) }), at, asking: false };
}

// A window of some seconds, as in tests, needs more than one look.
function everyFor(migration: MeshMigration): number {
  const quiet = adaptersOf(migration).source.names?.quietSeconds(migration.spec);
  return quiet === undefined ? usuallyMs : Math.min(usuallyMs, quiet * 250);
}

// Nobody answered: what was quiet until now may not have been since.
function brokenOff(log: TrafficLog, why: string, now: number): TrafficLog {
  return { ...log, quietSince: now, gap: why };
}

async function trafficOf(migration: MeshMigration, io: NamesIo): Promise<NamesReading['traffic']> {
  try {
    return await readTraffic(migration, io);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readTraffic(migration: MeshMigration, io: NamesIo) {
  const { names } = adaptersOf(migration).source;
  if (names === undefined) return 'it has no counters of its own';
  return (await names.read(migration.spec, io)).traffic;
}

// A reflector over a source and a clock in the test's hand, and what it told.
import { createReflector } from '../../../src/runtime/reflector.ts';
import type { Reflector, ReflectorMetrics, ReflectorOptions } from '../../../src/runtime/reflector.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { added, bookmark, createFakeSource, object } from './fake-source.ts';
import type { FakeSource } from './fake-source.ts';
import { createRecordedLog } from './recorded-log.ts';

/** What the reflectors of these tests keep. */
export interface Kept {
  readonly name: string;
  readonly version: string;
}

/** A reflector and what it did. */
export interface Bench {
  readonly clock: FakeClock;
  readonly source: FakeSource;
  readonly reflector: Reflector<Kept>;
  readonly changes: string[];
  readonly counted: string[];
}

/** Keeps name and version. */
export const kept: ReflectorOptions<Kept>['trim'] = ({ metadata }) => ({
  name: metadata.name,
  version: metadata.resourceVersion ?? '',
});

/** A reflector that is not started. */
export function bench(options: Partial<ReflectorOptions<Kept>> = {}): Bench {
  const clock = createFakeClock();
  const source = createFakeSource();
  const counted: string[] = [];
  const metrics: ReflectorMetrics = {
    event: () => undefined,
    relisted: (reason) => counted.push(`relisted ${reason}`),
    failed: (kind) => counted.push(`failed ${kind}`),
    malformed: () => counted.push('malformed'),
    listenerFailed: () => counted.push('listener failed'),
    stopped: () => counted.push('stopped'),
  };
  const log = createRecordedLog();
  const reflector = createReflector<Kept>({
    name: 'pods',
    source,
    trim: kept,
    clock,
    random: () => 0.5,
    log,
    metrics,
    ...options,
  });
  const changes: string[] = [];
  reflector.onChange((change) => {
    const value = change.type === 'delete' ? change.old : change.value;
    changes.push(`${change.type} ${change.key} ${value.version}`);
  });
  return { clock, source, reflector, changes, counted };
}

/** A reflector that took `a` and `b` by WatchList and follows from version 10. */
export async function following(options: Partial<ReflectorOptions<Kept>> = {}): Promise<Bench> {
  const made = bench(options);
  made.reflector.start();
  await settle();
  made.source.last().send(added(object('a', 3)), added(object('b', 4)), bookmark(10, true));
  await settle();
  made.changes.splice(0);
  made.counted.splice(0);
  return made;
}

/** What is held, as 'name version'. */
export const versions = ({ reflector }: Bench): string[] =>
  [...reflector.values()].map(({ name, version }) => `${name} ${version}`).sort();
/** The versions its watches started from. */
export const asked = ({ source }: Bench): (string | undefined)[] =>
  source.connections.map(({ request }) => request.resourceVersion);

// Traffic of a source mesh over time, from counters that only ever grow. A counter that got smaller, or is gone, tells nothing about
// the time in between: that time is unknown, never quiet. Pure; losing a log means watching anew.

import { withAnswered } from './answered-names.ts';
import type { AnsweredNames } from './answered-names.ts';
import { compare } from './order.ts';

/** Requests and those that succeeded. */
export interface Counted {
  readonly requests: number;
  readonly success: number;
}

/** Counters of one proxy of the source since it started. */
export interface ProxyCounters {
  /** Another process has another one. */
  readonly id: string;
  /** Requests that arrived at it; absent where it does not tell. */
  readonly served?: number;
  /** By the name that was called. */
  readonly names: ReadonlyMap<string, Counted>;
}

/** All counters at one moment. */
export interface SourceTraffic {
  readonly proxies: readonly ProxyCounters[];
  /** Proxies that did not answer, or not with everything; sentences. */
  readonly problems: readonly string[];
  /** The Service, as namespace/name, that a name leads to; undefined where it is several or none. */
  readonly serviceOf: (name: string) => string | undefined;
  /** Labels of the pods of a Service, as namespace/name; undefined where it selects none. */
  readonly selectorOf: (service: string) => ReadonlyMap<string, string> | undefined;
}

/** What was seen so far. Times are milliseconds since the epoch. */
export interface TrafficLog {
  readonly since: number;
  readonly proxies: readonly ProxyCounters[];
  /** From here on, all proxies are known to have seen no request. */
  readonly quietSince: number;
  /** Why quiet began anew when no request was seen. */
  readonly gap?: string;
  readonly lastUse?: { readonly at: number; readonly names: readonly string[] };
  /** When each name was last seen moving; names that never were are not in it. */
  readonly moved: ReadonlyMap<string, number>;
  /** Names that were answered, those that are no longer counted among them. */
  readonly answered: AnsweredNames;
  /** What was counted for each Service, over all proxies, where both ends of an interval are known. */
  readonly services: ReadonlyMap<string, Counted>;
  readonly selectorOf: SourceTraffic['selectorOf'];
}

/** The log after another look. */
export function follow(log: TrafficLog | undefined, traffic: SourceTraffic, now: number): TrafficLog {
  const [problem] = traffic.problems;
  const answered = withAnswered(log?.answered ?? new Map(), traffic.proxies);
  if (log === undefined) return { ...begun(traffic, now), services: new Map(), moved: new Map(), answered, ...withGap(problem) };
  const before = new Map(log.proxies.map((proxy) => [proxy.id, proxy]));
  const grown = traffic.proxies.map((proxy) => growthOf(before.get(proxy.id), proxy));
  const gap = gapOf(log, traffic, grown);
  const use = useOf(grown, now);
  const lastUse = use ?? log.lastUse;
  return {
    ...begun(traffic, now),
    since: log.since,
    proxies: problem === undefined ? traffic.proxies : withSilent(traffic.proxies, log.proxies),
    quietSince: use !== undefined || gap !== undefined ? now : log.quietSince,
    services: withGrowth(log.services, grown, traffic),
    moved: withMoved(log.moved, grown, now),
    answered,
    ...keptGap(log, gap, use !== undefined),
    ...(lastUse !== undefined && { lastUse }),
  };
}

function begun({ proxies, selectorOf }: SourceTraffic, now: number): Omit<TrafficLog, 'services' | 'moved' | 'answered'> {
  return { since: now, proxies, quietSince: now, selectorOf };
}

function withGap(gap: string | undefined): { gap?: string } {
  return gap === undefined ? {} : { gap };
}

function gapOf(log: TrafficLog, traffic: SourceTraffic, grown: readonly Growth[]): string | undefined {
  return traffic.problems[0] ?? grown.find((growth) => growth.gap !== undefined)?.gap ?? lostProxy(log, traffic);
}

function lostProxy(log: TrafficLog, { proxies }: SourceTraffic): string | undefined {
  const gone = log.proxies.some((proxy) => !proxies.some(({ id }) => id === proxy.id));
  return gone ? 'a proxy of the source is gone' : undefined;
}

function useOf(grown: readonly Growth[], now: number): TrafficLog['lastUse'] {
  const served = grown.some((growth) => growth.served > 0);
  const called = grown.flatMap(({ names }) => [...names].filter(([, { requests }]) => requests > 0).map(([name]) => name));
  return served || called.length > 0 ? { at: now, names: [...new Set(called)].sort().slice(0, 3) } : undefined;
}

// Names come from Host headers, so from anybody: those that moved last are kept.
const maximumMoved = 2_000;

function withMoved(before: ReadonlyMap<string, number>, grown: readonly Growth[], now: number): ReadonlyMap<string, number> {
  const moving = new Set(
    grown.flatMap(({ names }) => [...names].filter(([, { requests }]) => requests > 0).map(([name]) => name)),
  );
  if (moving.size === 0) return before;
  const all = [...[...before].filter(([name]) => !moving.has(name)), ...[...moving].map((name) => [name, now] as const)];
  return new Map(all.slice(-maximumMoved));
}

function keptGap(log: TrafficLog, gap: string | undefined, used: boolean): { gap?: string } {
  if (gap !== undefined) return { gap };
  return used || log.gap === undefined ? {} : { gap: log.gap };
}

// A proxy that does not answer just now has its counters still.
function withSilent(now: readonly ProxyCounters[], old: readonly ProxyCounters[]): readonly ProxyCounters[] {
  return [...now, ...old.filter((proxy) => !now.some(({ id }) => id === proxy.id))];
}

interface Growth {
  readonly served: number;
  readonly names: ReadonlyMap<string, Counted>;
  readonly gap?: string;
}

function growthOf(before: ProxyCounters | undefined, proxy: ProxyCounters): Growth {
  if (before === undefined) return { served: 0, names: new Map(), gap: 'a proxy of the source is new' };
  if (proxy.served === undefined || before.served === undefined)
    return {
      served: 0,
      names: namesGrown(before, proxy),
      gap: 'a proxy of the source does not tell how many requests it served',
    };
  if (proxy.served < before.served) return { served: 0, names: new Map(), gap: 'the counters of a proxy began anew' };
  return { served: proxy.served - before.served, names: namesGrown(before, proxy) };
}

// Series of idle names vanish and come back from zero: only what is there at both ends and did not shrink is known.
function namesGrown(before: ProxyCounters, proxy: ProxyCounters): ReadonlyMap<string, Counted> {
  const grown = new Map<string, Counted>();
  for (const [name, now] of proxy.names) {
    const then = before.names.get(name);
    if (then === undefined || now.requests < then.requests || now.success < then.success) continue;
    grown.set(name, { requests: now.requests - then.requests, success: now.success - then.success });
  }
  return grown;
}

function withGrowth(
  services: ReadonlyMap<string, Counted>,
  grown: readonly Growth[],
  { serviceOf }: SourceTraffic,
): ReadonlyMap<string, Counted> {
  const sums = new Map(services);
  for (const { names } of grown) {
    for (const [name, { requests, success }] of names) {
      const service = requests === 0 ? undefined : serviceOf(name);
      if (service === undefined) continue;
      const known = sums.get(service) ?? { requests: 0, success: 0 };
      sums.set(service, { requests: known.requests + requests, success: known.success + success });
    }
  }
  return sums;
}

/** Whether the source is still used, as far as its traffic tells. */
export type TrafficVerdict =
  { readonly kind: 'used' | 'quiet'; readonly message: string } | { readonly kind: 'unknown'; readonly message: string };

/**
 * The verdict of a log. Its words stay the same while nothing happens.
 * @param quiet how long no proxy may have seen a request, in seconds; beside it why so long, where that is not the spec's word
 */
export function trafficVerdict(log: TrafficLog, now: number, quiet: number | QuietFor): TrafficVerdict {
  const { seconds: quietSeconds, because } = typeof quiet === 'number' ? { seconds: quiet } : quiet;
  const since = new Date(log.quietSince).toISOString();
  if (now - log.quietSince >= quietSeconds * 1000)
    return { kind: 'quiet', message: `all ${log.proxies.length} proxies of the source have seen no request since ${since}` };
  const { lastUse, gap } = log;
  if (lastUse !== undefined && now - lastUse.at < quietSeconds * 1000) {
    const names = namesMoving(log, now, quietSeconds);
    return { kind: 'used', message: `requests have reached it within ${spelt(quietSeconds)}${names}` };
  }
  const message = gap === undefined ? `no request was seen since ${since}` : `it can't be watched all the time: ${gap}`;
  const why = because === undefined ? '' : `, because of ${because}; set quietSeconds in spec.source for another time`;
  return { kind: 'unknown', message: `${message}; it counts as unused after ${spelt(quietSeconds)}${why}` };
}

// Names that go on being called share their time, and thus their place, for as long as it is told.
function namesMoving({ moved, lastUse }: TrafficLog, now: number, quietSeconds: number): string {
  const stepSeconds = Math.max(60, Math.ceil(quietSeconds / 6));
  const recent = [...moved]
    .filter(([, at]) => now - at < quietSeconds * 1000)
    .map(([name, at]) => ({ name, since: lastSeenMoving(at, stepSeconds) }))
    .toSorted((a, b) => compare(b.since, a.since) || compare(a.name, b.name));
  const known = recent.slice(0, 3).map(({ name, since }) => `${name} (${since})`);
  const names = known.length > 0 ? known : (lastUse?.names ?? []);
  return names.length === 0 ? '' : `, among them calls of ${names.join(', ')}`;
}

/** When something was last seen moving, told so that the words stay the same for a while although it goes on. */
export function lastSeenMoving(at: number, stepSeconds = 600): string {
  const stepMs = stepSeconds * 1000;
  const since = new Date(Math.floor(at / stepMs) * stepMs).toISOString();
  return `last seen moving after ${since.replace(/(:00)?\.000Z$/, 'Z')}`;
}

/** How long no proxy may have seen a request, in seconds, and what makes it so long. */
export interface QuietFor {
  readonly seconds: number;
  /** For example CronJob cart/cleanup. */
  readonly because?: string;
}

function spelt(seconds: number): string {
  const [unit, per] = units.find(([, length]) => seconds >= 2 * length && seconds % length === 0) ?? ['s', 1];
  return `${seconds / per} ${unit}`;
}

const units: readonly (readonly [string, number])[] = [
  ['days', 86_400],
  ['hours', 3_600],
  ['min', 60],
];

/** What the source counted for one Service. */
export interface ServiceCount {
  readonly counted: Counted;
  /** Labels of its pods. */
  readonly selector: ReadonlyMap<string, string>;
}

/** What a log counted, by namespace: all that is needed to tell what was before, in a small part of the log. */
export function countsByNamespace({ services, selectorOf }: TrafficLog): ReadonlyMap<string, readonly ServiceCount[]> {
  const counts = new Map<string, ServiceCount[]>();
  for (const [service, counted] of services) {
    const selector = selectorOf(service);
    if (selector === undefined) continue;
    const [namespace = ''] = service.split('/');
    const own = counts.get(namespace) ?? [];
    counts.set(namespace, own);
    own.push({ counted, selector });
  }
  return counts;
}

/** What the source counted for the Services of some pods, by their labels; undefined where nothing is known. */
export function baselineOf(counts: readonly ServiceCount[], labels: Readonly<Record<string, string>>): Counted | undefined {
  let sum: Counted | undefined;
  for (const { counted, selector } of counts) {
    if (![...selector].every(([key, value]) => labels[key] === value)) continue;
    sum = { requests: (sum?.requests ?? 0) + counted.requests, success: (sum?.success ?? 0) + counted.success };
  }
  return sum;
}

// Traffic of a source mesh over time, from counters that only ever grow. A counter that got smaller, or is gone, tells nothing about
// the time in between: that time is unknown, never quiet. Pure; losing a log means watching anew.

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
}

/** What was seen so far. Times are milliseconds since the epoch. */
export interface TrafficLog {
  readonly since: number;
  readonly proxies: readonly ProxyCounters[];
  /** From here on, all proxies are known to have seen no request. */
  readonly quietSince: number;
  /** Why quiet began anew when no request was seen. */
  readonly gap?: string;
  readonly lastUse?: { readonly at: number; readonly requests: number; readonly names: readonly string[] };
  /** What was counted for each Service, over all proxies, where both ends of an interval are known. */
  readonly services: ReadonlyMap<string, Counted>;
}

/** The log after another look. */
export function follow(log: TrafficLog | undefined, traffic: SourceTraffic, now: number): TrafficLog {
  const { proxies, problems } = traffic;
  const [problem] = problems;
  if (log === undefined)
    return { since: now, proxies, quietSince: now, services: new Map(), ...(problem !== undefined && { gap: problem }) };
  const before = new Map(log.proxies.map((proxy) => [proxy.id, proxy]));
  const grown = proxies.map((proxy) => growthOf(before.get(proxy.id), proxy));
  const served = grown.reduce((sum, { served: more }) => sum + more, 0);
  const gone = log.proxies.find((proxy) => !proxies.some(({ id }) => id === proxy.id));
  const gap = problem ?? grown.find(({ gap: why }) => why !== undefined)?.gap ?? (gone && 'a proxy of the source is gone');
  const services = withGrowth(log.services, grown, traffic);
  const names = grown.flatMap(({ names: list }) => [...list].filter(([, { requests }]) => requests > 0).map(([name]) => name));
  const used = served > 0 || names.length > 0;
  return {
    since: log.since,
    proxies: remembered(log.proxies, proxies, problem !== undefined),
    quietSince: used || gap !== undefined ? now : log.quietSince,
    services,
    ...keptGap(log, gap, used),
    ...(used
      ? { lastUse: { at: now, requests: served, names: [...new Set(names)].slice(0, 5) } }
      : log.lastUse !== undefined && { lastUse: log.lastUse }),
  };
}

function keptGap(log: TrafficLog, gap: string | undefined, used: boolean): { gap?: string } {
  if (gap !== undefined) return { gap };
  return used || log.gap === undefined ? {} : { gap: log.gap };
}

// A proxy that does not answer just now has its counters still.
function remembered(old: readonly ProxyCounters[], now: readonly ProxyCounters[], some: boolean): readonly ProxyCounters[] {
  return some ? [...now, ...old.filter((proxy) => !now.some(({ id }) => id === proxy.id))] : now;
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
  | { readonly kind: 'used'; readonly message: string }
  | { readonly kind: 'quiet'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string; readonly forSeconds?: number };

/** The verdict of a log. `quietSeconds`: how long no proxy may have seen a request. */
export function trafficVerdict(log: TrafficLog, now: number, quietSeconds: number): TrafficVerdict {
  const quiet = (now - log.quietSince) / 1000;
  if (quiet >= quietSeconds) {
    const count = log.proxies.length;
    return { kind: 'quiet', message: `all ${count} proxies of the source saw no request for ${Math.floor(quiet)} s` };
  }
  const { lastUse } = log;
  if (lastUse !== undefined && (now - lastUse.at) / 1000 < quietSeconds) {
    const names = lastUse.names.length === 0 ? '' : `, among them calls of ${lastUse.names.join(', ')}`;
    const ago = Math.floor((now - lastUse.at) / 1000);
    return { kind: 'used', message: `${lastUse.requests} requests reached it ${ago} s ago${names}` };
  }
  const since = log.gap === undefined ? '' : `; it could not be watched all the time: ${log.gap}`;
  const message = `no request seen for ${Math.floor(quiet)} of ${quietSeconds} s${since}`;
  return { kind: 'unknown', message, forSeconds: quietSeconds - quiet };
}

// Reader room: counters of logical names from one l5d pod's metrics page, in the JSON or the Prometheus form. Names come from Host
// headers, so from anybody: they are kept in maps, capped and cut, never used as keys of plain objects. Pure.

/** Counters of one logical name since the pod's Linkerd 1 started. */
export interface NameCounters {
  readonly requests: number;
  readonly success: number;
  readonly failures: number;
}

/** Counters by logical name (`svc/hello`), for each router by its label. */
export type RouterCounters = ReadonlyMap<string, ReadonlyMap<string, NameCounters>>;

/** What a page says. */
export type CountersReading =
  | {
      readonly ok: true;
      readonly routers: RouterCounters;
      readonly leftOut: number;
      /** Requests that arrived at the servers of all routers; absent where no server tells. */
      readonly served?: number;
    }
  | { readonly ok: false; readonly why: string };

/** More names than these a router are left out, with their number. */
export const MAX_NAMES = 2_000;
/** DNS allows 253 characters; with a port and escapes a name has no more than this. */
const MAX_NAME_LENGTH = 300;

type Field = 'requests' | 'success' | 'failures';
const FIELDS: readonly Field[] = ['requests', 'success', 'failures'];

/** Reads /admin/metrics.json. */
export function readMetricsJson(text: string, routers: readonly string[]): CountersReading {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    return { ok: false, why: 'its metrics are no JSON' };
  }
  if (typeof page !== 'object' || page === null || Array.isArray(page))
    return { ok: false, why: 'its metrics are no JSON object' };
  const gathered = new Gathered();
  for (const [path, value] of Object.entries(page)) if (path.startsWith('rt/')) addPath(gathered, routers, path, value);
  return gathered.reading();
}

function addPath(gathered: Gathered, routers: readonly string[], path: string, value: unknown): void {
  const field = FIELDS.find((candidate) => path.endsWith(`/${candidate}`));
  if (field === undefined) return;
  if (field === 'requests' && /^rt\/[^/]+\/server\/[^/]+\/[^/]+\/requests$/.test(path)) gathered.serve(value);
  for (const router of routers) {
    const start = `rt/${router}/service/`;
    if (path.startsWith(start)) gathered.add(router, path.slice(start.length, -field.length - 1), field, value);
  }
}

/** Reads the Prometheus form. `prefix` is the telemeter's own, put before every name. */
export function readMetricsPrometheus(text: string, routers: readonly string[], prefix = ''): CountersReading {
  const gathered = new Gathered();
  for (const line of text.split('\n')) {
    if (line.startsWith(`${prefix}rt:server:requests{`)) gathered.serve(valueOf(line));
    const field = FIELDS.find((candidate) => line.startsWith(`${prefix}rt:service:${candidate}{`));
    if (field === undefined || line.includes('exception=')) continue;
    const [router, name] = [labelIn(line, ROUTER), labelIn(line, SERVICE)];
    if (router === undefined || name === undefined || !routers.includes(router)) continue;
    gathered.add(router, name, field, valueOf(line));
  }
  return gathered.reading();
}

function valueOf(line: string): number {
  return Number(/\}\s+([\d.eE+]+)\s*$/.exec(line)?.[1]);
}

const ROUTER = /[{ ]rt="((?:[^"\\]|\\.)*)"/;
const SERVICE = /[{ ]service="((?:[^"\\]|\\.)*)"/;

function labelIn(line: string, label: RegExp): string | undefined {
  return label.exec(line)?.[1]?.replace(/\\(.)/g, '$1');
}

class Gathered {
  private readonly routers = new Map<string, Map<string, Record<Field, number>>>();
  private leftOut = 0;
  private served: number | undefined;

  serve(value: unknown): void {
    if (typeof value === 'number' && Number.isFinite(value)) this.served = (this.served ?? 0) + value;
  }

  add(router: string, name: string, field: Field, value: unknown): void {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return;
    const names = this.routers.get(router) ?? new Map<string, Record<Field, number>>();
    this.routers.set(router, names);
    const known = names.get(name);
    if (known === undefined && (names.size >= MAX_NAMES || name.length > MAX_NAME_LENGTH)) {
      if (field === 'requests') this.leftOut += 1;
      return;
    }
    names.set(name, { ...(known ?? { requests: 0, success: 0, failures: 0 }), [field]: value });
  }

  reading(): CountersReading {
    const { routers, leftOut, served } = this;
    return { ok: true, routers, leftOut, ...(served !== undefined && { served }) };
  }
}

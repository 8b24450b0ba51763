// Reader room: counters of logical names from one l5d pod's metrics page, in the JSON or the Prometheus form. Names come from Host
// headers, so from anybody: they are kept in maps, capped and cut, never used as keys of plain objects. Pure.

import { scanMetrics } from '../../metrics-text.ts';

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
/** Numbers and brackets of a JSON page. A page of the size that is read has some 100 000 where names are as short as they come. */
const MAX_PARTS = 200_000;
/** DNS allows 253 characters; with a port and escapes a name has no more than this. */
const MAX_NAME_LENGTH = 300;

type Field = 'requests' | 'success' | 'failures';
const FIELDS: readonly Field[] = ['requests', 'success', 'failures'];

/** Reads /admin/metrics.json. */
export function readMetricsJson(text: string, routers: readonly string[]): CountersReading {
  if (parts(text) > MAX_PARTS) return { ok: false, why: `its metrics have more than ${MAX_PARTS} parts` };
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    return { ok: false, why: 'its metrics are no JSON' };
  }
  if (typeof page !== 'object' || page === null || Array.isArray(page))
    return { ok: false, why: 'its metrics are no JSON object' };
  const gathered = new Gathered();
  const counts: object = page;
  for (const path of Object.keys(counts))
    if (path.startsWith('rt/')) addPath(gathered, routers, path, (counts as Record<string, unknown>)[path]);
  return gathered.reading();
}

// The page is one flat object. Told before it is parsed: the smallest parts take many times their length once they are.
function parts(text: string): number {
  let found = 0;
  for (let at = 0; at < text.length && found <= MAX_PARTS; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === BRACE || code === BRACKET) found += 1;
  }
  return found;
}

const [COMMA, BRACE, BRACKET] = [0x2c, 0x7b, 0x5b];

function addPath(gathered: Gathered, routers: readonly string[], path: string, value: unknown): void {
  const field = FIELDS.find((candidate) => path.endsWith(`/${candidate}`));
  if (field === undefined) return;
  if (field === 'requests' && /^rt\/[^/]+\/server\/[^/]+\/[^/]+\/requests$/.test(path)) gathered.serve(value);
  for (const router of routers) {
    const start = `rt/${router}/service/`;
    if (path.startsWith(start)) gathered.add(router, path.slice(start.length, -field.length - 1), field, value);
  }
}

const labels: ReadonlySet<string> = new Set(['rt', 'service', 'exception']);

/** Reads the Prometheus form. `prefix` is the telemeter's own, put before every name. */
export function readMetricsPrometheus(text: string, routers: readonly string[], prefix = ''): CountersReading {
  const gathered = new Gathered();
  const served = `${prefix}rt:server:requests`;
  const fields = new Map(FIELDS.map((field) => [`${prefix}rt:service:${field}`, field]));
  const wanted = { families: new Set([served, ...fields.keys()]), labels };
  const refused = scanMetrics(text, wanted, (sample) => {
    if (sample.name === served) gathered.serve(sample.value);
    const field = fields.get(sample.name);
    if (field === undefined || sample.labels.has('exception')) return;
    const [router, name] = [sample.labels.get('rt'), sample.labels.get('service')];
    if (router === undefined || name === undefined || !routers.includes(router)) return;
    gathered.add(router, name, field, sample.value);
  });
  return refused === undefined ? gathered.reading() : { ok: false, why: refused };
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

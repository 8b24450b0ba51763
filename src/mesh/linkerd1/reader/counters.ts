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
      /** Of these, names that Linkerd 1 has answered: they lead somewhere. */
      readonly answeredLeftOut: number;
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

type Counts = Record<Field, number>;

class Gathered {
  private readonly all = new Map<string, Map<string, Counts>>();
  private served: number | undefined;

  serve(value: unknown): void {
    if (typeof value === 'number' && Number.isFinite(value)) this.served = (this.served ?? 0) + value;
  }

  // All names of the page, whose size is limited: which are the most important is known at its end.
  add(router: string, name: string, field: Field, value: unknown): void {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || name.length > MAX_NAME_LENGTH) return;
    const names = this.all.get(router) ?? new Map<string, Counts>();
    this.all.set(router, names);
    const known = names.get(name);
    if (known === undefined) names.set(name, { requests: 0, success: 0, failures: 0, [field]: value });
    else known[field] = value;
  }

  reading(): CountersReading {
    const { served } = this;
    const routers = new Map<string, ReadonlyMap<string, NameCounters>>();
    let leftOut = 0;
    let answeredLeftOut = 0;
    for (const [router, names] of this.all) {
      const kept = mostImportant(names);
      routers.set(router, kept);
      if (kept === names) continue;
      for (const [name, { success }] of names) {
        if (kept.has(name)) continue;
        leftOut += 1;
        if (success > 0) answeredLeftOut += 1;
      }
    }
    return { ok: true, routers, leftOut, answeredLeftOut, ...(served !== undefined && { served }) };
  }
}

// Who floods Linkerd 1 with names can have them counted, but not answered: names that lead nowhere never displace those that do.
function mostImportant(names: ReadonlyMap<string, Counts>): ReadonlyMap<string, NameCounters> {
  if (names.size <= MAX_NAMES) return names;
  const ranked = [...names].toSorted(([, a], [, b]) => byImportance(a, b));
  return new Map(ranked.slice(0, MAX_NAMES));
}

/** Answered names before others, then by requests. */
export function byImportance(a: NameCounters, b: NameCounters): number {
  return Number(b.success > 0) - Number(a.success > 0) || b.requests - a.requests;
}

/**
 * Stand-in for Linkerd 2: how a proxy's counters grow. The recorded states of one server proxy follow one another, so the difference of two
 * states is exactly what one known batch of traffic adds to every family. A proxy's metrics are then the idle state plus so many batches of
 * each kind of traffic. Pure; the recordings are test/recordings/linkerd2/proxy-metrics.
 */
import { nameOf, parseExposition, samplesOf } from '../exposition.ts';
import type { Family } from '../exposition.ts';
import { recordedText } from '../recordings.ts';

/**
 * Kinds of traffic: `probes` the kubelet's calls to port 4191 and scrapes; `success` answered calls; `failure` calls of which two thirds fail
 * with 5xx; `stuck` calls that never get an answer; `resets` connections to a port that no Service defines; `unconnected` calls of a
 * Service without endpoints; `sessions` of a caller in the mesh that speaks no HTTP; `refused` calls without an identity, for which a
 * policy asks.
 */
export const trafficKinds = ['probes', 'success', 'failure', 'stuck', 'resets', 'unconnected', 'sessions', 'refused'] as const;
export type TrafficKind = (typeof trafficKinds)[number];

/** Batches of each kind that a proxy has seen; fractions are allowed. */
export type Batches = Readonly<Record<TrafficKind, number>>;

/** No traffic at all. */
export const noBatches: Batches = {
  probes: 0,
  success: 0,
  failure: 0,
  stuck: 0,
  resets: 0,
  unconnected: 0,
  sessions: 0,
  refused: 0,
};

/** Requests (for resets and sessions: connections) in one recorded batch. */
export const batchSize: Batches = {
  probes: 7,
  success: 23,
  failure: 15,
  stuck: 23,
  resets: 3,
  unconnected: 3,
  sessions: 3,
  refused: 3,
};

interface Line {
  readonly id: string;
  /** Undefined: the series appears with its first traffic. */
  readonly base: number | undefined;
  readonly float: boolean;
  readonly gauge: boolean;
  readonly perBatch: Partial<Record<TrafficKind, number>>;
}

interface Plan {
  readonly families: readonly {
    readonly comment: string;
    readonly lines: readonly Line[];
    /** Printed only once it has a series; the proxy's other families are printed empty. */
    readonly late: boolean;
  }[];
}

/** The families of a proxy after the given traffic, in the recorded order and number format. */
export function familiesAfter(batches: Batches): Family[] {
  plan ??= makePlan();
  return plan.families.flatMap(({ comment, lines, late }) => {
    const samples = lines.flatMap((line) => {
      const raw = valueAfter(line, batches);
      return raw === undefined ? [] : [{ id: line.id, raw }];
    });
    return late && samples.length === 0 ? [] : [{ comment, samples }];
  });
}

let plan: Plan | undefined;

function valueAfter(line: Line, batches: Batches): string | undefined {
  const came = trafficKinds.filter((kind) => line.perBatch[kind] !== undefined && batches[kind] > 0);
  // A gauge shows a level, which traffic of a kind brings with it once; a counter grows with every batch.
  const grown = came.reduce((sum, kind) => sum + line.perBatch[kind]! * (line.gauge ? 1 : batches[kind]), 0);
  if (line.base === undefined && came.length === 0) return undefined;
  const value = (line.base ?? 0) + (line.float ? grown : Math.floor(grown));
  return line.float && Number.isInteger(value) ? `${value}.0` : String(value);
}

function makePlan(): Plan {
  const state = (path: string): Family[] => parseExposition(recordedText(`linkerd2/proxy-metrics/${path}.metrics.txt`));
  const [idle, ok, failing] = [state('00-idle/server'), state('01-http-200/server'), state('02-http-5xx-404/server')];
  const [beforeResets, resets] = [state('02-http-5xx-404/client'), state('03-unreachable/client')];
  const [beforeSessions, sessions] = [state('03-unreachable/server'), state('04-opaque-tcp-mtls/server')];
  const refused = state('08-policy-deny-nonprobe/server');
  const growth: Record<TrafficKind, Map<string, number>> = {
    probes: difference(idle, ok, isProbe),
    success: difference(idle, ok, isTraffic),
    failure: difference(ok, failing, isTraffic),
    stuck: difference(idle, ok, (id) => isTraffic(id) && isAskingSide(id)),
    resets: difference(beforeResets, resets, (id) => id.includes('route_name="undefined-port"')),
    unconnected: difference(beforeResets, resets, (id) => nameOf(id) === 'outbound_http_errors_total'),
    sessions: difference(beforeSessions, sessions, (id) => id.includes('target_port="3306"')),
    refused: difference(sessions, refused, (id) => nameOf(id) === 'inbound_http_authz_deny_total'),
  };
  return layOut([failing, resets, sessions, refused], idle, growth);
}

const isProbe = (id: string): boolean => id.includes('port="4191"');
const isOwn = (id: string): boolean => /^(process|tokio|control|rustls|proxy)_/.test(nameOf(id));
const isTraffic = (id: string): boolean => !isProbe(id) && !isOwn(id);
/** What is counted when a request arrives, before any answer. */
const isAskingSide = (id: string): boolean =>
  /^(request_total|inbound_http_authz_allow_total|inbound_http_requests_total|tcp_open_total|tcp_open_connections|tcp_read_bytes_total)$/.test(
    nameOf(id),
  ) && !id.includes('peer="dst"');

function difference(before: Family[], after: Family[], keep: (id: string) => boolean): Map<string, number> {
  const old = samplesOf(before);
  const all = [...samplesOf(after).values()].filter(({ id }) => keep(id));
  const changed = all
    .filter(({ id, raw }) => old.get(id)?.raw !== raw)
    .map(({ id, raw }): [string, number] => [id, Number(raw) - Number(old.get(id)?.raw ?? 0)]);
  return new Map(changed);
}

/** One line for every series of the idle state and of any growth, in the order of the states given, the first one first. */
function layOut(states: Family[][], idle: Family[], growth: Record<TrafficKind, Map<string, number>>): Plan {
  const base = samplesOf(idle);
  const grows = (id: string): boolean => trafficKinds.some((kind) => growth[kind].has(id));
  const families = new Map<string, Map<string, Line>>();
  for (const { comment, samples } of states.flatMap((state) => state.filter((family) => family.comment !== '# EOF'))) {
    for (const { id, raw } of samples.filter((sample) => base.has(sample.id) || grows(sample.id))) {
      const lines = families.get(comment) ?? new Map<string, Line>();
      families.set(comment, lines);
      const kinds = trafficKinds.filter((kind) => growth[kind].has(id));
      if (lines.has(id)) continue;
      lines.set(id, {
        id,
        base: base.has(id) ? Number(base.get(id)!.raw) : undefined,
        float: raw.includes('.'),
        gauge: comment.endsWith(' gauge'),
        perBatch: Object.fromEntries(kinds.map((kind) => [kind, growth[kind].get(id)!])),
      });
    }
    if (samples.length === 0 && states[0]!.some((family) => family.comment === comment)) families.set(comment, new Map());
  }
  const early = new Set(states[0]!.map(({ comment }) => comment));
  const laidOut = [...families].map(([comment, lines]) => ({ comment, lines: [...lines.values()], late: !early.has(comment) }));
  return { families: [...laidOut, { comment: '# EOF', lines: [], late: false }] };
}

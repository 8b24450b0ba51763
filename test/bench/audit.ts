// Reads an API server's audit log: one clock and no instrumentation in what is measured. Pure but for reading the file.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** One finished request (audit.k8s.io/v1 Event), as far as the benchmark looks at it. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly requestObject?: unknown;
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Where the log ends now. */
export async function endOf(file: string): Promise<number> {
  return (await stat(file)).size;
}

/**
 * What a user asked for since the log ended at `from` (bytes), with the status writes of Deployments and the creation of migrations.
 * The log is written beside the answers: its last lines take a moment.
 */
export async function rolloutEvents(file: string, from: number, user: string): Promise<AuditEvent[]> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const status = /"resource":"deployments"[^}]*"subresource":"status"/;
  const by = `"username":"${user}"`;
  return readEvents(file, from, (line) => line.includes(by) || isMigration(line) || status.test(line));
}

function isMigration(line: string): boolean {
  return line.includes('"resource":"meshmigrations"') && line.includes('"verb":"create"');
}

// A test of the raw line lets events through: parsing every line of a busy log takes long.
async function readEvents(file: string, from: number, keep: (line: string) => boolean): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  const to = await endOf(file);
  if (to <= from) return events;
  const input = createReadStream(file, { start: from, end: to - 1 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line !== '' && keep(line)) events.push(JSON.parse(line) as AuditEvent);
  }
  return events;
}

/** Milliseconds since 1970 with microseconds kept; RFC 3339 with a fraction, as the API server writes it. */
export function millisecondsOf(timestamp: string): number {
  const match = /^(.+?)(?:\.(\d+))?Z$/.exec(timestamp);
  if (match === null) throw new Error(`"${timestamp}" is no time of an audit log`);
  const [, seconds = '', fraction = '0'] = match;
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000;
}

/** What a call is, for counting. */
export type CallClass = 'lease' | 'event' | 'dry-run' | 'write' | 'watch' | 'read';

/** The class of a call. */
export function classOf({ verb, requestURI, objectRef = {} }: AuditEvent): CallClass {
  if (objectRef.resource === 'leases') return 'lease';
  if (objectRef.resource === 'events') return 'event';
  if (/[?&]dryRun=All\b/.test(requestURI)) return 'dry-run';
  if (verb === 'watch') return 'watch';
  return verb === 'get' || verb === 'list' ? 'read' : 'write';
}

/** `verb resource/subresource`, for the list of calls. */
export function labelOf({ verb, objectRef = {} }: AuditEvent): string {
  const { resource = '(none)', subresource } = objectRef;
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** How often each label occurs, the most frequent first. */
export function tally(labels: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}

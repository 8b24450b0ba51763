// Observer: one finished request that changes something, read from a line of the API server's audit log
// (audit.k8s.io/v1, https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/). It judges nothing.
import { isFields, numberAt, textAt, valueAt } from './fields.ts';

/** Verbs that change something. */
export const writeVerbs = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;
export type WriteVerb = (typeof writeVerbs)[number];

/** A write, or an attempt at one. */
export interface Write {
  /** When its answer was complete, in milliseconds since 1970. */
  readonly at: number;
  readonly user: string;
  readonly verb: WriteVerb;
  /** `plural.group`, or the plural of a core kind. */
  readonly resource: string;
  /** e.g. 'status'; empty for the object itself. */
  readonly subresource: string;
  /** Empty for cluster-scoped kinds; a Namespace is in itself. */
  readonly namespace: string;
  readonly name: string;
  /** HTTP status of the answer. */
  readonly code: number;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** What was sent; a list for a JSON Patch. */
  readonly body: unknown;
}

/** The write of an audit line; undefined for reads, for watches and for lines that are no event. */
export function parseAuditLine(line: string): Write | undefined {
  const event = parsed(line);
  const verb = writeVerbs.find((v) => v === word(event, 'verb'));
  if (verb === undefined || word(event, 'stage') !== 'ResponseComplete') return undefined;
  const [, query = ''] = word(event, 'requestURI').split('?');
  const parameters = new URLSearchParams(query);
  const body = valueAt(event, 'requestObject');
  return {
    at: Date.parse(word(event, 'stageTimestamp')),
    user: word(event, 'user', 'username'),
    verb,
    ...subjectOf(event),
    name: word(event, 'objectRef', 'name') || word(body, 'metadata', 'name'),
    code: numberAt(event, 'responseStatus', 'code') ?? 0,
    dryRun: parameters.has('dryRun'),
    fieldManager: parameters.get('fieldManager') ?? '',
    body,
  };
}

function subjectOf(event: unknown): Pick<Write, 'resource' | 'subresource' | 'namespace'> {
  const group = word(event, 'objectRef', 'apiGroup');
  const plural = word(event, 'objectRef', 'resource');
  return {
    resource: group === '' ? plural : `${plural}.${group}`,
    subresource: word(event, 'objectRef', 'subresource'),
    namespace: word(event, 'objectRef', 'namespace'),
  };
}

function word(from: unknown, ...path: readonly string[]): string {
  return textAt(from, ...path) ?? '';
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    // The server is still writing the line, or was killed in the middle of one.
    return undefined;
  }
}

/** It changed something, as far as the answer tells. */
export function succeeded(write: Write): boolean {
  return !write.dryRun && write.code >= 200 && write.code < 300;
}

/** One operation of a JSON Patch. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** The operations of a JSON Patch; undefined for any other body. */
export function operationsOf(write: Write): readonly PatchOperation[] | undefined {
  if (!Array.isArray(write.body)) return undefined;
  return write.body.filter(isFields).map((operation) => ({
    op: textAt(operation, 'op') ?? '',
    path: textAt(operation, 'path') ?? '',
    value: operation['value'],
  }));
}

/** The uid that the write insists on; undefined when any object of that name would do. */
export function uidOf(write: Write): string | undefined {
  const tested = operationsOf(write)?.find(({ op, path }) => op === 'test' && path === '/metadata/uid')?.value;
  if (typeof tested === 'string') return tested;
  return (
    textAt(write.body, 'metadata', 'uid') ??
    textAt(write.body, 'preconditions', 'uid') ??
    textAt(write.body, 'deleteOptions', 'preconditions', 'uid')
  );
}

/** A write in a few words, for evidence. */
export function inWords(write: Write): string {
  const what = write.subresource === '' ? write.resource : `${write.resource}/${write.subresource}`;
  const where = write.namespace === '' || write.resource === 'namespaces' ? write.name : `${write.namespace}/${write.name}`;
  const body = JSON.stringify(write.body ?? null);
  return `${write.verb} ${what} ${where}${write.dryRun ? ' (dry-run)' : ''} → ${write.code} ${body.slice(0, 600)}`;
}

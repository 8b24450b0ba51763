// The operator's writes as the API server's audit log has them, in the order in which they were answered.

import { readFile } from 'node:fs/promises';

/** One write. */
export interface AuditedWrite {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Place in the log. */
  readonly at: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly requestURI: string;
  readonly responseStatus?: { readonly code?: number };
}

const operator = 'system:serviceaccount:meshmigration-system:meshmigration';
const writing: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);

/** Successful writes of the operator to objects themselves, dry runs left out. */
export async function auditedWrites(file: string): Promise<readonly AuditedWrite[]> {
  // What comes after the last end of a line is still being written.
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.flatMap((line, at) => {
    const event = JSON.parse(line) as AuditEvent;
    return isDone(event) ? [{ ...placeOf(event), verb: event.verb, at }] : [];
  });
}

function isDone({ verb, user, objectRef, requestURI, responseStatus }: AuditEvent): boolean {
  const stored = objectRef?.subresource === undefined && !requestURI.includes('dryRun=');
  return stored && (responseStatus?.code ?? 500) < 300 && writing.has(verb) && user.username === operator;
}

function placeOf({ objectRef = {} }: AuditEvent): Pick<AuditedWrite, 'resource' | 'namespace' | 'name'> {
  return { resource: objectRef.resource ?? '', namespace: objectRef.namespace ?? '', name: objectRef.name ?? '' };
}

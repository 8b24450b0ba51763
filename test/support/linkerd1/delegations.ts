/**
 * Stand-in for Linkerd 1: `/delegator.json`, answered from recorded answers for recorded queries, and from answers that a test adds. It evaluates
 * no dtab: a query that is neither is answered 404 with the query in the text.
 */
import { recordedJson } from '../recordings.ts';

/** One question to `/delegator.json`. */
export interface DelegatorQuery {
  readonly namespace: string;
  readonly dtab: string;
  readonly path: string;
}

/** Status and body (JSON, or plain text for errors) of an answer. */
export interface DelegatorAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface Recorded extends Partial<DelegatorQuery>, DelegatorAnswer {
  readonly setup: string;
  readonly name: string;
}

/** Recorded answers and the ones added. */
export interface Delegations {
  answer(query: DelegatorQuery): DelegatorAnswer;
  /** Answers any query for this path, whatever the dtab, from now on. */
  add(path: string, body: unknown): void;
}

/** All recorded queries that have all three parts. */
export function recordedQueries(): (DelegatorQuery & DelegatorAnswer)[] {
  const all = recordedJson('linkerd1/delegator.json') as Recorded[];
  return all.filter((entry): entry is Recorded & DelegatorQuery => entry.path !== undefined && entry.dtab !== undefined);
}

/** Recorded answers to requests that are malformed as such. */
export function recordedRefusals(): { readonly name: string; readonly status: number; readonly body: unknown }[] {
  return (recordedJson('linkerd1/delegator.json') as Recorded[]).filter((entry) => entry.path === undefined);
}

/** Starts with the recorded answers. */
export function delegations(): Delegations {
  const known = new Map(recordedQueries().map((entry) => [keyOf(entry), entry]));
  const added = new Map<string, unknown>();
  return {
    add: (path, body) => added.set(path, body),
    answer: (query) => {
      if (added.has(query.path)) return { status: 200, body: added.get(query.path) };
      const { status, body } = known.get(keyOf(query)) ?? {
        status: 404,
        body: `no recorded answer for ${JSON.stringify(query)}`,
      };
      return { status, body };
    },
  };
}

/** Spaces, line breaks and a last semicolon mean nothing in a dtab. */
function keyOf({ namespace, dtab, path }: DelegatorQuery): string {
  return JSON.stringify([namespace, dtab.replaceAll(/\s+/g, '').replace(/;$/, ''), path]);
}

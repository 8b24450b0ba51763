// Observer: a status is written only when it says something new.
import { isDeepStrictEqual } from 'node:util';
import { valueAt } from '../fields.ts';
import type { Invariant } from '../invariant.ts';
import { inWords, succeeded } from '../write.ts';
import { statusOf } from './ledger.ts';

/** No status write that stores what is stored already. */
export function needlessStatus(): Invariant {
  const stored = new Map<string, unknown>();
  return {
    name: 'needless status',
    change({ collection, old, now }) {
      // What had a status when the observer came; of later writes the audit log alone tells, which may be behind the watch.
      if ((collection !== 'records' && collection !== 'migrations') || old !== undefined || now === undefined) return;
      stored.set(now.metadata.uid, valueAt(now, 'status'));
    },
    write(write, { report }) {
      const status = statusOf(write);
      if (status === undefined || !succeeded(write)) return;
      const uid = uidIn(write.body);
      if (isDeepStrictEqual(stored.get(uid), status)) report('a status was written that was stored already', inWords(write));
      stored.set(uid, status);
    },
  };
}

function uidIn(body: unknown): string {
  const tests = Array.isArray(body) ? body : [];
  const test: unknown = tests.find((operation: unknown) => valueAt(operation, 'path') === '/metadata/uid');
  return String(valueAt(test, 'value'));
}

// Observer: a workload's pods are replaced at most once for one step of one attempt, and a pod is evicted at most once.
import type { Invariant } from '../invariant.ts';
import { inWords, succeeded, uidOf } from '../write.ts';
import { cutoverOf, Ledger, workloadKind } from './ledger.ts';

/** At most one template change by the operator per workload UID, step and attempt, and one eviction per pod UID. */
export function onceOnly(): Invariant {
  const ledger = new Ledger();
  const seen = new Map<string, string>();
  return {
    name: 'once only',
    write(write, context) {
      ledger.note(write);
      if (!succeeded(write)) return;
      const uid = uidOf(write) ?? `${write.namespace}/${write.name}`;
      const deed = ((): string | undefined => {
        if (write.subresource === 'eviction') return `the eviction of pod ${uid}`;
        if (workloadKind(write) === undefined) return undefined;
        const cutover = cutoverOf(write);
        if (cutover !== undefined) return `the cutover ${cutover} of ${uid}`;
        return `the restore of ${uid} in attempt ${ledger.of(write.namespace, context)?.attempt ?? 0}`;
      })();
      if (deed === undefined) return;
      const before = seen.get(deed);
      if (before === undefined) seen.set(deed, inWords(write));
      else context.report(`${deed} was done twice`, `${before}\n  and again: ${inWords(write)}`);
    },
  };
}

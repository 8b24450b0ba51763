// Observer: what is in the target already is not written forward again, in no attempt.
import type { Invariant } from '../invariant.ts';
import { isKeyed, templateAnnotations } from '../world.ts';
import { inWords, succeeded, uidOf } from '../write.ts';
import { textAt } from '../fields.ts';
import { cutoverOf } from './ledger.ts';
import type { Write } from '../write.ts';

/** No cutover of a workload whose template carried keys in the version that the write was decided on. */
export function neverAgain(): Invariant {
  const keyed = new Map<string, boolean>();
  const cutovers: Write[] = [];
  return {
    name: 'never again',
    change({ collection, now }) {
      if (collection !== 'workloads' || now === undefined) return;
      keyed.set(versionOf(now.metadata.uid, now.metadata.resourceVersion), isKeyed(templateAnnotations(now)));
    },
    write(write) {
      if (succeeded(write) && cutoverOf(write) !== undefined) cutovers.push(write);
    },
    end({ report }) {
      for (const write of cutovers) {
        const version = versionOf(uidOf(write), textAt(write.body, 'metadata', 'resourceVersion'));
        if (keyed.get(version) === true) report('a workload that carried keys was moved again', inWords(write));
      }
    },
  };
}

const versionOf = (uid = '', resourceVersion = ''): string => `${uid}@${resourceVersion}`;

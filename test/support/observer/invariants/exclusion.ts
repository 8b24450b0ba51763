// Observer: nothing is written where the operator has no business, tried or done.
import type { Invariant } from '../invariant.ts';
import { inWords } from '../write.ts';
import type { Write } from '../write.ts';
import type { Place } from '../keys.ts';

/** No write into kube-*, control planes and excluded namespaces; in the operator's own only its Lease and Events. */
export function exclusion(): Invariant {
  return {
    name: 'exclusion',
    write(write, { place, report }) {
      const trouble = troubleWith(write, place);
      if (trouble !== undefined) report(trouble, inWords(write));
    },
  };
}

function troubleWith(write: Write, place: Place): string | undefined {
  const { namespace } = write.resource === 'namespaces' ? { namespace: write.name } : write;
  if (namespace.startsWith('kube-')) return `a write into the system namespace ${namespace}`;
  if (place.excluded.includes(namespace)) return `a write into the excluded namespace ${namespace}`;
  if (namespace !== place.namespace) return undefined;
  const isOwn = write.resource === 'events.k8s.io' || write.resource === 'events.events.k8s.io';
  const isLease = write.resource === 'leases.coordination.k8s.io' && (write.name === place.lease || write.name === '');
  return isOwn || isLease ? undefined : "a write into the operator's own namespace that is neither its Lease nor an Event";
}

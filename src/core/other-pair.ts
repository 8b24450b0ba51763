// Words about a namespace or template that an earlier move between other meshes left its keys on, and the ways out. Pure.

import { keys } from '../api/v1alpha1/group.ts';
import type { Keys, Pair } from './pair.ts';

/** The earlier move as a person reads it; undefined where there was none, or one of this pair. Every move writes both keys. */
export function otherPairIn(labels: Keys, pair: Pair): string | undefined {
  const { [keys.to]: to, [keys.from]: from } = labels;
  if (to === undefined || from === undefined || (to === pair.to && from === pair.from)) return undefined;
  return `${from} to ${to}`;
}

const removal = JSON.stringify({
  spec: { template: { metadata: { annotations: { [keys.to]: null, [keys.from]: null, [keys.cutover]: null } } } },
});

/** How to take the keys of an earlier move away from templates. What the keys still hide must be gone first. */
export function withoutTemplateKeys(namespace: string): string {
  return `take the settings of the mesh that was left out of its templates in Git, then our keys: kubectl patch -n ${namespace} deployment NAME --type merge -p '${removal}' (each workload)`;
}

// The labels come last: when they are gone the namespace gets another record, which must stay.
/** Both ways out of a namespace that an earlier move left its keys on: back, or wholly forward. */
export function leaveOtherPair(namespace: string, way: string): string {
  return (
    `Go back first: apply a MeshMigration ${way} with this namespace and desiredState: RolledBack. ` +
    `Or keep that move's result: ${withoutTemplateKeys(namespace)}; ` +
    `kubectl delete nm ${namespace} --ignore-not-found; kubectl label namespace ${namespace} ${keys.to}- ${keys.from}-.`
  );
}

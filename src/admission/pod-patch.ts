// Admission room: the change that admission makes to one pod, as a JSON Patch. What the policies do inside the API
// server, done here for the webhook; a golden corpus holds both together. Pure and total.

import type { MeshAdapter, ObjectKeys, PodTemplate } from '../mesh/adapter.ts';
import { containerOperations } from './container-operations.ts';
import { hasJoined, intentOf } from './intent.ts';
import { setKeys } from './key-operations.ts';
import type { PatchOperation } from './patch-operation.ts';

/**
 * The operations that make a pod join, and leave once it has joined.
 * @param namespace the namespace's own labels and annotations; they count only where the pod has no keys itself
 * @returns nothing when there is nothing to change
 */
export function podPatch(
  pod: PodTemplate,
  namespace: { metadata?: ObjectKeys },
  adapters: readonly MeshAdapter[],
): PatchOperation[] {
  const intent = intentOf(pod, namespace);
  const joined = hasJoined(pod, intent.to, adapters);
  const acting = adapters.flatMap(({ join, leave }) => [
    ...(intent.to === join.mesh ? [join] : []),
    ...(intent.from === leave.mesh && joined ? [leave] : []),
  ]);
  const optOuts = adapters.filter(({ join }) => intent.keptFrom === join.mesh).map(({ join }) => join.optOutAnnotations);
  return [
    ...setKeys(pod, 'annotations', {
      unlessPresent: merged([...acting.map((transform) => transform.setAnnotations), ...optOuts]),
      whatever: merged(acting.map((transform) => transform.overrideAnnotations)),
    }),
    ...setKeys(pod, 'labels', { unlessPresent: merged(acting.map((transform) => transform.setLabels)), whatever: {} }),
    ...acting.flatMap((transform) => containerOperations(pod, transform, intent.settingsOf)),
  ];
}

function merged(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(maps.flatMap((map) => Object.entries(map)));
}

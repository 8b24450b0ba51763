// Linkerd 1 room: which DaemonSet is the one to leave. Whoever judges it, asks its pods or tells how to take it away must mean
// the same one, so all of them ask here. Anybody may create a DaemonSet with such an image in a namespace of their own:
// by image alone none is taken where another namespace has one as well.

import { few } from '../../core/few.ts';
import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike } from '../adapter.ts';
import { nameOf } from '../facts.ts';
import { fieldsAt, listAt, textAt } from '../pod-parts.ts';
import { isLinkerd1Image } from './place.ts';

/** What was chosen: DaemonSets of one namespace, all of which serve; or several namespaces' that only a person can tell apart. */
export type SourceChoice =
  | { readonly kind: 'chosen'; readonly sets: readonly KubeObjectLike[]; readonly namespace: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly sets: readonly KubeObjectLike[] };

/** How a person tells them apart. */
export const nameTheSource = 'Name the one to leave in spec.source.linkerd1.namespace and daemonSet.';

/** Chooses among DaemonSets: by name where the spec has one, else by image. */
export function chooseSource(objects: readonly KubeObjectLike[], spec: MeshMigrationSpec): SourceChoice {
  const sets = objects.filter((object) => couldBeSource(object, spec));
  const [namespace, another] = [...new Set(sets.flatMap((object) => object.metadata?.namespace ?? []))];
  if (namespace === undefined) return { kind: 'none' };
  return another === undefined ? { kind: 'chosen', sets, namespace } : { kind: 'ambiguous', sets };
}

/** What can't be told apart, in a sentence. */
export function ambiguityOf(sets: readonly KubeObjectLike[]): string {
  return `more than one DaemonSet could be the Linkerd 1 to leave: ${few(sets.map(nameOf), 5)}`;
}

function couldBeSource(object: KubeObjectLike, spec: MeshMigrationSpec): boolean {
  const { namespace, daemonSet } = spec.source.linkerd1 ?? {};
  if (namespace !== undefined && object.metadata?.namespace !== namespace) return false;
  if (daemonSet !== undefined) return object.metadata?.name === daemonSet;
  const pod = fieldsAt(fieldsAt(fieldsAt(object, 'spec'), 'template'), 'spec');
  return listAt(pod, 'containers').some((container) => isLinkerd1Image(textAt(container, 'image')));
}

// The register of meshes. The one place outside a mesh's room that knows which meshes there are; a mesh that is missing
// here does not compile.

import type { MeshName } from '../api/v1alpha1/group.ts';
import type { Finding } from '../core/finding.ts';
import type { MeshAdapter, PreflightAnswer } from './adapter.ts';
import { linkerd1 } from './linkerd1/adapter.ts';
import { linkerd2 } from './linkerd2/adapter.ts';
import { none } from './none/adapter.ts';

/** All meshes by their API name. */
export const adapters: Readonly<Record<MeshName, MeshAdapter>> = { Linkerd1: linkerd1, Linkerd2: linkerd2, None: none };

/** All meshes, in a fixed order. */
export const allAdapters: readonly MeshAdapter[] = Object.values(adapters);

/** Two control planes in one namespace can't be told apart and are removed together. */
export function sharedNamespaceFindings(source: PreflightAnswer, target: PreflightAnswer): readonly Finding[] {
  const shared = source.controlPlaneNamespaces.filter((namespace) => target.controlPlaneNamespaces.includes(namespace));
  return shared.map((namespace) => ({
    severity: 'block',
    reason: 'SharedNamespace',
    message: `the control planes of both meshes are in the namespace ${namespace}`,
    remedy: 'Install the target in another namespace, or move the source to another one.',
  }));
}

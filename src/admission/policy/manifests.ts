// Policy room: all policies, by the file in which they are kept. Adding a mesh adds data here through its adapter.

import type { MeshAdapter } from '../../mesh/adapter.ts';
import type { PolicyManifest } from './manifest.ts';
import { namespaceFence, placeFence, podFence, routeFence, serviceFence, specFence } from './other-fences.ts';
import { auditPolicy, joinPolicy, leavePolicy, refusePolicy } from './pod-policies.ts';
import { workloadFences } from './workload-fences.ts';

/** Objects of one file. */
export interface PolicyFile {
  file: string;
  objects: readonly PolicyManifest[];
}

/** Policies that act on pods; they keep moved workloads moved and so outlive the operator. */
export function podPolicyFiles(adapters: readonly MeshAdapter[]): PolicyFile[] {
  return [
    ...adapters.map((adapter) => ({ file: `pods-join-${adapter.join.mesh}.yaml`, objects: joinPolicy(adapter) })),
    ...adapters.map((adapter) => ({ file: `pods-leave-${adapter.leave.mesh}.yaml`, objects: leavePolicy(adapter, adapters) })),
    { file: 'pods-refuse-unjoined.yaml', objects: refusePolicy(adapters) },
    { file: 'pods-audit-unjoined.yaml', objects: auditPolicy(adapters) },
  ].filter(({ objects }) => objects.length > 0);
}

/** Policies that fence the operator's token; they go with the operator. */
export function fenceFiles(adapters: readonly MeshAdapter[]): PolicyFile[] {
  return [
    { file: 'fence-places.yaml', objects: placeFence(adapters) },
    { file: 'fence-workloads.yaml', objects: workloadFences(adapters) },
    { file: 'fence-pods.yaml', objects: podFence() },
    { file: 'fence-namespaces.yaml', objects: namespaceFence(adapters) },
    { file: 'fence-services.yaml', objects: serviceFence(adapters) },
    { file: 'fence-routes.yaml', objects: routeFence(adapters) },
    { file: 'fence-specs.yaml', objects: specFence() },
  ].filter(({ objects }) => objects.length > 0);
}

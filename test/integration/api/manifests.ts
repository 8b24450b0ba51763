// Objects of both kinds for the tests of this folder, with everything valid that a test does not change.

import { API_VERSION } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigrationSpec } from '../../../src/api/v1alpha1/namespace-migration.ts';
import type { Manifest } from '../../../src/kube/object.ts';

/** A spec as people may write it, wrong types and unknown fields included. */
export type LooseSpec = Record<string, unknown>;

const validSpec: MeshMigrationSpec = {
  source: { mesh: 'Linkerd1' },
  target: { mesh: 'Linkerd2' },
  waves: [{ name: 'all', namespaces: ['shop'] }],
};

/** A MeshMigration with these parts of its spec replaced. */
export function meshMigration(name: string, changes: LooseSpec = {}): Manifest {
  return { apiVersion: API_VERSION, kind: 'MeshMigration', metadata: { name }, spec: { ...validSpec, ...changes } };
}

const validRecord: NamespaceMigrationSpec = {
  migrationRef: { name: 'shop-to-linkerd2', uid: '4f9c0f6e-6d5b-4c57-9d0a-5d1d0c3a7a11' },
  source: 'Linkerd1',
  target: 'Linkerd2',
  namespaceUID: '0b8d7a52-7d0e-4a52-8c77-3d1f0f6b9e02',
  wave: 'all',
  originals: {
    labels: [{ key: 'team', present: true, value: '' }],
    annotations: [{ key: 'linkerd.io/inject', present: false }],
  },
};

/** A NamespaceMigration with these parts of its spec replaced. */
export function namespaceMigration(name: string, changes: LooseSpec = {}): Manifest {
  return { apiVersion: API_VERSION, kind: 'NamespaceMigration', metadata: { name }, spec: { ...validRecord, ...changes } };
}

/** So many waves with names of their own. */
export function waves(count: number): LooseSpec[] {
  return Array.from({ length: count }, (_, index) => ({ name: `wave-${index}`, namespaces: [`team-${index}`] }));
}

/** One wave that selects by one expression. */
export function selecting(expression: LooseSpec): LooseSpec {
  return { waves: [{ name: 'all', namespaceSelector: { matchExpressions: [expression] } }] };
}

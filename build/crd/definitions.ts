// What the CRDs say beside their schema: names, printer columns, defaults. It must not describe fields: those are
// described where they are declared, in src/api/v1alpha1.

import { GROUP, MESH_MIGRATION, NAMESPACE_MIGRATION, VERSION } from '../../src/api/v1alpha1/group.ts';

/** One column of `kubectl get`. `priority` 1 is shown with `-o wide` only. */
export interface PrinterColumn {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  description: string;
  priority?: 1;
}

/** One kind of the API group. */
export interface CrdDefinition {
  kind: string;
  plural: string;
  shortName: string;
  /** Columns of `kubectl get`, in order. */
  columns: readonly PrinterColumn[];
  /** Default of the whole status, so that kstatus does not call an object done that nobody has looked at yet. */
  statusDefault?: Readonly<Record<string, number>>;
}

/** The served group and version of all kinds. */
export const groupVersion = { group: GROUP, version: VERSION } as const;

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since the object was created',
};

/** All kinds that the operator installs. */
export const definitions: readonly CrdDefinition[] = [
  {
    kind: MESH_MIGRATION.kind,
    plural: MESH_MIGRATION.plural,
    shortName: 'mm',
    columns: [
      { name: 'Source', type: 'string', jsonPath: '.spec.source.mesh', description: 'Mesh that the workloads leave' },
      { name: 'Target', type: 'string', jsonPath: '.spec.target.mesh', description: 'Mesh that the workloads join' },
      {
        name: 'Ready',
        type: 'string',
        jsonPath: '.status.conditions[?(@.type=="Ready")].status',
        description: 'True when everything that was asked for is done',
      },
      { name: 'Wave', type: 'string', jsonPath: '.status.currentWave', description: 'First wave that is not complete' },
      { name: 'Migrated', type: 'string', jsonPath: '.status.migrated', description: 'Migrated of all namespaces' },
      {
        name: 'Failed',
        type: 'integer',
        jsonPath: '.status.namespaces.failed',
        description: 'Namespaces that halted, or went back after a failure',
      },
      age,
      { name: 'Message', type: 'string', jsonPath: '.status.summary', description: 'The state in one line', priority: 1 },
    ],
    statusDefault: { observedGeneration: -1 },
  },
  {
    kind: NAMESPACE_MIGRATION.kind,
    plural: NAMESPACE_MIGRATION.plural,
    shortName: 'nm',
    columns: [
      {
        name: 'Migration',
        type: 'string',
        jsonPath: '.spec.migrationRef.name',
        description: 'MeshMigration that the record belongs to',
      },
      { name: 'Step', type: 'string', jsonPath: '.status.step', description: 'Where the namespace stands' },
      { name: 'Workloads', type: 'string', jsonPath: '.status.progress', description: 'Verified of all workloads' },
      { name: 'Reason', type: 'string', jsonPath: '.status.reason', description: 'Why it stands there' },
      age,
    ],
  },
];

// Actions: every write that the operator can make, as printable data. Nothing here writes.

import type { NamespaceMigrationSpec } from '../api/v1alpha1/namespace-migration.ts';
import type { NameRelease, NameWrite } from './names.ts';
import type { TemplateKind } from './observation.ts';

/** A workload as it was observed; the write is refused when it has changed or is another object. */
export interface WorkloadTarget {
  kind: TemplateKind;
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
}

/** One key as it was observed, or as it shall be; `undefined` means absent. */
export interface KeyChange {
  key: string;
  from: string | undefined;
  to: string | undefined;
}

/** One write. */
export type Action =
  | { kind: 'cutOver'; workload: WorkloadTarget; keys: Readonly<Record<string, string>>; minReadySeconds?: number }
  | { kind: 'restoreTemplate'; workload: WorkloadTarget; changes: readonly KeyChange[]; dropMinReadySeconds: boolean }
  | {
      kind: 'changeNamespace';
      namespace: string;
      uid: string;
      /** Of the namespace as it was decided on; the write is refused when it has changed since. */
      resourceVersion?: string;
      labels: readonly KeyChange[];
      annotations: readonly KeyChange[];
      why: 'Moving' | 'Commit' | 'Uncommit' | 'End';
    }
  /** Names and routes of the target for the callers of a namespace, in this order. */
  | { kind: 'prepareNames'; namespace: string; writes: readonly NameWrite[] }
  | { kind: 'removeNames'; namespace: string; releases: readonly NameRelease[] }
  | { kind: 'evictPod'; namespace: string; name: string; uid: string }
  | { kind: 'createRecord'; name: string; spec: NamespaceMigrationSpec }
  | { kind: 'adoptRecord'; name: string; uid: string; migration: { name: string; uid: string }; wave: string }
  | { kind: 'deleteRecord'; name: string; uid: string }
  | {
      kind: 'startRecord';
      name: string;
      uid: string;
      resourceVersion: string;
      step: 'Preflight' | 'Restore';
      restoreCause?: 'Request' | 'Failure';
      attempt: number;
      retryAt?: string;
    }
  | { kind: 'setFinalizer'; present: boolean };

/** Something that happened, for the event stream. */
export interface EventNote {
  type: 'Normal' | 'Warning';
  /** One CamelCase word. */
  reason: string;
  note: string;
  /** Kind/name of the workload concerned; the namespace otherwise. */
  workload?: string;
}

// apply: carries out one action. Every write is narrow and refused when the object is another one or has changed since it
// was decided on. What comes back is either done, or refused for a reason that decide may want to know.

import { FIELD_MANAGER, FINALIZER } from '../api/v1alpha1/group.ts';
import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { Action } from '../core/action.ts';
import { startedStatus } from '../core/migration/back.ts';
import type { KubeClient } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { KubeError, KubeErrorKind } from '../kube/kube-error.ts';
import type { KubeObject } from '../kube/object.ts';
import { apiVersionOf, NAMESPACE } from '../kube/resource-kind.ts';
import type { Denials } from './denials.ts';
import { textAt } from '../core/fields.ts';
import { NAMESPACE_MIGRATION, TEMPLATE_KINDS } from './kinds.ts';
import { isOutdated } from './outdated.ts';
import { keyOperations, namespaceOperations } from './patches.ts';
import { writeNames } from './names/write.ts';
import { adoptRecord, patchFinalizer, patchRecordStatus } from './record-writes.ts';
import { asObject } from './trimmed.ts';
import type { Views } from './views.ts';

/** What became of an action. */
export type Applied =
  | { kind: 'done' }
  /** The world had changed, so nothing was written; decide again. */
  | { kind: 'stale' }
  /** Trying again won't help by itself. */
  | { kind: 'refused'; reason: string; message: string };

/** What applying takes. */
export interface Appliers {
  client: KubeClient;
  views: Views;
  /** Throws when this process may not write any more: its lease is gone. */
  fence: () => void;
  /** Milliseconds since the epoch. */
  wallMs: () => number;
  denials: Denials;
}

/** Carries out one action. Errors that say nothing about the action (network, overload) are thrown. */
export async function applyAction(a: Appliers, action: Action, migration: MeshMigration | undefined): Promise<Applied> {
  a.fence();
  try {
    await write(a, action, migration);
    return { kind: 'done' };
  } catch (error) {
    if (!isKubeError(error) || a.denials.mayPass(error)) throw error;
    // A webhook of somebody's that fails must not hold up a way back for longer than a refusal does.
    if (action.kind === 'removeNames' && error.kind === 'server')
      return { kind: 'refused', reason: 'WriteRefused', message: error.message };
    return outcomeOf(error);
  }
}

const moved: readonly KubeErrorKind[] = ['conflict', 'notFound', 'alreadyExists'];

function outcomeOf(error: KubeError): Applied {
  const { kind, message } = error;
  if (kind === 'disruptionBudget') return { kind: 'refused', reason: 'EvictionRefused', message };
  if (kind === 'conflict' && error.causes.some((cause) => cause.reason === 'FieldManagerConflict')) {
    return { kind: 'refused', reason: 'FieldOwnedByGitOps', message };
  }
  // The server serves no such kind at all: that does not change by looking again.
  if (kind === 'notFound' && error.reason === '') return { kind: 'refused', reason: 'WriteRefused', message };
  if (moved.includes(kind) || isOutdated(error)) return { kind: 'stale' };
  if (kind === 'invalid') return { kind: 'refused', reason: 'WriteRefused', message };
  if (kind === 'forbidden') return { kind: 'refused', reason: 'PermissionDenied', message };
  throw error;
}

async function write(a: Appliers, action: Action, migration: MeshMigration | undefined): Promise<void> {
  switch (action.kind) {
    case 'cutOver':
      return cutOver(a, action);
    case 'restoreTemplate':
      return restoreTemplate(a, action);
    case 'changeNamespace':
      return changeNamespace(a, action);
    case 'prepareNames':
    case 'removeNames':
      return writeNames(a.client, action, a.fence);
    case 'evictPod':
      return a.client.evict({ namespace: action.namespace, name: action.name }, { uid: action.uid });
    case 'setFinalizer':
      return migration === undefined ? undefined : patchFinalizer(a, migration, FINALIZER, action.present);
    default:
      return writeRecord(a, action);
  }
}

type RecordAction = Extract<Action, { kind: 'createRecord' | 'adoptRecord' | 'deleteRecord' | 'startRecord' }>;

async function writeRecord(a: Appliers, action: RecordAction): Promise<void> {
  switch (action.kind) {
    case 'createRecord': {
      const manifest = {
        apiVersion: apiVersionOf(NAMESPACE_MIGRATION),
        kind: NAMESPACE_MIGRATION.kind,
        metadata: { name: action.name },
        spec: action.spec,
      };
      const created = await a.client.create(NAMESPACE_MIGRATION, manifest, {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
      });
      a.views.records.wrote(action.name, created);
      return;
    }
    case 'adoptRecord':
      return adoptRecord(a, action);
    case 'deleteRecord':
      return a.client.delete(NAMESPACE_MIGRATION, { name: action.name }, { uid: action.uid });
    case 'startRecord': {
      const record = a.views.records.get(action.name)?.object;
      if (record?.metadata.resourceVersion !== action.resourceVersion) return;
      return patchRecordStatus(a, record, startedStatus(record, action, a.wallMs()));
    }
  }
}

async function cutOver(a: Appliers, action: Action & { kind: 'cutOver' }): Promise<void> {
  const { kind, namespace, name, uid, resourceVersion } = action.workload;
  const template = { metadata: { annotations: action.keys } };
  const inSpec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  const minReady = action.minReadySeconds === undefined ? {} : { minReadySeconds: action.minReadySeconds };
  const manifest = { metadata: { name, namespace, uid, resourceVersion }, spec: { ...inSpec, ...minReady } };
  const answer = await a.client.applyServerSide(TEMPLATE_KINDS[kind], { namespace, name }, manifest, {
    fieldManager: FIELD_MANAGER,
  });
  a.views.workloads[kind].wrote(`${namespace}/${name}`, answer);
}

// Read live: after a rollout undo or a restored manifest somebody else co-owns the keys, and only what is there can go.
async function restoreTemplate(a: Appliers, action: Action & { kind: 'restoreTemplate' }): Promise<void> {
  const { kind, namespace, name } = action.workload;
  const ref = { namespace, name };
  const live = await a.client.get(TEMPLATE_KINDS[kind], ref);
  const operations = keyOperations(live, action);
  if (operations === undefined) return;
  const answer = await a.client.jsonPatch(TEMPLATE_KINDS[kind], ref, operations, { fieldManager: FIELD_MANAGER });
  a.views.workloads[kind].wrote(`${namespace}/${name}`, answer);
}

async function changeNamespace(a: Appliers, action: Action & { kind: 'changeNamespace' }): Promise<void> {
  const ref = { name: action.namespace };
  const held = a.views.namespaces.get(action.namespace);
  // What it was decided on may be held already; the patch tests its version.
  const isHeld = held !== undefined && held.resourceVersion === action.resourceVersion;
  const live: KubeObject = isHeld ? asObject(held) : await a.client.get(NAMESPACE, ref);
  if (live.metadata.uid !== action.uid || textAt(live, 'metadata', 'deletionTimestamp') !== undefined) return;
  const operations = namespaceOperations(live, action);
  if (operations === undefined) return;
  const answer = await a.client.jsonPatch(NAMESPACE, ref, operations, { fieldManager: FIELD_MANAGER });
  a.views.namespaces.wrote(action.namespace, answer);
}

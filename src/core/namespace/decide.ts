// decide for one namespace: pure, total, deterministic. Steps that go on at once are run in the same pass, so that a pass
// ends with writes, with waiting, or with the end.

import { keys } from '../../api/v1alpha1/group.ts';
import type { NamespaceMigrationStatus, Step } from '../../api/v1alpha1/namespace-migration.ts';
import type { NamespaceDecision } from '../decision.ts';
import type { NamespaceObservation } from '../observation.ts';
import { retryValue } from './requests.ts';
import { decideHalted, decideMigrated, decideRolledBack } from './ends.ts';
import { decideCommit, decideCutover, decideSoak } from './forward.ts';
import { namesBack } from './names-back.ts';
import { namespaceAction, noKeys } from './namespace-keys.ts';
import { decidePending, decidePrepare, decidePreflight } from './preflight.ts';
import { decideRestore } from './restore.ts';
import { situationOf, standing } from './situation.ts';
import type { Situation } from './situation.ts';
import type { StepResult } from './step.ts';
import { transitions } from './transitions.ts';

// More steps in one pass than there are steps would be a circle, which no observation may cause.
const maximumAdvances = 12;

/**
 * What to do next for one namespace.
 * @param now milliseconds since the epoch
 */
export function decideNamespace(observation: NamespaceObservation, now: number): NamespaceDecision {
  const before = observation.record.status ?? {};
  const result = decideOutcome(observation, now);
  const { refusedStatus, ...next } = result.status;
  const seen = { ...next, observedGeneration: observation.record.metadata.generation };
  const status = withRetrySeen(seen, observation);
  return { outcome: result.outcome, status, events: transitions(before, status) };
}

function decideOutcome(observation: NamespaceObservation, now: number): StepResult & { kind: 'end' } {
  const { namespace, migration, record } = observation;
  const status = record.status ?? {};
  if (namespace === undefined || namespace.deleting || namespace.uid !== record.spec.namespaceUID) {
    return gone(observation, now);
  }
  if (migration === undefined) return orphaned(namespace, status);
  let next = status;
  for (let i = 0; i < maximumAdvances; i += 1) {
    const situation = situationOf({ ...observation, record: { ...record, status: next } }, migration, namespace, now);
    const result = steps[situation.step](situation);
    if (result.kind === 'end') return result;
    next = result.status;
  }
  throw new Error(`the steps of namespace ${namespace.name} go in a circle at ${next.step ?? 'Pending'}`);
}

const onTheWay: readonly Step[] = ['Pending', 'Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Migrated'];

// Who asks for another try of what is on its way asks for nothing; a failure that comes later must be asked about anew.
function withRetrySeen(status: NamespaceMigrationStatus, { record, migration }: NamespaceObservation): NamespaceMigrationStatus {
  const value = migration === undefined ? undefined : retryValue({ ...record, status }, migration);
  return value === undefined || !onTheWay.includes(status.step ?? 'Pending') ? status : { ...status, lastHandledRetryAt: value };
}

function ended(status: NamespaceMigrationStatus): StepResult & { kind: 'end' } {
  return { kind: 'end', status, outcome: { kind: 'done' } };
}

// What was made for its callers in namespaces of others goes with it.
function gone(observation: NamespaceObservation, now: number): StepResult & { kind: 'end' } {
  const message = 'the namespace is being deleted, gone, or another one of that name';
  const status = standing(observation.record.status ?? {}, { reason: 'NamespaceGone', message });
  const next = namesBack(observation, now);
  if (next?.kind === 'write') return { kind: 'end', status, outcome: { kind: 'act', actions: [next.action] } };
  if (next?.kind === 'wait') return lookAgain(status, next.seconds);
  const { verdict, held } = observation.names;
  if (verdict.kind === 'unknown') return lookAgain({ ...status, message: `${message}; ${verdict.message}` }, 10);
  if (held === undefined) return ended(status);
  if (next === undefined) return ended(withoutNames(status));
  const told = { ...status, message: `${message}; ${next.message}`, remedy: next.remedy };
  // Only a record that lists none makes room for that of another namespace of the name.
  return ended(observation.namespace === undefined ? told : withoutNames(told));
}

function lookAgain(status: NamespaceMigrationStatus, afterSeconds: number): StepResult & { kind: 'end' } {
  return { kind: 'end', status, outcome: { kind: 'wait', reason: 'NamespaceGone', afterSeconds } };
}

function withoutNames({ names, ...status }: NamespaceMigrationStatus): NamespaceMigrationStatus {
  return status;
}

// Its MeshMigration was deleted: everything stays as it is but the fence around the move.
function orphaned(
  namespace: NonNullable<NamespaceObservation['namespace']>,
  status: NamespaceMigrationStatus,
): StepResult & { kind: 'end' } {
  const next = standing(status, { reason: 'MigrationGone', message: 'its MeshMigration was deleted; everything stays as it is' });
  if (namespace.labels[keys.moving] === undefined) return ended(next);
  const action = namespaceAction(namespace, noKeys, 'End');
  return action === undefined ? ended(next) : { kind: 'end', status: next, outcome: { kind: 'act', actions: [action] } };
}

const steps: Readonly<Record<Step, (s: Situation) => StepResult>> = {
  Pending: decidePending,
  Preflight: decidePreflight,
  Prepare: decidePrepare,
  Cutover: decideCutover,
  Commit: decideCommit,
  Soak: decideSoak,
  Migrated: decideMigrated,
  PartiallyMigrated: decideMigrated,
  Restore: decideRestore,
  RolledBack: decideRolledBack,
  Halted: decideHalted,
};

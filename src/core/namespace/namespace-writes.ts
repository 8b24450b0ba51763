// What must be written to the namespace before a workload may go back, and what stands in the way of that. Pure.

import type { Action } from '../action.ts';
import type { NamespaceFacts } from '../observation.ts';
import { keys } from '../../api/v1alpha1/group.ts';
import { namespaceAction, noKeys, planUncommit } from './namespace-keys.ts';
import type { Situation, Why } from './situation.ts';

/** What is left of the un-commit. */
export type Uncommit =
  | { kind: 'write'; action: Action }
  | { kind: 'wait'; message: string }
  | { kind: 'conflict'; key: string; found: string | undefined };

/**
 * What must happen to the namespace's keys before any workload goes back; undefined when new pods come out without the target, or
 * when the keys are gone and nobody could tell of new pods for a whole deadline: every workload is judged by its pods afterwards.
 * @param waitedSeconds for so long the way back has been waited for
 */
export function uncommitFirst(s: Situation, waitedSeconds: number): Uncommit | undefined {
  if (s.status.committed !== true && !s.committed) return undefined;
  // Where only pods may be written, somebody else committed the namespace and must take it back.
  if (s.settings.onManagedField === 'PodOnly')
    return s.committed
      ? { kind: 'wait', message: 'the namespace’s keys are kept elsewhere and must be taken back there' }
      : undefined;
  const plan = planUncommit(s.observation, s.namespace);
  if (plan.kind === 'conflict') return plan;
  const action = plan.labels.length + plan.annotations.length === 0 ? undefined : namespaceAction(s.namespace, plan, 'Uncommit');
  if (action !== undefined) return { kind: 'write', action };
  return newPodsJoin(s, waitedSeconds);
}

function newPodsJoin({ observation: { uncommitted }, settings }: Situation, waitedSeconds: number): Uncommit | undefined {
  if (uncommitted.kind === 'pass') return undefined;
  const isUntold = uncommitted.kind === 'unknown' && waitedSeconds >= settings.progressDeadlineSeconds;
  return isUntold ? undefined : { kind: 'wait', message: uncommitted.message };
}

/** The write that takes the moving label away; undefined where it is gone, or the API server refused that for good. */
export function endOfMoving(s: Situation): Action | undefined {
  if (s.namespace.labels[keys.moving] === undefined || refusedByServer(s) !== undefined) return undefined;
  return namespaceAction(s.namespace, noKeys, 'End');
}

/** A key of the namespace and its value; undefined where it is absent. */
export interface FoundKey {
  key: string;
  found: string | undefined;
}

/** Somebody else changed a key of the namespace. */
export function keyConflict(found: FoundKey, s: Situation): Why {
  const message = `its key ${foundText(found, s.namespace)}: neither what it was nor what the operator wrote`;
  return { reason: 'NamespaceKeyConflict', message };
}

/** A key, its value, and who set it where that is known. Who took a key away is not recorded anywhere. */
export function foundText({ key, found }: FoundKey, { owners = {} }: NamespaceFacts): string {
  if (found === undefined) return `${key} is absent`;
  const owner = Object.hasOwn(owners, key) ? owners[key] : undefined;
  return `${key} is "${found}"${owner === undefined ? '' : ` (set by ${owner})`}`;
}

/** The API server refused the last write to the namespace for a reason that trying again won't mend. */
export function refusedByServer(s: Situation): Why | undefined {
  const refusal = s.observation.refusals.get(s.namespace.name);
  return refusal === undefined || refusal.reason === 'EvictionRefused'
    ? undefined
    : { reason: refusal.reason, message: `the namespace can’t be written: ${refusal.message}` };
}

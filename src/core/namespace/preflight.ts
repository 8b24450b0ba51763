// Pending, Preflight and Prepare: everything that is found out before the first workload is written. Writes no workload.

import { keys } from '../../api/v1alpha1/group.ts';
import type { Finding } from '../finding.ts';
import type { Verdict } from '../verdict.ts';
import { planCommit } from './namespace-keys.ts';
import { rosterOf, withRoster } from './roster.ts';
import type { Situation, Why } from './situation.ts';
import { advance, done, wait } from './step.ts';
import type { StepResult } from './step.ts';

const lookAgainSeconds = 10;
const unblocked = { reason: 'Waiting', message: 'what blocked the namespace is gone; it waits for a free place' };

/** Waits for the migration to give it a place. */
export function decidePending(s: Situation): StepResult {
  return done(s.status);
}

/** Looks for everything that would stop the move or an exception to it. */
export function decidePreflight(s: Situation): StepResult {
  const status = withRoster(s.status, rosterOf(s), s);
  const blocker = blockerOf(s);
  if (blocker !== undefined) return wait(status, { ...blocker, blocked: true }, lookAgainSeconds);
  if (s.status.blocked === true) {
    return advance(s, 'Pending', unblocked, status);
  }
  if (s.settings.paused) return wait(status, { reason: 'Paused', message: 'the migration is paused' });
  return advance(s, 'Prepare', { reason: 'InProgress', message: 'preparing names and routes in the target' }, status);
}

/** Prepares the names that callers need once they have left the source. */
export function decidePrepare(s: Situation): StepResult {
  const { verdict, remedy } = s.observation.names;
  switch (verdict.kind) {
    case 'pass':
      if (s.status.blocked === true) return advance(s, 'Pending', unblocked);
      return advance(s, 'Cutover', { reason: 'InProgress', message: 'moving workloads' });
    case 'unknown':
      return wait(s.status, { reason: verdict.reason, message: verdict.message }, lookAgainSeconds);
    case 'fail':
      if (s.settings.onBlockedName === 'Proceed')
        return advance(s, 'Cutover', { reason: 'InProgress', message: `moving workloads although: ${verdict.message}` });
      return wait(
        s.status,
        { reason: verdict.reason, message: verdict.message, ...(remedy !== undefined && { remedy }), blocked: true },
        lookAgainSeconds,
      );
  }
}

/** Why nothing new may start in a namespace that is already on its way; undefined when it may. */
export function stopperOf(s: Situation): Why | undefined {
  const held = s.namespace.annotations[keys.hold];
  if (held !== undefined) return { reason: 'Held', message: `held by a person: ${held || 'no reason given'}`, blocked: true };
  if (s.settings.paused) return { reason: 'Paused', message: 'the migration is paused' };
  const { target } = s.observation.cluster;
  if (target.kind !== 'pass' && s.step !== 'Restore')
    return { reason: 'TargetNotReady', message: `${target.message}; deadlines stand still` };
  return undefined;
}

function blockerOf(s: Situation): Why | undefined {
  const held = s.namespace.annotations[keys.hold];
  if (held !== undefined) return { reason: 'Held', message: `held by a person: ${held || 'no reason given'}` };
  const { cluster } = s.observation;
  return (
    fromFinding([...cluster.findings, ...s.namespace.findings]) ??
    fromVerdict('SourceNotHealthy', cluster.source) ??
    fromVerdict('TargetNotReady', cluster.target) ??
    fromVerdict('AdmissionNotActive', cluster.admission) ??
    ownedKey(s)
  );
}

function fromFinding(findings: readonly Finding[]): Why | undefined {
  const blocking = findings.find((f) => f.severity === 'block');
  return blocking && { reason: blocking.reason, message: blocking.message, remedy: blocking.remedy };
}

function fromVerdict(reason: string, verdict: Verdict): Why | undefined {
  return verdict.kind === 'pass' ? undefined : { reason, message: verdict.message };
}

// The namespace's own key has another value already: somebody else owns it, and nobody wins such a fight.
function ownedKey(s: Situation): Why | undefined {
  const policy = s.settings.onManagedField;
  if (policy === 'PodOnly' || policy === 'Takeover') return undefined;
  const plan = planCommit(s.observation, s.namespace);
  if (plan.kind === 'conflict')
    return {
      reason: 'FieldOwnedByGitOps',
      message: `its key ${plan.key} is now ${plan.found ?? 'absent'}, and was something else when its record was made`,
    };
  const owned = [...plan.labels, ...plan.annotations].find((change) => change.from !== undefined);
  return (
    owned && {
      reason: 'FieldOwnedByGitOps',
      message: `its key ${owned.key} is "${owned.from ?? ''}" and must be "${owned.to ?? ''}"`,
    }
  );
}

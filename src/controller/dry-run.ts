// Dry runs: a pod that is created without being stored shows what admission really does, policies and injectors alike.
// Discovery can't tell that (a policy may be served and not act), so nothing else is believed.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../core/finding.ts';
import { cutoverKeys, pairOf } from '../core/pair.ts';
import { fail, pass, unknown } from '../core/verdict.ts';
import type { Verdict } from '../core/verdict.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { KubeError } from '../kube/kube-error.ts';
import type { LivePod } from '../mesh/adapter.ts';
import { createPod } from './dry-run-pod.ts';
import type { DryRunInput } from './dry-run-pod.ts';
import { adaptersOf } from './preflight-facts.ts';

/** What a dry run showed. */
export interface DryRun {
  target: Verdict;
  admission: Verdict;
  findings: readonly Finding[];
}

/** What a keyed pod is tried with. */
export interface KeyedPodInput extends DryRunInput {
  /** No workload there could move, so that nothing depends on whether a pod is let in. */
  idle: boolean;
}

const nothingWrong: DryRun = { target: pass, admission: pass, findings: [] };

/** Creates a keyed pod without storing it: it must come out with the target and without a trace of the source. */
export async function tryKeyedPod(input: KeyedPodInput): Promise<DryRun> {
  const { migration } = input;
  const pair = pairOf(migration.spec.source.mesh, migration.spec.target.mesh);
  const answer = await createPod(input, cutoverKeys(pair, 'dry-run', input.settings));
  if (answer.kind === 'pod') return judged(answer.pod, migration);
  return input.idle && isRefusal(answer.error) ? nothingWrong : refused(answer.error);
}

function judged(pod: LivePod, migration: MeshMigration): DryRun {
  const { source, target } = adaptersOf(migration);
  const joined = target.expectations(pod, migration.spec);
  if (joined.state !== 'present') {
    const { setAnnotations, setLabels } = target.join;
    const { annotations = {}, labels = {} } = pod.metadata ?? {};
    const asked =
      Object.keys(setAnnotations).every((key) => key in annotations) && Object.keys(setLabels).every((key) => key in labels);
    const absent = fail('TargetNotReady', `a dry-run pod came out without ${target.mesh}: ${joined.reason}`);
    const silent = fail('AdmissionNotActive', `a dry-run pod with our keys was not changed`);
    return asked ? { target: absent, admission: pass, findings: [] } : { target: absent, admission: silent, findings: [] };
  }
  const left = source.expectations(pod, migration.spec);
  const admission =
    left.state === 'absent' ? pass : fail('AdmissionNotActive', `a dry-run pod still uses ${source.mesh}: ${left.reason}`);
  return { target: pass, admission, findings: [] };
}

// A quota says nothing about the meshes: it stops the start of a move, and never the clock of one on its way.
function refused(error: KubeError): DryRun {
  const message = `a dry-run pod was refused: ${error.message}`;
  if (/(exceeded|failed) quota/.test(error.message)) {
    const remedy = 'Raise the ResourceQuota by what the proxies request, or lower the proxies’ requests.';
    return { target: pass, admission: pass, findings: [{ severity: 'block', reason: 'QuotaExceeded', message, remedy }] };
  }
  const verdict = isRefusal(error) ? fail('TargetNotReady', message) : unknown('TargetNotReady', message);
  return { target: verdict, admission: pass, findings: [] };
}

function isRefusal(error: KubeError): boolean {
  return isKubeError(error, 'forbidden', 'invalid');
}

/** Creates a pod without keys, not stored: pass when it comes out without the target. */
export async function tryPlainPod(input: DryRunInput): Promise<Verdict> {
  const answer = await createPod(input, {});
  const { target } = adaptersOf(input.migration);
  if (answer.kind === 'refused') return (await toldByValidation(input, answer.error)) ?? unasked(answer.error);
  const shown = target.expectations(answer.pod, input.migration.spec);
  return shown.state === 'absent' ? pass : stillJoins(target.mesh, shown.reason);
}

function unasked(error: KubeError): Verdict {
  return unknown('StillCommitted', `a dry-run pod was refused: ${error.message}`);
}

function stillJoins(mesh: string, reason: string): Verdict {
  return fail('StillCommitted', `a new pod would still join ${mesh}: ${reason}`);
}

// Quotas, limits, Pod Security and policies of others refuse a pod after injectors have changed it, and say nothing of what they
// did. The API server validates what came out before it asks any of them, and names all faults at once: an ephemeral container is
// one in every new pod, and its name is another one where a container has that name already.
async function toldByValidation(input: DryRunInput, error: KubeError): Promise<Verdict | undefined> {
  const { joinedWhen, mesh } = adaptersOf(input.migration).target;
  if (!isRefusal(error) || joinedWhen.kind !== 'container') return undefined;
  const { name } = joinedWhen;
  const answer = await createPod(input, {}, { ephemeralContainers: [{ name, image: 'app' }] });
  if (answer.kind !== 'refused') return undefined;
  const told = answer.error.causes.filter(({ field }) => field.startsWith('spec.ephemeralContainers'));
  if (told.some(({ reason, field }) => reason === 'FieldValueDuplicate' && field === 'spec.ephemeralContainers[0].name'))
    return stillJoins(mesh, `it has the container ${name}`);
  return told.some(({ reason }) => reason === 'FieldValueForbidden') ? pass : undefined;
}

// Dry runs: a pod that is created without being stored shows what admission really does, policies and injectors alike.
// Discovery can't tell that (a policy may be served and not act), so nothing else is believed.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import { keys } from '../api/v1alpha1/group.ts';
import type { Finding } from '../core/finding.ts';
import { cutoverKeys, pairOf } from '../core/pair.ts';
import { fail, pass, unknown } from '../core/verdict.ts';
import type { Verdict } from '../core/verdict.ts';
import type { KubeClient } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { KubeError } from '../kube/kube-error.ts';
import { POD } from '../kube/resource-kind.ts';
import type { LivePod } from '../mesh/adapter.ts';
import { fieldsAt, listAt, textAt } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';
import { TEMPLATE_KINDS, templatePath } from './kinds.ts';
import { adaptersOf } from './preflight-facts.ts';
import type { TrimmedWorkload } from './trimmed.ts';

/** What a dry run showed. */
export interface DryRun {
  target: Verdict;
  admission: Verdict;
  findings: readonly Finding[];
}

/** What a dry run is made with. */
export interface DryRunInput {
  client: KubeClient;
  migration: MeshMigration;
  namespace: string;
  /** The workload whose template is tried; a pod of one container without it. */
  workload?: TrimmedWorkload;
  /** Gives the workload's template; read live without it. */
  read?: (input: DryRunInput) => Promise<Fields>;
  settings: Readonly<Record<string, string>>;
}

/** Creates a keyed pod without storing it: it must come out with the target and without a trace of the source. */
export async function tryKeyedPod(input: DryRunInput): Promise<DryRun> {
  const { migration } = input;
  const pair = pairOf(migration.spec.source.mesh, migration.spec.target.mesh);
  const answer = await createPod(input, cutoverKeys(pair, 'dry-run', input.settings));
  return answer.kind === 'pod' ? judged(answer.pod, migration) : refused(answer.error);
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
  const verdict = isKubeError(error, 'forbidden', 'invalid')
    ? fail('TargetNotReady', message)
    : unknown('TargetNotReady', message);
  return { target: verdict, admission: pass, findings: [] };
}

/** Creates a pod without keys, not stored: pass when it comes out without the target. */
export async function tryPlainPod(input: DryRunInput): Promise<Verdict> {
  const answer = await createPod(input, {});
  if (answer.kind === 'refused') return unknown('StillCommitted', `a dry-run pod was refused: ${answer.error.message}`);
  const { target } = adaptersOf(input.migration);
  const shown = target.expectations(answer.pod, input.migration.spec);
  return shown.state === 'absent' ? pass : fail('StillCommitted', `a new pod would still join ${target.mesh}: ${shown.reason}`);
}

type Answer = { kind: 'pod'; pod: LivePod } | { kind: 'refused'; error: KubeError };

async function createPod(input: DryRunInput, annotations: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const { metadata, spec } = await (input.read ?? templateOf)(input);
    const plain = Object.fromEntries(
      Object.entries(fieldsAt(metadata, 'annotations')).filter(([key]) => !ourKeys.includes(key)),
    ) as Record<string, string>;
    const manifest = {
      metadata: {
        // Never stored, so nothing is in its way; a name made up by the server would change every refusal's message.
        name: 'meshmigration-dry-run',
        namespace: input.namespace,
        labels: fieldsAt(metadata, 'labels') as Record<string, string>,
        annotations: { ...plain, ...annotations },
      },
      spec,
    };
    return { kind: 'pod', pod: (await input.client.create(POD, manifest, { dryRun: true })) as unknown as LivePod };
  } catch (error) {
    if (isKubeError(error)) return { kind: 'refused', error };
    throw error;
  }
}

const ourKeys: readonly string[] = Object.values(keys);

/** Reads the template that is tried. */
export async function templateOf({ client, namespace, workload }: DryRunInput): Promise<Fields> {
  if (workload === undefined) return { metadata: {}, spec: { containers: [{ name: 'app', image: 'app' }] } };
  const object = await client.get(TEMPLATE_KINDS[workload.kind], { namespace, name: workload.name });
  return withClaims(fieldsAt(object, ...templatePath(workload.kind)), listAt(object, 'spec', 'volumeClaimTemplates'));
}

// A StatefulSet's controller adds a volume for each claim to its pods: without them the API server refuses what mounts them.
function withClaims(template: Fields, claims: readonly Fields[]): Fields {
  const names = claims.flatMap((claim) => textAt(claim, 'metadata', 'name') ?? []);
  if (names.length === 0) return template;
  const others = listAt(template, 'spec', 'volumes').filter((volume) => !names.includes(textAt(volume, 'name') ?? ''));
  const volumes = [...others, ...names.map((name) => ({ name, emptyDir: {} }))];
  return { ...template, spec: { ...fieldsAt(template, 'spec'), volumes } };
}

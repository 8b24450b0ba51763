// The pod that a dry run is made with: as its controller would make it of the workload's template. Judges nothing.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import { keys } from '../api/v1alpha1/group.ts';
import { fieldsAt, listAt, textAt } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';
import type { TemplateKind } from '../core/observation.ts';
import type { KubeClient } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import type { KubeError } from '../kube/kube-error.ts';
import { POD } from '../kube/resource-kind.ts';
import type { LivePod } from '../mesh/adapter.ts';
import { TEMPLATE_KINDS, templatePath } from './kinds.ts';
import type { TrimmedWorkload } from './trimmed.ts';

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

/** What came of it. */
export type Answer = { kind: 'pod'; pod: LivePod } | { kind: 'refused'; error: KubeError };

/**
 * Creates the pod without storing it.
 * @param annotations those that the pod has beside the template's, in place of our keys there
 * @param spec what the pod has beside the template's spec
 */
export async function createPod(
  input: DryRunInput,
  annotations: Readonly<Record<string, string>>,
  spec: Fields = {},
): Promise<Answer> {
  try {
    const template = await (input.read ?? templateOf)(input);
    const manifest = { ...manifestOf(input, template, annotations), spec: { ...fieldsAt(template, 'spec'), ...spec } };
    return { kind: 'pod', pod: (await input.client.create(POD, manifest, { dryRun: true })) as unknown as LivePod };
  } catch (error) {
    if (isKubeError(error)) return { kind: 'refused', error };
    throw error;
  }
}

const ourKeys: readonly string[] = Object.values(keys);

// Never stored, so nothing is in its way; a name made up by the server would change every refusal's message.
const name = 'meshmigration-dry-run';

function manifestOf({ namespace, workload }: DryRunInput, template: Fields, annotations: Readonly<Record<string, string>>) {
  const { metadata } = template;
  const plain = Object.fromEntries(
    Object.entries(fieldsAt(metadata, 'annotations')).filter(([key]) => !ourKeys.includes(key)),
  ) as Record<string, string>;
  return {
    metadata: {
      name,
      namespace,
      labels: fieldsAt(metadata, 'labels') as Record<string, string>,
      annotations: { ...plain, ...annotations },
      ownerReferences: [ownerOf(workload?.kind ?? 'Deployment')],
    },
  };
}

const controllers: Readonly<Record<TemplateKind, { apiVersion: string; kind: string }>> = {
  Deployment: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  DaemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  CronJob: { apiVersion: 'batch/v1', kind: 'Job' },
};

// Policies refuse pods that no controller owns. This one need not exist; were it a real one, injectors would tell people by
// events on it of pods that never were. Without blockOwnerDeletion it takes no right over the owner.
function ownerOf(kind: TemplateKind) {
  return { ...controllers[kind], name, uid: '00000000-0000-4000-8000-000000000000', controller: true };
}

/** Reads the template that is tried. */
export async function templateOf({ client, namespace, workload }: DryRunInput): Promise<Fields> {
  if (workload === undefined) return plainTemplate;
  const object = await client.get(TEMPLATE_KINDS[workload.kind], { namespace, name: workload.name });
  return withClaims(fieldsAt(object, ...templatePath(workload.kind)), listAt(object, 'spec', 'volumeClaimTemplates'));
}

const little = { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' };

// Passes Pod Security at its strictest, and quotas that want every request and limit.
const plainTemplate: Fields = {
  metadata: {},
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'app',
        image: 'app',
        resources: { requests: little, limits: little },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};

// A StatefulSet's controller adds a volume for each claim to its pods: without them the API server refuses what mounts them.
function withClaims(template: Fields, claims: readonly Fields[]): Fields {
  const names = claims.flatMap((claim) => textAt(claim, 'metadata', 'name') ?? []);
  if (names.length === 0) return template;
  const others = listAt(template, 'spec', 'volumes').filter((volume) => !names.includes(textAt(volume, 'name') ?? ''));
  const volumes = [...others, ...names.map((name) => ({ name, emptyDir: {} }))];
  return { ...template, spec: { ...fieldsAt(template, 'spec'), volumes } };
}

// Installs the product's admission policies into a test cluster from the files that users install, and waits until they
// act. With `develop`, errors in their expressions refuse pods instead of hiding.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Manifest } from '../../src/kube/object.ts';
import * as kinds from '../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../src/kube/resource-kind.ts';
import { until } from './until.ts';

const folder = join(import.meta.dirname, '../../config/admission');

const known: readonly ResourceKind[] = [
  kinds.MUTATING_ADMISSION_POLICY,
  kinds.MUTATING_ADMISSION_POLICY_BINDING,
  kinds.VALIDATING_ADMISSION_POLICY,
  kinds.VALIDATING_ADMISSION_POLICY_BINDING,
];

/** Which of the files, by the beginning of their name. */
export interface PolicyChoice {
  /** pods: what acts on pods; fence: what holds the operator's token. Both when absent. */
  readonly only?: 'pods' | 'fence';
  readonly develop?: boolean;
  /** Does not wait: on servers where policies never act. */
  readonly idle?: boolean;
}

/** Creates the policies; answers when they act. */
export async function installPolicies(client: KubeClient, choice: PolicyChoice = {}): Promise<void> {
  for (const manifest of policyManifests(choice)) await client.create(kindOf(manifest), manifest, { fieldValidation: 'Strict' });
  if (choice.idle !== true && choice.only !== 'fence') await actingOnPods(client);
}

/** The manifests as users install them. */
export function policyManifests({ only = '' as 'pods', develop = false }: PolicyChoice): Manifest[] {
  const files = readdirSync(folder).filter(
    (file) => file.startsWith(only) && file !== 'kustomization.yaml' && file.endsWith('.yaml'),
  );
  const manifests = files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest),
  );
  return develop ? manifests.map(failing) : manifests;
}

function failing(manifest: Manifest): Manifest {
  const spec = manifest['spec'] as Record<string, unknown>;
  return 'failurePolicy' in spec ? { ...manifest, spec: { ...spec, failurePolicy: 'Fail' } } : manifest;
}

/** The kind of a policy or a binding. */
export function kindOf(manifest: Manifest): ResourceKind {
  const kind = known.find((candidate) => candidate.kind === manifest.kind);
  if (kind === undefined) throw new Error(`kind ${String(manifest.kind)} is no policy`);
  return kind;
}

/** A new policy takes a second or two: each of them has acted on a dry-run pod when this answers. */
async function actingOnPods(client: KubeClient): Promise<void> {
  const pod = (to: string): Manifest => ({
    metadata: {
      name: 'probe',
      namespace: 'default',
      annotations: { 'meshmigration.io/to': to, 'meshmigration.io/from': to === 'none' ? 'linkerd2' : 'linkerd1' },
    },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        { name: 'app', image: 'app:1', env: [{ name: 'http_proxy', value: 'l5d:4140' }] },
        { name: 'linkerd-proxy', image: 'proxy:1' },
      ],
    },
  });
  await until(
    async () => {
      const joined = JSON.stringify(await client.create(kinds.POD, pod('linkerd2'), { dryRun: true }));
      const left = JSON.stringify(await client.create(kinds.POD, pod('none'), { dryRun: true }));
      return (
        joined.includes('"linkerd.io/inject":"enabled"') &&
        !joined.includes('l5d:4140') &&
        left.includes('"linkerd.io/inject":"disabled"')
      );
    },
    { what: 'the policies act on pods' },
  );
}

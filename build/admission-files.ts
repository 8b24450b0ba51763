// Content of config/admission from what the adapters say. Text only; it writes nothing.

import { stringify } from 'yaml';
import type { PolicyFile } from '../src/admission/policy/manifests.ts';
import { fenceFiles, podPolicyFiles } from '../src/admission/policy/manifests.ts';
import { webhookConfiguration } from '../src/admission/webhook/configuration.ts';
import { allAdapters } from '../src/mesh/registry.ts';

const note = '# Generated from src/mesh and src/admission by `make generate`. Edit the code there, not this file.\n';

/** Path from the top folder → content, of every generated file of admission. */
export function renderAdmission(): ReadonlyMap<string, string> {
  const pods = podPolicyFiles(allAdapters);
  const fences = fenceFiles(allAdapters);
  const webhook = { file: 'configuration.yaml', objects: [webhookConfiguration()] };
  return new Map([
    ...pods.map((file) => [`config/admission/${file.file}`, render(file)] as const),
    ...fences.map((file) => [`config/admission/${file.file}`, render(file)] as const),
    ['config/admission/kustomization.yaml', kustomization([...pods, ...fences])],
    [`config/admission/webhook/${webhook.file}`, render(webhook)],
  ]);
}

function render({ objects }: PolicyFile): string {
  return note + objects.map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`).join('');
}

function kustomization(files: readonly PolicyFile[]): string {
  const resources = files.map(({ file }) => file);
  return note + stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });
}

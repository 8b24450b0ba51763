// Templates of the chart from the manifests of config/ and crds/, so that both install the same. Text only; it writes nothing.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { projectRoot } from '../generated-files.ts';
import { objectsOf } from '../manifests.ts';
import type { KubernetesObject } from '../manifests.ts';
import { Marks } from './marks.ts';
import { fences, issued, network, operator, webhook, webhookTrust } from './places.ts';
import type { Placing } from './places.ts';

/** One template of the chart. */
interface Source {
  /** Manifest from the top folder. */
  from: string;
  /** Under which condition on the values it is rendered; always when absent. */
  when?: string;
  /** Helm leaves it where it is when the release is uninstalled. */
  keep?: boolean;
  places?: Placing;
  /** Template text before and after the objects. */
  around?: readonly [string, string];
}

/** The namespace that config/ installs into; with Helm it is the release's. */
const namespace = 'meshmigration-system';

const yamlOf = (folder: string, test: RegExp): string[] =>
  readdirSync(join(projectRoot, folder))
    .filter((file) => file !== 'kustomization.yaml' && test.test(file))
    .sort()
    .map((file) => join(folder, file));

const wantsWebhook = 'ne .Values.admission "policy"';

function sources(): readonly Source[] {
  return [
    ...yamlOf('crds', /\.yaml$/).map((from) => ({ from, keep: true })),
    ...yamlOf('config/admission', /^pods-(join|leave)-.*\.yaml$/).map((from) => ({
      ...{ from, keep: true },
      when: 'ne .Values.admission "webhook"',
    })),
    ...yamlOf('config/admission', /^pods-(refuse|audit)-.*\.yaml$/).map((from) => ({ from, keep: true })),
    ...yamlOf('config/admission', /^fence-.*\.yaml$/).map((from) => ({ from, places: fences })),
    { from: 'config/rbac/namespace.yaml', when: '.Values.namespace.create', keep: true },
    { from: 'config/rbac/service-account.yaml' },
    { from: 'config/rbac/operator-role.yaml' },
    { from: 'config/rbac/operator-role-binding.yaml' },
    { from: 'config/rbac/leader-role.yaml' },
    { from: 'config/rbac/routing-role.yaml', when: '.Values.rbac.routing' },
    { from: 'config/rbac/optional-configuration.yaml', when: '.Values.rbac.configuration' },
    { from: 'config/rbac/user-roles.yaml' },
    { from: 'config/manager/deployment.yaml', places: operator },
    { from: 'config/manager/disruption-budget.yaml', when: '.Values.podDisruptionBudget.enabled' },
    { from: 'config/manager/network-policy.yaml', when: '.Values.networkPolicy.enabled', places: network },
    { from: 'config/manager/flow-schema.yaml', when: '.Values.flowSchema.enabled' },
    { from: 'config/admission/webhook/rbac.yaml', when: wantsWebhook, keep: true },
    { from: 'config/admission/webhook/deployment.yaml', when: wantsWebhook, keep: true, places: webhook },
    {
      from: 'config/admission/webhook/certificate.yaml',
      when: `and (${wantsWebhook}) (eq .Values.webhook.certificate.source "certManager")`,
      ...{ keep: true, places: issued },
    },
    {
      from: 'config/admission/webhook/configuration.yaml',
      ...{ when: wantsWebhook, keep: true, places: webhookTrust },
      // Made once, because each call would make another one.
      around: [
        '{{- $certificate := include "meshmigration.certificate" . | fromYaml }}\n',
        '{{ include "meshmigration.certificateSecret" (list . $certificate) }}\n',
      ],
    },
  ];
}

/** Path from the top folder → content, of every generated template. */
export function renderTemplates(): ReadonlyMap<string, string> {
  return new Map(sources().map((source) => [`charts/meshmigration/templates/${nameOf(source)}`, render(source)]));
}

function nameOf({ from }: Source): string {
  const room = from.split('/').at(-2) ?? '';
  return `${room}/${basename(from)}`;
}

function render(source: Source): string {
  const { from, when, keep = false, places, around = ['', ''] } = source;
  const documents = objectsOf(from).map((object) => document(object, { keep, ...(places && { places }) }));
  const text = `${around[0]}${documents.join('')}${around[1]}`;
  const note = `{{- /* Generated from ${from} by \`make generate\`. Edit that, or build/chart, not this file. */ -}}\n`;
  return note + (when === undefined ? text : `{{- if ${when} }}\n${text}{{- end }}\n`);
}

function document(object: KubernetesObject, { keep, places }: { keep: boolean; places?: Placing }): string {
  const marks = new Marks();
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, more: marks.lines('{{- include "meshmigration.labels" . | nindent 4 }}') };
  if (keep) metadata.annotations = { ...metadata.annotations, 'helm.sh/resource-policy': 'keep' };
  places?.(object, marks);
  const yaml = stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
  if (yaml.includes('{{')) throw new Error(`${object.kind} ${metadata.name}: Helm would take {{ for a template of its own`);
  return `---\n${marks.fill(yaml).replaceAll(namespace, '{{ .Release.Namespace }}')}`;
}

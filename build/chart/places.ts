// What the chart lets its users choose, and where in the manifests of config/ that is. Every place must be there already,
// unless it is said to be added; so a manifest that changes its shape fails here and not on a cluster.

import type { KubernetesObject, Part } from '../manifests.ts';
import type { Marks } from './marks.ts';

type Path = readonly (string | number)[];

/** Puts a mark in place of what is there. Throws when nothing is there. */
function replace(object: Part, path: Path, mark: string): void {
  const holder = holderOf(object, path);
  const last = path.at(-1) ?? '';
  if (!(last in holder)) throw new Error(`${nameOf(object)} has no ${path.join('.')}`);
  holder[last] = mark;
}

/** Adds a mark under a new key, or as the last entry of a list where the path ends in a number past its end. */
function add(object: Part, path: Path, mark: string): void {
  const holder = holderOf(object, path);
  const last = path.at(-1) ?? '';
  if (last in holder) throw new Error(`${nameOf(object)} has ${path.join('.')} already`);
  holder[last] = mark;
}

function holderOf(object: Part, path: Path): Part {
  return path.slice(0, -1).reduce<Part>((part, key) => {
    const next = part[key];
    if (typeof next !== 'object' || next === null) throw new Error(`${nameOf(object)} has no ${path.join('.')}`);
    return next as Part;
  }, object);
}

function nameOf(object: Part): string {
  const { kind, metadata } = object as Partial<KubernetesObject>;
  return `${String(kind)} ${String(metadata?.name)}`;
}

/** Makes places of one object. */
export type Placing = (object: KubernetesObject, marks: Marks) => void;

const pod = ['spec', 'template', 'spec'] as const;
const container = [...pod, 'containers', 0] as const;

function workload(object: KubernetesObject, marks: Marks, values: string): void {
  replace(object, ['spec', 'replicas'], marks.value(`${values}.replicas`));
  replace(object, [...container, 'image'], marks.value('include "meshmigration.image" . | quote'));
  replace(object, [...container, 'imagePullPolicy'], marks.value('.Values.image.pullPolicy'));
  replace(object, [...container, 'resources'], marks.yaml(`${values}.resources`));
  replace(object, [...pod, 'securityContext'], marks.yaml('.Values.podSecurityContext'));
  add(object, [...pod, 'imagePullSecrets'], marks.optional('.Values.imagePullSecrets'));
  add(object, [...pod, 'nodeSelector'], marks.optional('.Values.nodeSelector'));
  add(object, [...pod, 'tolerations'], marks.optional('.Values.tolerations'));
  add(object, [...pod, 'priorityClassName'], marks.optional('.Values.priorityClassName'));
  add(object, ['spec', 'template', 'metadata', 'labels', 'more'], marks.lines(...moreOf('.Values.podLabels', 8)));
  add(object, ['spec', 'template', 'metadata', 'annotations', 'more'], marks.lines(...moreOf('.Values.podAnnotations', 8)));
}

const moreOf = (values: string, indent: number): readonly string[] => [
  `{{- with ${values} }}`,
  `{{- toYaml . | nindent ${String(indent)} }}`,
  '{{- end }}',
];

function argsOf(object: Part): readonly string[] {
  return holderOf(object, [...container, 'args', 0]) as unknown as readonly string[];
}

/** The operator's own Deployment. */
export const operator: Placing = (object, marks) => {
  if (object.kind !== 'Deployment') return;
  workload(object, marks, '.Values');
  replace(object, [...container, 'args', 0], `--max-old-space-size=${marks.value('.Values.heapMegabytes')}`);
  const args = argsOf(object);
  // With both, either is good.
  replace(
    object,
    [...container, 'args', args.findIndex((arg) => arg.startsWith('--admission='))],
    `--admission=${marks.value('eq .Values.admission "both" | ternary "auto" .Values.admission')}`,
  );
  add(
    object,
    [...container, 'args', args.length],
    marks.lines(
      ...['{{- range .Values.excludedNamespaces }}', '- --exclude-namespace={{ . }}', '{{- end }}'],
      ...['{{- if ne .Values.logLevel "info" }}', '- --log-level={{ .Values.logLevel }}', '{{- end }}'],
      ...['{{- range .Values.extraArgs }}', '- {{ . | quote }}', '{{- end }}'],
    ),
  );
};

/** What it may call: ports of the API server and of the meshes. */
export const network: Placing = (object, marks) => {
  replace(object, ['spec', 'egress', 0, 'ports'], marks.lines(...portsOf('.Values.networkPolicy.apiServerPorts')));
  replace(object, ['spec', 'egress', 2, 'ports'], marks.lines(...portsOf('.Values.networkPolicy.meshPorts')));
};

const portsOf = (values: string): readonly string[] => [
  'ports:',
  `  {{- range ${values} }}`,
  '  - port: {{ . }}',
  '  {{- end }}',
];

/** Namespaces that are not to be moved are out of reach for the operator's token as well. */
export const fences: Placing = (object, marks) => {
  if (object.metadata.name !== 'meshmigration-fence-places' || object.kind !== 'ValidatingAdmissionPolicy') return;
  const { validations } = object['spec'] as { validations: readonly unknown[] };
  add(
    object,
    ['spec', 'validations', validations.length],
    marks.lines(
      '{{- with .Values.excludedNamespaces }}',
      `- expression: '!(variables.place in {{ toJson . }})'`,
      '  message: the operator may not write into namespaces that are excluded by the values of its installation',
      '  reason: Forbidden',
      '{{- end }}',
    ),
  );
};

/** The Deployment of the webhook. */
export const webhook: Placing = (object, marks) => {
  if (object.kind !== 'Deployment') return;
  workload(object, marks, '.Values.webhook');
  replace(object, [...pod, 'volumes', 0, 'secret', 'secretName'], marks.value('.Values.webhook.certificate.secretName'));
};

/** How the API server trusts the webhook. */
export const webhookTrust: Placing = (object, marks) => {
  const { annotations = {} } = object.metadata;
  const injected = 'cert-manager.io/inject-ca-from';
  replace(
    object,
    ['metadata', 'annotations', injected],
    marks.onlyIf('eq .Values.webhook.certificate.source "certManager"', String(annotations[injected])),
  );
  for (const i of (object['webhooks'] as readonly unknown[]).keys()) {
    const bundle = marks.onlyIf('ne .Values.webhook.certificate.source "certManager"', '{{ $certificate.ca }}');
    add(object, ['webhooks', i, 'clientConfig', 'caBundle'], bundle);
  }
};

/** The Secret that cert-manager keeps the certificate in. */
export const issued: Placing = (object, marks) => {
  if (object.kind === 'Certificate')
    replace(object, ['spec', 'secretName'], marks.value('.Values.webhook.certificate.secretName'));
};

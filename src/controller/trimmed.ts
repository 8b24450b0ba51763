// Objects trimmed on arrival: what decisions need, and nothing else, so that a large cluster fits into little memory.
// Here nothing is judged; that takes a migration, and the same object may be looked at by several.

import { createHash } from 'node:crypto';
import { FIELD_MANAGER, GROUP } from '../api/v1alpha1/group.ts';
import type { Rollout, TemplateKind } from '../core/observation.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Container, ContainerStatus, LivePod, PodTemplate } from '../mesh/adapter.ts';
import { fieldsAt, listAt, textAt } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';
import { isJobPod, workloadOfPod } from '../core/workload/of-pod.ts';
import { keyOwners } from './key-owners.ts';
import { templatePath } from './kinds.ts';
import { rolloutOf } from '../core/workload/rollout.ts';

/** A workload as it is kept. */
export interface TrimmedWorkload {
  kind: TemplateKind;
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  owner?: string;
  deleting: boolean;
  annotations: Readonly<Record<string, string>>;
  keys: Readonly<Record<string, string>>;
  fingerprint: string;
  template: PodTemplate;
  rollout: Rollout;
  /** Selects its pods, as a list takes it; absent where it is not just labels. */
  selector?: string;
  /** Of a CronJob. */
  schedule?: string;
}

/** A pod as it is kept. */
export interface TrimmedPod {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  workload?: string;
  job: boolean;
  keys: Readonly<Record<string, string>>;
  ready: boolean;
  deleting: boolean;
  address?: string;
  live: LivePod;
}

/** A namespace as it is kept. */
export interface TrimmedNamespace {
  name: string;
  uid: string;
  resourceVersion: string;
  deleting: boolean;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Who set a label or annotation, other than we, by its key. */
  owners: Readonly<Record<string, string>>;
}

/** Trims a workload of a kind. */
export function trimWorkload(kind: TemplateKind): (object: KubeObject) => TrimmedWorkload {
  return (object) => {
    const { metadata } = object;
    const template = fieldsAt(object, ...templatePath(kind));
    const owner = metadata.ownerReferences?.find((o) => o.controller === true);
    return {
      kind,
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion ?? '',
      generation: metadata.generation ?? 0,
      deleting: metadata.deletionTimestamp !== undefined,
      annotations: ours(metadata.annotations ?? {}),
      keys: ours(stringsAt(template, 'metadata', 'annotations')),
      fingerprint: fingerprintOf(template),
      template: withVolumes(trimTemplate(template), template),
      rollout: rolloutOf(kind, object as unknown as Fields, FIELD_MANAGER),
      ...(owner !== undefined && { owner: `${owner.kind}/${owner.name}` }),
      ...scheduleOf(object),
      ...selectorOf(object),
    };
  };
}

function selectorOf(object: KubeObject): { selector?: string } {
  const labels = Object.entries(stringsAt(object, 'spec', 'selector', 'matchLabels'));
  const isPlain = labels.length > 0 && listAt(object, 'spec', 'selector', 'matchExpressions').length === 0;
  return isPlain ? { selector: labels.map(([key, value]) => `${key}=${value}`).join() } : {};
}

function scheduleOf(object: KubeObject): { schedule?: string } {
  const schedule = textAt(object, 'spec', 'schedule');
  return schedule === undefined ? {} : { schedule };
}

/** Trims a pod. */
export function trimPod(object: KubeObject): TrimmedPod {
  const { metadata } = object;
  const workload = workloadOfPod(object);
  const address = textAt(object, 'status', 'podIP');
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? '',
    job: isJobPod(metadata),
    keys: ours(metadata.annotations ?? {}),
    ready: listAt(object, 'status', 'conditions').some((c) => c['type'] === 'Ready' && c['status'] === 'True'),
    deleting: metadata.deletionTimestamp !== undefined,
    live: trimLive(object),
    ...(workload !== undefined && { workload }),
    ...(address !== undefined && { address }),
  };
}

/** Trims a namespace. */
export function trimNamespace(object: KubeObject): TrimmedNamespace {
  const { metadata } = object;
  return {
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owners: keyOwners(object, FIELD_MANAGER),
  };
}

/** A kept namespace in the shape of an object: enough to make a patch that tests its version. The API has no empty maps. */
export function asObject({ name, uid, resourceVersion, deleting, labels, annotations }: TrimmedNamespace): KubeObject {
  const maps = Object.fromEntries(Object.entries({ labels, annotations }).filter(([, map]) => Object.keys(map).length > 0));
  return { metadata: { name, uid, resourceVersion, ...maps, ...(deleting && { deletionTimestamp: '' }) } };
}

function ours(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key.startsWith(`${GROUP}/`)));
}

function stringsAt(from: unknown, ...path: readonly string[]): Record<string, string> {
  const entries = Object.entries(fieldsAt(from, ...path));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function fingerprintOf(template: Fields): string {
  const { annotations, ...metadata } = fieldsAt(template, 'metadata');
  const foreign = Object.entries(fieldsAt(annotations)).filter(([key]) => !key.startsWith(`${GROUP}/`));
  return createHash('sha256')
    .update(JSON.stringify([metadata, foreign, template['spec']]))
    .digest('hex')
    .slice(0, 16);
}

const specFields = ['hostNetwork', 'nodeName', 'serviceAccountName', 'automountServiceAccountToken', 'securityContext'] as const;
const containerFields = [
  'name',
  'image',
  'command',
  'args',
  'env',
  'envFrom',
  'ports',
  'resources',
  'restartPolicy',
  'securityContext',
] as const;

function trimTemplate(template: Fields): PodTemplate {
  const spec = fieldsAt(template, 'spec');
  const containers = (list: string): Container[] =>
    listAt(spec, list).map((c) => ({ ...picked(c, containerFields), ...tcpProbedOf(c) }) as unknown as Container);
  return {
    metadata: { labels: stringsAt(template, 'metadata', 'labels'), annotations: stringsAt(template, 'metadata', 'annotations') },
    spec: { ...picked(spec, specFields), containers: containers('containers'), initContainers: containers('initContainers') },
  };
}

const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function tcpProbedOf(container: Fields): { tcpProbed?: number[] } {
  const tcpProbed = probeFields.flatMap((probe) => {
    const { port } = fieldsAt(container, probe, 'tcpSocket');
    const named = listAt(container, 'ports').find(({ name }) => name === port)?.['containerPort'];
    return [port, named].filter((known) => typeof known === 'number');
  });
  return tcpProbed.length === 0 ? {} : { tcpProbed };
}

// Of volumes those that bring files of a ConfigMap: a mesh's address may stand in them.
function withVolumes(trimmed: PodTemplate, template: Fields): PodTemplate {
  const volumes = listAt(template, 'spec', 'volumes').flatMap((volume) => {
    const name = textAt(volume, 'configMap', 'name');
    return name === undefined ? [] : [{ name: textAt(volume, 'name') ?? '', configMap: { name } }];
  });
  return volumes.length === 0 ? trimmed : { ...trimmed, spec: { ...trimmed.spec, volumes } };
}

function trimLive(object: KubeObject): LivePod {
  const status = fieldsAt(object, 'status');
  const statuses = (list: string): ContainerStatus[] =>
    listAt(status, list).map((s) => picked(s, ['name', 'ready', 'restartCount', 'state']) as unknown as ContainerStatus);
  return {
    ...trimTemplate(object as unknown as Fields),
    status: {
      ...picked(status, ['phase', 'podIP']),
      containerStatuses: statuses('containerStatuses'),
      initContainerStatuses: statuses('initContainerStatuses'),
    },
  };
}

function picked(from: Fields, wanted: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(wanted.filter((key) => Object.hasOwn(from, key)).map((key) => [key, from[key]]));
}

/** A pod is over: nothing in it runs or will run. */
export function hasEnded(pod: TrimmedPod): boolean {
  return pod.live.status?.phase === 'Succeeded' || pod.live.status?.phase === 'Failed';
}

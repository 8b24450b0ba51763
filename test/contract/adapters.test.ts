// The contract suite over all adapters. A mesh that is missing here does not compile.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeshName } from '../../src/api/v1alpha1/group.ts';
import type { EnvVar, PodTemplate } from '../../src/mesh/adapter.ts';
import { adapters } from '../../src/mesh/registry.ts';
import { adapterContract } from './adapter.contract.ts';
import type { ContractSubject, RecordedPod } from './adapter.contract.ts';

const app = (env: readonly EnvVar[]): PodTemplate => ({
  metadata: {},
  spec: { containers: [{ name: 'app', image: 'app:1', env }] },
});
const nodeName: EnvVar = { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } };
const hostIp: EnvVar = { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } };

const linkerd1Users: readonly PodTemplate[] = [
  app([nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4140' }]),
  app([hostIp, { name: 'HTTPS_PROXY', value: 'http://$(HOST_IP):4140/' }]),
  app([{ name: 'http_proxy', value: 'http://l5d.linkerd1.svc.cluster.local:4140' }]),
  app([nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4140' }, { name: 'HTTP_PROXY', value: '$(http_proxy)' }]),
  {
    metadata: {},
    spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'init-linkerd', image: 'linkerd/istio-init:v1' }] },
  },
  {
    metadata: { annotations: { 'meshmigration.io/linkerd1-variables': 'http_proxy' } },
    spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'proxies' } }] }] },
  },
];

const linkerd2Users: readonly PodTemplate[] = ['enabled', 'ingress'].map((value) => ({
  metadata: { annotations: { 'linkerd.io/inject': value } },
  spec: { containers: [{ name: 'app' }] },
}));

const injections = join(import.meta.dirname, '../recordings/linkerd2/injection');

/** Pods before and after the real injector; whether it acted is read from the label that it adds. */
function recordedInjections(): RecordedPod[] {
  return readdirSync(injections).flatMap((file) => {
    const { podBefore, podAfter } = JSON.parse(readFileSync(join(injections, file), 'utf8')) as {
      podBefore?: PodTemplate | null;
      podAfter?: PodTemplate | null;
    };
    return [
      ...(podBefore ? [{ name: `${file} before`, pod: podBefore, joined: false }] : []),
      ...(podAfter ? [{ name: `${file} after`, pod: podAfter, joined: isInjected(podAfter) }] : []),
    ];
  });
}

function isInjected(pod: PodTemplate): boolean {
  return pod.metadata?.labels?.['linkerd.io/control-plane-ns'] !== undefined;
}

const subjects: Readonly<Record<MeshName, ContractSubject>> = {
  Linkerd1: { adapter: adapters.Linkerd1, users: linkerd1Users, recorded: [] },
  Linkerd2: { adapter: adapters.Linkerd2, users: linkerd2Users, recorded: recordedInjections() },
  None: { adapter: adapters.None, users: [], recorded: [] },
};

for (const subject of Object.values(subjects)) adapterContract(subject);

/**
 * Stand-in for Linkerd 1: the objects of the DaemonSet installation that its examples recommend (`servicemesh.yml`), with the recorded
 * configuration. Pure.
 */
import type { Manifest } from '../../../src/kube/object.ts';
import { recordedText } from '../recordings.ts';

/** Image of the proxy and of the sidecar through which it reads Endpoints. */
export const images = { linkerd: 'buoyantio/linkerd:1.7.5', kubectl: 'buoyantio/kubectl:v1.12.2' } as const;

const ports = [
  { name: 'http-outgoing', containerPort: 4140, hostPort: 4140 },
  { name: 'http-incoming', containerPort: 4141 },
  { name: 'h2-outgoing', containerPort: 4240, hostPort: 4240 },
  { name: 'h2-incoming', containerPort: 4241 },
  { name: 'grpc-outgoing', containerPort: 4340, hostPort: 4340 },
  { name: 'grpc-incoming', containerPort: 4341 },
  { name: 'http-ingress', containerPort: 80 },
  { name: 'h2-ingress', containerPort: 8080 },
  { name: 'admin', containerPort: 9990 },
];

/** Namespace, ServiceAccount, ConfigMap `l5d-config`, DaemonSet `l5d` and Service `l5d`. */
export function linkerd1Manifests(namespace: string): Manifest[] {
  const labels = { app: 'l5d' };
  const metadata = { name: 'l5d', namespace, labels };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'l5d', namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'l5d-config', namespace },
      data: { 'config.yaml': recordedText('linkerd1/k8s/linkerd.yaml').replaceAll(/ip: [\d.]+/g, 'ip: 0.0.0.0') },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: ports.map(({ name, containerPort }) => ({ name, port: containerPort })) },
    },
  ];
}

function podSpec(): Record<string, unknown> {
  const field = (name: string, fieldPath: string): unknown => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    serviceAccountName: 'l5d',
    volumes: [{ name: 'l5d-config', configMap: { name: 'l5d-config' } }],
    containers: [
      {
        name: 'l5d',
        image: images.linkerd,
        env: [field('POD_IP', 'status.podIP'), field('NODE_NAME', 'spec.nodeName')],
        args: ['/io.buoyant/linkerd/config/config.yaml'],
        ports,
        volumeMounts: [{ name: 'l5d-config', mountPath: '/io.buoyant/linkerd/config', readOnly: true }],
      },
      { name: 'kubectl', image: images.kubectl, args: ['proxy', '-p', '8001'] },
    ],
  };
}

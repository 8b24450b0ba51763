// CoreDNS in the cluster, as objects to apply. There is no way out, so that names outside do not exist.
import type { Json } from '../../cluster/admin-calls.ts';
import { NAMES_IMAGE } from '../images/program.ts';
import { DNS_ADDRESS, type NodePlace } from './network.ts';

const place = { name: 'coredns', namespace: 'kube-system' };
const labels = { 'k8s-app': 'kube-dns' };

// The block with the longest matching zone answers; within one block, template would come before all others.
function corefile(nodes: readonly NodePlace[]): string {
  const hosts = nodes.map(({ name, address }) => `    ${address} ${name}`).join('\n');
  return `cluster.local:53 in-addr.arpa:53 {
  errors
  kubernetes cluster.local in-addr.arpa {
    ttl 5
  }
}
${nodes.map(({ name }) => `${name}:53`).join(' ')} {
  hosts {
${hosts}
  }
}
.:53 {
  ready
  template ANY ANY . {
    rcode NXDOMAIN
  }
}
`;
}

/** The API path and body of each object that gives the cluster its names; those of nodes resolve too. */
export function namesObjects(nodes: readonly NodePlace[]): readonly (readonly [path: string, body: Json])[] {
  const namespaced = '/api/v1/namespaces/kube-system';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  return [
    [`${namespaced}/serviceaccounts`, { metadata: place }],
    [
      `${rbac}/clusterroles`,
      {
        metadata: { name: 'coredns' },
        rules: [
          { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
        ],
      },
    ],
    [
      `${rbac}/clusterrolebindings`,
      {
        metadata: { name: 'coredns' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
        subjects: [{ kind: 'ServiceAccount', ...place }],
      },
    ],
    [`${namespaced}/configmaps`, { metadata: place, data: { Corefile: corefile(nodes) } }],
    [`${namespaced}/services`, { metadata: { ...place, name: 'kube-dns' }, spec: serviceSpec() }],
    ['/apis/apps/v1/namespaces/kube-system/deployments', { metadata: place, spec: deploymentSpec() }],
  ];
}

function serviceSpec(): Json {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol }));
  return { clusterIP: DNS_ADDRESS, selector: labels, ports };
}

function deploymentSpec(): Json {
  const container = {
    name: 'coredns',
    image: NAMES_IMAGE,
    imagePullPolicy: 'Never',
    args: ['-conf', '/etc/coredns/Corefile'],
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  };
  return {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: place.name,
        dnsPolicy: 'Default',
        containers: [container],
        volumes: [{ name: 'config', configMap: { name: place.name } }],
      },
    },
  };
}

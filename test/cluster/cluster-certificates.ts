// Which authorities and certificates a cluster has. It makes none itself.
import type { CertificateRequest, Leaf } from './certificates.ts';
import { FIRST_SERVICE_ADDRESS } from './components.ts';

/** User name and groups of each component that calls the API server; the name is that of its kubeconfig. */
const COMPONENTS: readonly (readonly [name: string, user: string, groups: readonly string[]])[] = [
  ['admin', 'kubernetes-admin', ['system:masters']],
  ['kube-controller-manager', 'system:kube-controller-manager', []],
  ['kube-scheduler', 'system:kube-scheduler', []],
  ['kwok', 'fake-nodes', ['system:masters']],
];

/** Names of the kubeconfigs of a cluster's own users. */
export const COMPONENT_USERS: readonly string[] = COMPONENTS.map(([name]) => name);

/** A certificate by which the API server knows a user and their groups. */
export function userCertificate(name: string, user: string, groups: readonly string[]): Leaf {
  return { name, authority: 'client-ca', commonName: user, organizations: groups, client: true };
}

/** All certificates and keys of a cluster, made in one go. */
export function clusterCertificates(dir: string): CertificateRequest {
  return {
    dir,
    authorities: [
      { name: 'server-ca', commonName: 'test-cluster-server-ca' },
      { name: 'client-ca', commonName: 'test-cluster-client-ca' },
      { name: 'front-proxy-ca', commonName: 'test-cluster-front-proxy-ca' },
    ],
    leaves: [
      {
        name: 'apiserver',
        authority: 'server-ca',
        commonName: 'kube-apiserver',
        server: true,
        hosts: [
          ...['localhost', '127.0.0.1', FIRST_SERVICE_ADDRESS, 'kubernetes', 'kubernetes.default'],
          ...['kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
        ],
      },
      { name: 'front-proxy-client', authority: 'front-proxy-ca', commonName: 'front-proxy-client', client: true },
      ...COMPONENTS.map(([name, user, groups]) => userCertificate(name, user, groups)),
    ],
    keyPairs: ['service-accounts'],
  };
}

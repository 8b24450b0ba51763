// Linkerd 2 room: the adapter. Ties the parts of this room together; decides nothing itself.

import type { MeshAdapter } from '../adapter.ts';
import { detectLinkerd2, joinLinkerd2, leaveLinkerd2, linkerd2Expectation, optsOutOfLinkerd2 } from './membership.ts';
import { controlPlaneLabel, injectAnnotation, proxyContainer } from './names.ts';
import { linkerd2NamespaceFindings, linkerd2Preflight, linkerd2Questions } from './preflight.ts';
import { linkerd2Probe } from './probe.ts';
import { jobRules } from './sidecar-findings.ts';
import { linkerd2LeaveFindings, linkerd2NamespaceQuestions, linkerd2WorkloadFindings } from './workload-findings.ts';

/** Linkerd 2: a proxy in every pod, added by its injector when the pod is created. */
export const linkerd2: MeshAdapter = {
  mesh: 'Linkerd2',
  roles: ['source', 'target'],
  detect: detectLinkerd2,
  join: joinLinkerd2,
  leave: leaveLinkerd2,
  joinedWhen: { kind: 'container', name: proxyContainer },
  namespaceDefault: { labels: {}, annotations: { [injectAnnotation]: 'enabled' } },
  controlPlaneNamespaceLabels: { [controlPlaneLabel]: 'true' },
  serviceAnnotations: ['retry.linkerd.io/', 'timeout.linkerd.io/', 'balancer.linkerd.io/', 'balancer.alpha.linkerd.io/'],
  routeResources: ['gateway.networking.k8s.io/httproutes', 'gateway.networking.k8s.io/grpcroutes', 'linkerd.io/serviceprofiles'],
  routeKinds: [
    { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'httproutes', kind: 'HTTPRoute' },
    { group: 'gateway.networking.k8s.io', version: 'v1', plural: 'grpcroutes', kind: 'GRPCRoute' },
    { group: 'linkerd.io', version: 'v1alpha2', plural: 'serviceprofiles', kind: 'ServiceProfile' },
  ],
  optsOut: optsOutOfLinkerd2,
  settings: () => ({}),
  expectations: (pod) => linkerd2Expectation(pod),
  questions: linkerd2Questions,
  preflight: (facts, _spec, role) => linkerd2Preflight(facts, role),
  namespaceQuestions: (namespace, _spec, role) => (role === 'target' ? linkerd2NamespaceQuestions(namespace) : []),
  namespaceFindings: (namespace, facts, role) => (role === 'target' ? linkerd2NamespaceFindings(namespace, facts) : []),
  workloadFindings: (workload, facts, _spec, role) =>
    role === 'target' ? linkerd2WorkloadFindings(workload, facts) : linkerd2LeaveFindings(workload),
  jobs: jobRules,
  probe: linkerd2Probe,
};

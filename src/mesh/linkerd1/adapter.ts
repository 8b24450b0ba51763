// Linkerd 1 room: the adapter. Ties the parts of this room together; decides nothing itself.

import type { MeshAdapter } from '../adapter.ts';
import { noTransform } from '../../core/transform.ts';
import { detectLinkerd1, linkerd1Expectation, linkerd1Settings } from './detect.ts';
import {
  linkerd1NamespaceFindings,
  linkerd1NamespaceQuestions,
  linkerd1Preflight,
  linkerd1Questions,
  linkerd1WorkloadFindings,
} from './preflight.ts';
import { linkerd1Names } from './names.ts';
import { leaveLinkerd1 } from './transform.ts';

/** Linkerd 1: one proxy a node, used by whoever is told its address. A source only. */
export const linkerd1: MeshAdapter = {
  mesh: 'Linkerd1',
  roles: ['source'],
  detect: detectLinkerd1,
  join: noTransform('linkerd1'),
  leave: leaveLinkerd1,
  joinedWhen: { kind: 'never' },
  namespaceDefault: { labels: {}, annotations: {} },
  controlPlaneNamespaceLabels: {},
  serviceAnnotations: [],
  routeResources: [],
  optsOut: () => false,
  settings: linkerd1Settings,
  expectations: linkerd1Expectation,
  questions: linkerd1Questions,
  preflight: linkerd1Preflight,
  namespaceQuestions: (namespace, _spec, role) => linkerd1NamespaceQuestions(namespace, role),
  namespaceFindings: (namespace, facts, role) => (role === 'source' ? linkerd1NamespaceFindings(namespace, facts) : []),
  names: linkerd1Names,
  workloadFindings: (workload, _facts, spec, role) => (role === 'source' ? linkerd1WorkloadFindings(workload, spec) : []),
};

// Linkerd 2 room: a default inbound policy that refuses callers without an identity. Whoever still calls through the source has
// none, and neither has whoever asks the proxy's admin port; the pods are Ready all the same, since the kubelet's probes pass.

import type { Finding } from '../../core/finding.ts';
import type { PreflightFacts, WorkloadForPreflight } from '../adapter.ts';
import { fieldsAt, textAt } from '../pod-parts.ts';
import { installationOf, saidBy } from './installation.ts';

const annotation = 'config.linkerd.io/default-inbound-policy';
const open: readonly string[] = ['all-unauthenticated', 'cluster-unauthenticated', 'audit'];

/** The policy that holds for a workload's pods, where it refuses callers that are not in the mesh yet. */
export function inboundPolicyFindings(
  { template, namespaceKeys }: WorkloadForPreflight,
  facts: PreflightFacts,
): readonly Omit<Finding, 'workload'>[] {
  const installation = installationOf(facts);
  const installed = installation.known ? textAt(fieldsAt(installation.values, 'proxy'), 'defaultInboundPolicy') : undefined;
  const policy = saidBy(template, namespaceKeys, annotation) ?? installed;
  if (policy === undefined || policy === '' || open.includes(policy)) return [];
  return [
    {
      severity: 'list' as const,
      reason: 'NetworkPolicyClosesProxy',
      message: `its default inbound policy is ${policy}: callers that are not in Linkerd 2 yet would be refused, and so would whoever asks the proxy how it is`,
      remedy: `Set ${annotation}: all-unauthenticated on the template or its namespace until every caller has moved.`,
    },
  ];
}

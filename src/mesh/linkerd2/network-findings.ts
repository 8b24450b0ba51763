// Linkerd 2 room: NetworkPolicies that would close the proxy's ports. A rule that names peers can't be judged for ports
// that it covers: only ports that no rule covers at all are certain.

import type { Finding } from '../../core/finding.ts';
import type { KubeObjectLike, PreflightFacts, WorkloadForPreflight } from '../adapter.ts';
import { answerTo, itemsIn, nameOf } from '../facts.ts';
import { selects } from '../label-selector.ts';
import { arrayAt, fieldsAt, labelsOf, listAt, numberAt, textAt } from '../pod-parts.ts';
import type { Fields } from '../pod-parts.ts';
import { controlPlanePorts, portNames, proxyPorts } from './names.ts';

/** Ports of the proxy that no rule opens, and ports of the control plane that no rule lets it call. */
export function networkFindings(workload: WorkloadForPreflight, facts: PreflightFacts): readonly Omit<Finding, 'workload'>[] {
  const answer = answerTo(facts, 'networkpolicies');
  if (!answer.known) return [unseen(answer.why)];
  const labels = labelsOf(workload.template);
  const policies = itemsIn(facts, 'networkpolicies', workload.namespace).filter((policy) =>
    selects(fieldsAt(policy, 'spec')?.['podSelector'], labels),
  );
  return [
    ...closedPorts(policies, 'Ingress', [proxyPorts.inbound, proxyPorts.admin]).map((closed) => closedInto(closed)),
    ...closedPorts(policies, 'Egress', [proxyPorts.inbound, ...controlPlanePorts]).map((closed) => closedOut(closed)),
  ];
}

interface Closed {
  ports: readonly number[];
  by: string;
}

function closedPorts(policies: readonly KubeObjectLike[], direction: 'Ingress' | 'Egress', needed: readonly number[]): Closed[] {
  const acting = policies.filter((policy) => actsOn(policy, direction));
  if (acting.length === 0) return [];
  const rules = acting.flatMap((policy) => listAt(fieldsAt(policy, 'spec'), direction.toLowerCase()));
  const ports = needed.filter((port) => !rules.some((rule) => covers(rule, port)));
  return ports.length === 0 ? [] : [{ ports, by: acting.map(nameOf).join(', ') }];
}

// Without policyTypes a policy acts on Ingress, and on Egress when it has egress rules.
function actsOn(policy: KubeObjectLike, direction: 'Ingress' | 'Egress'): boolean {
  const spec = fieldsAt(policy, 'spec');
  const types = arrayAt(spec, 'policyTypes');
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || listAt(spec, 'egress').length > 0;
}

function covers(rule: Fields, port: number): boolean {
  const ports = listAt(rule, 'ports');
  return ports.length === 0 || ports.some((entry) => coversPort(entry, port));
}

function coversPort(entry: Fields, port: number): boolean {
  if ((textAt(entry, 'protocol') ?? 'TCP') !== 'TCP') return false;
  const first = numberAt(entry, 'port');
  const name = textAt(entry, 'port');
  if (first === undefined) return name === undefined || name === portNames[port];
  return port >= first && port <= (numberAt(entry, 'endPort') ?? first);
}

function closedInto({ ports, by }: Closed): Omit<Finding, 'workload'> {
  return {
    severity: 'list',
    reason: 'NetworkPolicyClosesProxy',
    message: `NetworkPolicy ${by} lets nothing in on ${ports.join(' and ')}, where the proxy takes calls (4143) and answers about its health (4191)`,
    remedy: `Allow TCP ${ports.join(' and ')} into its pods.`,
  };
}

function closedOut({ ports, by }: Closed): Omit<Finding, 'workload'> {
  return {
    severity: 'list',
    reason: 'NetworkPolicyClosesProxy',
    message: `NetworkPolicy ${by} lets nothing out on ${ports.join(', ')}, which the proxy calls (other proxies 4143; identity 8080, destination 8086, policy 8090)`,
    remedy: `Allow TCP ${ports.join(', ')} out of its pods.`,
  };
}

function unseen(why: string): Omit<Finding, 'workload'> {
  return {
    severity: 'warn',
    reason: 'NetworkPoliciesUnknown',
    message: `its NetworkPolicies can't be read: ${why}`,
    remedy: 'Let the operator list networkpolicies.',
  };
}

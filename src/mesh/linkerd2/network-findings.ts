// Linkerd 2 room: NetworkPolicies that would close the proxy's ports. Callers of a workload and those that it calls may be
// anywhere, so a port for them is closed only where no rule covers it; the operator and the control plane stand in known places.

import type { Finding } from '../../core/finding.ts';
import type { KubeObjectLike, PreflightFacts, WorkloadForPreflight } from '../adapter.ts';
import { answerTo, itemsIn, nameOf, operatorNamespaceFact, operatorPodLabels } from '../facts.ts';
import { selects } from '../label-selector.ts';
import { admits, best, namespaceNameLabel } from '../network-peers.ts';
import type { Admits, OtherEnd } from '../network-peers.ts';
import { arrayAt, fieldsAt, labelsOf, listAt, numberAt, textAt } from '../pod-parts.ts';
import type { Fields } from '../pod-parts.ts';
import { controlPlaneOf, placeQuestions } from './control-plane.ts';
import { installationOf, movedPort } from './installation.ts';
import { adminPortName, controlPlanePorts, inboundPortName, proxyPorts } from './names.ts';

type NetworkFinding = Omit<Finding, 'workload'>;

/** Ports of the proxy that nobody can reach who must, and ports that it can't reach itself. */
export function networkFindings(workload: WorkloadForPreflight, facts: PreflightFacts): readonly NetworkFinding[] {
  const answer = answerTo(facts, 'networkpolicies');
  if (!answer.known) return [unseen(answer.why)];
  const labels = labelsOf(workload.template);
  const policies = itemsIn(facts, 'networkpolicies', workload.namespace).filter((policy) =>
    selects(fieldsAt(policy, 'spec')?.['podSelector'], labels),
  );
  const [into, out] = [sideOf(policies, 'Ingress'), sideOf(policies, 'Egress')];
  return [
    ...(into === undefined ? [] : closedInto(into, workload, facts)),
    ...(out === undefined ? [] : closedOut(out, workload, facts)),
  ];
}

/** What policies that act on one direction let through. */
interface Side {
  by: string;
  /** The best that a rule which covers the port says to its peers; no where none covers it. */
  admits(port: Port, end: OtherEnd, namespace: string): Admits;
  /** A rule covers the port, whoever its peers are. */
  covers(port: Port): boolean;
}

interface Port {
  port: number;
  protocol?: 'TCP' | 'UDP';
  /** Names of the port in the pods at that end. */
  names: readonly string[];
}

function sideOf(policies: readonly KubeObjectLike[], direction: 'Ingress' | 'Egress'): Side | undefined {
  const acting = policies.filter((policy) => actsOn(policy, direction));
  if (acting.length === 0) return undefined;
  const rules = acting.flatMap((policy) => listAt(fieldsAt(policy, 'spec'), direction.toLowerCase()));
  const covering = (port: Port): Fields[] => rules.filter((rule) => covers(rule, port));
  const peersOf = (rule: Fields): Fields[] => listAt(rule, direction === 'Ingress' ? 'from' : 'to');
  return {
    by: acting.map(nameOf).join(', '),
    admits: (port, end, namespace) => best(covering(port).map((rule) => admits(peersOf(rule), namespace, end))),
    covers: (port) => covering(port).length > 0,
  };
}

// Without policyTypes a policy acts on Ingress, and on Egress when it has egress rules.
function actsOn(policy: KubeObjectLike, direction: 'Ingress' | 'Egress'): boolean {
  const spec = fieldsAt(policy, 'spec');
  const types = arrayAt(spec, 'policyTypes');
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || listAt(spec, 'egress').length > 0;
}

function covers(rule: Fields, port: Port): boolean {
  const ports = listAt(rule, 'ports');
  return ports.length === 0 || ports.some((entry) => coversPort(entry, port));
}

function coversPort(entry: Fields, { port, protocol = 'TCP', names }: Port): boolean {
  if ((textAt(entry, 'protocol') ?? 'TCP') !== protocol) return false;
  const first = numberAt(entry, 'port');
  const name = textAt(entry, 'port');
  if (first === undefined) return name === undefined || names.includes(name);
  return port >= first && port <= (numberAt(entry, 'endPort') ?? first);
}

function closedInto(side: Side, workload: WorkloadForPreflight, facts: PreflightFacts): NetworkFinding[] {
  const installation = installationOf(facts);
  const keys = { template: workload.template, namespace: workload.namespaceKeys };
  const inbound = { port: movedPort(installation, keys, 'inbound') ?? proxyPorts.inbound, names: [inboundPortName] };
  const admin = { port: movedPort(installation, keys, 'admin') ?? proxyPorts.admin, names: [adminPortName] };
  const operator = operatorIn(facts);
  const health = side.admits(admin, operator, workload.namespace);
  const allow = allowOperator(admin.port, operator);
  const closed = [
    ...(side.covers(inbound)
      ? []
      : [
          {
            what: `nobody in on ${inbound.port}, where the proxy takes calls`,
            remedy: `Allow TCP ${inbound.port} into its pods.`,
          },
        ]),
    ...(health === 'no'
      ? [{ what: `the operator not in on ${admin.port}, where the proxy answers about its health`, remedy: allow }]
      : []),
  ];
  return [...asFinding(side, closed), ...(health === 'maybe' ? [doubtful(side, admin.port, allow)] : [])];
}

function operatorIn(facts: PreflightFacts): OtherEnd {
  const answer = answerTo(facts, operatorNamespaceFact);
  const [found] = answer.known ? answer.items : [];
  const { name, labels } = found?.metadata ?? {};
  return endIn(name, labels, operatorPodLabels);
}

function endIn(
  namespace: string | undefined,
  namespaceLabels: Readonly<Record<string, string>> | undefined,
  podLabels: Readonly<Record<string, string>>,
): OtherEnd {
  return { podLabels, ...(namespace !== undefined && { namespace }), ...(namespaceLabels !== undefined && { namespaceLabels }) };
}

function allowOperator(port: number, { namespace }: OtherEnd): string {
  const from =
    namespace === undefined ? 'the operator’s namespace' : `a namespaceSelector with ${namespaceNameLabel}: ${namespace}`;
  return `Add a NetworkPolicy that allows ingress to its pods on TCP ${port} from ${from}.`;
}

function doubtful({ by }: Side, port: number, remedy: string): NetworkFinding {
  return {
    severity: 'warn',
    reason: 'NetworkPolicyInDoubt',
    message: `whether NetworkPolicy ${by} lets the operator in on ${port}, where the proxy answers about its health, can't be told from its peers`,
    remedy,
  };
}

// Proxies of others may be anywhere. Beside what is certain nothing is said: ranges of addresses are usual here.
function closedOut(side: Side, { namespace }: WorkloadForPreflight, facts: PreflightFacts): NetworkFinding[] {
  const controlPlane = controlPlaneIn(facts);
  const unreached = controlPlanePorts.filter((port) => side.admits(port, controlPlane, namespace) === 'no');
  const ports = unreached.map(({ port }) => port).join(', ');
  const closed = [
    ...(side.covers({ port: proxyPorts.inbound, names: [inboundPortName] })
      ? []
      : [
          {
            what: `nothing out on ${proxyPorts.inbound}, to other proxies`,
            remedy: `Allow TCP ${proxyPorts.inbound} out of its pods.`,
          },
        ]),
    ...(unreached.length === 0
      ? []
      : [
          {
            what: `nothing out on ${ports} to the control plane (identity 8080, destination 8086, policy 8090)`,
            remedy: `Allow TCP ${ports} out of its pods to the namespace ${controlPlane.namespace ?? 'of the control plane'}.`,
          },
        ]),
  ];
  return [...asFinding(side, closed), ...(asksNames(side, namespace) ? [] : [nameless(side)])];
}

function controlPlaneIn(facts: PreflightFacts): OtherEnd {
  const place = controlPlaneOf(facts);
  if (place.kind !== 'found') return { podLabels: {} };
  const answer = answerTo(facts, placeQuestions.namespaces);
  const found = answer.known ? answer.items.find(({ metadata }) => metadata?.name === place.namespace) : undefined;
  return endIn(place.namespace, found?.metadata?.labels, {});
}

// DNS is in another namespace, on the node, or outside; its own port behind the Service is another one at some.
function asksNames(side: Side, namespace: string): boolean {
  const names = ['dns', 'dns-tcp'];
  return [53, 5353].some((port) =>
    (['UDP', 'TCP'] as const).some((protocol) => side.admits({ port, protocol, names }, { podLabels: {} }, namespace) !== 'no'),
  );
}

function nameless({ by }: Side): NetworkFinding {
  return {
    severity: 'warn',
    reason: 'NetworkPolicyInDoubt',
    message: `NetworkPolicy ${by} lets no DNS out (53), and the proxy looks its control plane up by name`,
    remedy: 'Allow UDP and TCP 53 out of its pods to the cluster’s DNS.',
  };
}

function asFinding({ by }: Side, closed: readonly { what: string; remedy: string }[]): NetworkFinding[] {
  if (closed.length === 0) return [];
  return [
    {
      severity: 'list',
      reason: 'NetworkPolicyClosesProxy',
      message: `NetworkPolicy ${by} lets ${closed.map(({ what }) => what).join(', and ')}`,
      remedy: closed.map(({ remedy }) => remedy).join(' '),
    },
  ];
}

function unseen(why: string): NetworkFinding {
  return {
    severity: 'warn',
    reason: 'NetworkPoliciesUnknown',
    message: `its NetworkPolicies can't be read: ${why}`,
    remedy: 'Let the operator list networkpolicies.',
  };
}

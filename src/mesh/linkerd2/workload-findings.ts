// Linkerd 2 room: what would go wrong for one workload that joins, found before anything is written. One rule each;
// rules about networks, resources and sidecars stand in their own files.

import type { Finding } from '../../core/finding.ts';
import type { PreflightFacts, PreflightQuestion, WorkloadForPreflight } from '../adapter.ts';
import { aboutWorkload } from '../facts.ts';
import { annotationOf, containersOf, fieldsAt, labelOf, listAt, numberAt, textAt } from '../pod-parts.ts';
import { inboundPolicyFindings } from './inbound-policy.ts';
import { detectLinkerd2, optsOutOfLinkerd2 } from './membership.ts';
import { injectAnnotation, proxyContainer, proxyPorts } from './names.ts';
import { networkFindings } from './network-findings.ts';
import { resourceFindings } from './resource-findings.ts';
import { callsLostAtTheEnd, runsThatNeverEnd } from './sidecar-findings.ts';

/** A rule: what is wrong, or nothing. */
export type WorkloadRule = (workload: WorkloadForPreflight, facts: PreflightFacts) => readonly Omit<Finding, 'workload'>[];

/** What the rules need to know about a namespace. */
export function linkerd2NamespaceQuestions(namespace: string): readonly PreflightQuestion[] {
  return [
    { name: 'resourcequotas', group: '', version: 'v1', plural: 'resourcequotas', namespace },
    { name: 'horizontalpodautoscalers', group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers', namespace },
    {
      ...{ name: 'limitranges', group: '', version: 'v1', plural: 'limitranges', namespace },
      onlyBeside: ['resourcequotas', 'horizontalpodautoscalers'],
    },
    { name: 'networkpolicies', group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies', namespace },
  ];
}

/** Everything that is wrong for one workload. */
export function linkerd2WorkloadFindings(workload: WorkloadForPreflight, facts: PreflightFacts): readonly Finding[] {
  return rules.flatMap((rule) => rule(workload, facts)).map((finding) => aboutWorkload(workload, finding));
}

/** A proxy that stands in the template itself can't be left by admission. */
export function linkerd2LeaveFindings(workload: WorkloadForPreflight): readonly Finding[] {
  return detectLinkerd2(workload.template).uses.flatMap((use): Finding[] => {
    if (use.removedBy !== 'person') return [];
    const message = `Linkerd 2 is used in ${use.place}`;
    return [aboutWorkload(workload, { severity: 'list', reason: 'SourceNeedsPerson', message, remedy: use.remedy ?? '' })];
  });
}

const rules: readonly WorkloadRule[] = [
  hostNetwork,
  optedOut,
  foreignInjection,
  runsThatNeverEnd,
  takenPorts,
  networkFindings,
  inboundPolicyFindings,
  resourceFindings,
  callsLostAtTheEnd,
];

function hostNetwork(workload: WorkloadForPreflight) {
  if (fieldsAt(workload.template, 'spec')?.['hostNetwork'] !== true) return [];
  return [
    {
      severity: 'list' as const,
      reason: 'HostNetwork',
      message: "its pods use the host's network; the injector passes them over",
      remedy: 'Take hostNetwork away, or accept with the annotation meshmigration.io/accept.',
    },
  ];
}

function optedOut(workload: WorkloadForPreflight) {
  if (!optsOutOfLinkerd2(workload.template)) return [];
  const value = annotationOf(workload.template, injectAnnotation) ?? '';
  return [
    {
      severity: 'list' as const,
      reason: 'OptedOut',
      message: `its template says ${injectAnnotation}: ${value}`,
      remedy: `Remove the annotation from the template, or accept with the annotation meshmigration.io/accept.`,
    },
  ];
}

// Containers, template keys and namespace labels by which other injectors act.
const foreignContainers: readonly string[] = ['istio-proxy', 'istio-init', 'kuma-sidecar', 'consul-dataplane', 'envoy-sidecar'];
const foreignTemplateKeys: readonly (readonly [string, string])[] = [
  ['sidecar.istio.io/inject', 'true'],
  ['consul.hashicorp.com/connect-inject', 'true'],
  ['kuma.io/sidecar-injection', 'enabled'],
];
const foreignNamespaceLabels: readonly (readonly [string, string | undefined])[] = [
  ['istio-injection', 'enabled'],
  ['istio.io/rev', undefined],
  ['kuma.io/sidecar-injection', 'enabled'],
  ['appmesh.k8s.aws/sidecarInjectorWebhook', 'enabled'],
];

function foreignInjection(workload: WorkloadForPreflight) {
  const trace = foreignTrace(workload);
  if (trace === undefined) return [];
  return [
    {
      severity: 'list' as const,
      reason: 'ForeignMesh',
      message: `another injector acts on its pods: ${trace}`,
      remedy: 'Take the third mesh away first, or accept with the annotation meshmigration.io/accept.',
    },
  ];
}

function foreignTrace({ template, namespaceKeys }: WorkloadForPreflight): string | undefined {
  const container = containersOf(template).find(({ name }) => foreignContainers.includes(name));
  if (container !== undefined) return `container ${container.name}`;
  const own = foreignTemplateKeys.find(([key, value]) => (annotationOf(template, key) ?? labelOf(template, key)) === value);
  if (own !== undefined) return `${own[0]}: ${own[1]} on the template`;
  const refused = labelOf(template, 'sidecar.istio.io/inject') === 'false';
  const label = foreignNamespaceLabels.find(([key, value]) => {
    const found = labelOf({ metadata: namespaceKeys }, key);
    return found !== undefined && (value === undefined || found === value) && !(refused && key.startsWith('istio'));
  });
  return label === undefined ? undefined : `label ${label[0]} on the namespace`;
}

function takenPorts({ template }: WorkloadForPreflight) {
  const needed: readonly number[] = Object.values(proxyPorts);
  const taken = containersOf(template).flatMap(({ name, container }) =>
    name === proxyContainer
      ? []
      : listAt(container, 'ports').map((port) => ({
          name,
          port: numberAt(port, 'containerPort') ?? 0,
          protocol: textAt(port, 'protocol') ?? 'TCP',
        })),
  );
  return taken
    .filter(({ port, protocol }) => protocol === 'TCP' && needed.includes(port))
    .map(({ name, port }) => ({
      severity: 'list' as const,
      reason: 'PortTaken',
      message: `its container ${name} listens on port ${port}, which the proxy needs`,
      remedy: `Let the application listen on another port, or move the proxy's (config.linkerd.io/inbound-port, outbound-port, admin-port, control-port) and accept.`,
    }));
}

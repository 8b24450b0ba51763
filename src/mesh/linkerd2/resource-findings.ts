// Linkerd 2 room: what autoscalers and quotas say to a proxy beside the application. What is not known is said, once,
// as a warning.

import type { Finding } from '../../core/finding.ts';
import type { KubeObjectLike, PreflightFacts, WorkloadForPreflight } from '../adapter.ts';
import { answerTo, itemsIn, nameOf } from '../facts.ts';
import { containersOf, fieldsAt, listAt, textAt } from '../pod-parts.ts';
import { readQuantity } from '../quantity.ts';
import { installationOf, proxyResource } from './installation.ts';
import type { ResourceName } from './installation.ts';

type WorkloadFinding = Omit<Finding, 'workload'>;

/** Findings about resources. */
export function resourceFindings(workload: WorkloadForPreflight, facts: PreflightFacts): readonly WorkloadFinding[] {
  const unseen = ['resourcequotas', 'limitranges', 'horizontalpodautoscalers'].filter((name) => !answerTo(facts, name).known);
  return [
    ...unseen.map(unknownFinding),
    ...autoscalerFindings(workload, facts),
    ...itemsIn(facts, 'resourcequotas', workload.namespace).flatMap((quota) => quotaFindings(workload, facts, quota)),
  ];
}

/** An autoscaler by utilization counts every container: one without a request stops it. */
function autoscalerFindings(workload: WorkloadForPreflight, facts: PreflightFacts): WorkloadFinding[] {
  const scalers = itemsIn(facts, 'horizontalpodautoscalers', workload.namespace).filter((scaler) => scales(scaler, workload));
  return scalers.flatMap((scaler) =>
    utilizedResources(scaler)
      .filter((name) => !hasRequest(workload, facts, name))
      .map((name) => ({
        severity: 'list' as const,
        reason: 'NoProxyRequest',
        message: `HorizontalPodAutoscaler ${nameOf(scaler)} scales by ${name}, and the proxy has no ${name} request: it would stop scaling`,
        remedy: `Set config.linkerd.io/proxy-${name}-request on the template or the namespace, or proxy.resources in Linkerd 2.`,
      })),
  );
}

function scales(scaler: KubeObjectLike, workload: WorkloadForPreflight): boolean {
  const target = fieldsAt(fieldsAt(scaler, 'spec'), 'scaleTargetRef');
  return textAt(target, 'kind') === workload.kind && textAt(target, 'name') === workload.name;
}

function utilizedResources(scaler: KubeObjectLike): ResourceName[] {
  return listAt(fieldsAt(scaler, 'spec'), 'metrics').flatMap((metric) => {
    const resource = fieldsAt(metric, 'resource');
    const name = textAt(resource, 'name');
    const byUtilization = textAt(fieldsAt(resource, 'target'), 'type') === 'Utilization';
    return byUtilization && (name === 'cpu' || name === 'memory') ? [name] : [];
  });
}

// A quantity that can't be read is ignored by the injector, so it is no request.
function hasRequest(workload: WorkloadForPreflight, facts: PreflightFacts, name: ResourceName): boolean {
  return proxyAmount(workload, facts, name, 'request') !== undefined || limitRangeGives(workload, facts, name, 'request');
}

function proxyAmount(
  workload: WorkloadForPreflight,
  facts: PreflightFacts,
  name: ResourceName,
  kind: 'request' | 'limit',
): number | undefined {
  const keys = { template: workload.template, namespace: workload.namespaceKeys };
  const amount = readQuantity(proxyResource(installationOf(facts), keys, name, kind) ?? '');
  if (amount !== undefined || kind === 'limit') return amount;
  // The API server takes a limit for the request where there is none.
  return readQuantity(proxyResource(installationOf(facts), keys, name, 'limit') ?? '');
}

function limitRangeGives(
  workload: WorkloadForPreflight,
  facts: PreflightFacts,
  name: ResourceName,
  kind: 'request' | 'limit',
): boolean {
  const limits = itemsIn(facts, 'limitranges', workload.namespace).flatMap((range) => listAt(fieldsAt(range, 'spec'), 'limits'));
  return limits.some((limit) => {
    if (textAt(limit, 'type') !== 'Container') return false;
    const given = textAt(fieldsAt(limit, 'default'), name);
    return kind === 'limit' ? given !== undefined : (textAt(fieldsAt(limit, 'defaultRequest'), name) ?? given) !== undefined;
  });
}

interface Bound {
  /** Key of the quota. */
  key: string;
  name: ResourceName;
  kind: 'request' | 'limit';
}

const bounds: readonly Bound[] = [
  { key: 'cpu', name: 'cpu', kind: 'request' },
  { key: 'requests.cpu', name: 'cpu', kind: 'request' },
  { key: 'limits.cpu', name: 'cpu', kind: 'limit' },
  { key: 'memory', name: 'memory', kind: 'request' },
  { key: 'requests.memory', name: 'memory', kind: 'request' },
  { key: 'limits.memory', name: 'memory', kind: 'limit' },
];

/** A quota refuses pods whose containers leave a bounded resource unset, and pods that would exceed it. */
function quotaFindings(workload: WorkloadForPreflight, facts: PreflightFacts, quota: KubeObjectLike): WorkloadFinding[] {
  return bounds.flatMap((bound) => {
    const hard = readQuantity(textAt(fieldsAt(fieldsAt(quota, 'spec'), 'hard'), bound.key) ?? '');
    if (hard === undefined) return [];
    const amount = proxyAmount(workload, facts, bound.name, bound.kind);
    if (amount === undefined) return limitRangeGives(workload, facts, bound.name, bound.kind) ? [] : [unset(quota, bound)];
    const used = readQuantity(textAt(fieldsAt(fieldsAt(quota, 'status'), 'used'), bound.key) ?? '') ?? 0;
    return tooSmall({ quota, bound, left: hard - used, proxy: amount, pod: amount + podAmount(workload, bound) });
  });
}

function unset(quota: KubeObjectLike, { key, name, kind }: Bound): WorkloadFinding {
  return {
    severity: 'list',
    reason: 'QuotaNeedsProxyResources',
    message: `ResourceQuota ${nameOf(quota)} bounds ${key}, and the proxy has no ${name} ${kind}: its pods would be refused`,
    remedy: `Set config.linkerd.io/proxy-${name}-${kind} on the template or the namespace, or proxy.resources in Linkerd 2.`,
  };
}

interface Room {
  quota: KubeObjectLike;
  bound: Bound;
  left: number;
  proxy: number;
  pod: number;
}

function tooSmall({ quota, bound, left, proxy, pod }: Room): WorkloadFinding[] {
  if (left >= pod) return [];
  return [
    {
      severity: left < proxy ? 'list' : 'warn',
      reason: 'QuotaTooSmall',
      message: `ResourceQuota ${nameOf(quota)} has ${amountText(left)} of ${bound.key} left; one more pod with its proxy needs ${amountText(pod)}`,
      remedy: `Raise ${bound.key} in the ResourceQuota.`,
    },
  ];
}

const amountText = (amount: number): string => String(Math.round(amount * 1000) / 1000);

function podAmount(workload: WorkloadForPreflight, { name, kind }: Bound): number {
  const field = kind === 'request' ? 'requests' : 'limits';
  const amounts = containersOf(workload.template)
    .filter(({ list }) => list === 'containers')
    .map(({ container }) => readQuantity(textAt(fieldsAt(fieldsAt(container, 'resources'), field), name) ?? '') ?? 0);
  return amounts.reduce((total, amount) => total + amount, 0);
}

function unknownFinding(question: string): WorkloadFinding {
  return {
    severity: 'warn',
    reason: 'ResourcesUnknown',
    message: `${question} of the namespace can't be read`,
    remedy: `Let the operator list ${question}.`,
  };
}

// Linkerd 2 room: what goes wrong where the proxy is an ordinary container and no native sidecar. It does not end by itself, so
// that Jobs never end; and it takes no new calls of an application that is still ending.

import type { Finding } from '../../core/finding.ts';
import type { JobRules, KubeObjectLike, LivePod, PreflightFacts, WorkloadForPreflight } from '../adapter.ts';
import { fieldsAt, listAt, numberAt, textAt } from '../pod-parts.ts';
import { installationOf, nativeSidecarOf, saidBy, versionOf } from './installation.ts';
import type { Installation, NativeSidecar } from './installation.ts';
import { optsOutOfLinkerd2 } from './membership.ts';
import { injectAnnotation, nativeSidecarAnnotations, proxyContainer, waitBeforeExitAnnotation } from './names.ts';
import { isAtLeast } from './version.ts';

type Found = Omit<Finding, 'workload'>;

const optOut = `set ${injectAnnotation}: disabled on`;

/** Runs of a CronJob that would never end. */
export function runsThatNeverEnd(workload: WorkloadForPreflight, facts: PreflightFacts): readonly Found[] {
  if (workload.kind !== 'CronJob' || optsOutOfLinkerd2(workload.template)) return [];
  const installation = installationOf(facts);
  const native = nativeSidecarOf(installation, workload.template, workload.namespaceKeys);
  if (native.is === true) return [];
  return [
    {
      severity: 'list',
      reason: 'NotNativeSidecar',
      message: `its Jobs would never end: ${why(installation, native)}`,
      remedy: `${switchOn(installation, 'annotate the template with')}, or ${optOut} its template and then accept with meshmigration.io/accept: accepted alone, its Jobs get the proxy from the committed namespace.`,
    },
  ];
}

function why(installation: Installation, { is, unheeded }: NativeSidecar): string {
  if (is === undefined && !installation.known) return `whether the proxy is a native sidecar is not known: ${installation.why}`;
  if (unheeded === undefined) return 'the proxy is no native sidecar';
  const version = versionOf(installation);
  return version === undefined
    ? `the version of Linkerd 2 is not known, nor whether it heeds ${unheeded}`
    : `Linkerd 2 ${version} is not known to heed ${unheeded}`;
}

// Only a spelling that the installed version heeds is of any use.
function switchOn(installation: Installation, annotate: string): string {
  const version = versionOf(installation);
  const heeded = nativeSidecarAnnotations.find(({ since }) => isAtLeast(version, since) === true);
  if (heeded !== undefined) return `Set proxy.nativeSidecar in Linkerd 2, or ${annotate} ${heeded.key}: "true"`;
  return version === undefined
    ? 'Set proxy.nativeSidecar in Linkerd 2'
    : `Set proxy.nativeSidecar in Linkerd 2 from 2.15 on (${version} is installed)`;
}

/** Jobs that no CronJob makes: nobody writes to them, and the committed namespace gives their next pods the proxy. */
export const jobRules: JobRules = {
  exception: (job, facts) => {
    if (isPassedOver(job) || hasNativeProxy(job.template)) return undefined;
    const installation = installationOf(facts);
    const native = nativeSidecarOf(installation, job.template, job.namespaceKeys);
    if (native.is === true) return undefined;
    return {
      reason: 'NotNativeSidecar',
      message: `its next pod, made after the namespace is committed, would never end: ${why(installation, native)}`,
      remedy: `Wait until the Job has ended, or accept it with the annotation meshmigration.io/accept on each of its pods. For Jobs to come ${optOut} the template. ${switchOn(installation, 'annotate the namespace with')}.`,
    };
  },
  endless: (pod) => {
    const proxy = listAt(fieldsAt(pod, 'spec'), 'containers').some((container) => textAt(container, 'name') === proxyContainer);
    return proxy
      ? { why: `${proxyContainer} is an ordinary container and does not end by itself`, over: isOver(pod) }
      : undefined;
  },
};

function isPassedOver({ template }: WorkloadForPreflight): boolean {
  return optsOutOfLinkerd2(template) || fieldsAt(template, 'spec')?.['hostNetwork'] === true;
}

function hasNativeProxy(pod: LivePod): boolean {
  return listAt(fieldsAt(pod, 'spec'), 'initContainers').some((container) => textAt(container, 'name') === proxyContainer);
}

function isOver({ status }: LivePod): boolean {
  const others = listAt(status, 'containerStatuses').filter((one) => textAt(one, 'name') !== proxyContainer);
  return others.length > 0 && others.every((one) => fieldsAt(fieldsAt(one, 'state'), 'terminated') !== undefined);
}

/** Jobs that begin once the namespace asks for the proxy can't be seen before. */
export function jobsToCome({ metadata = {} }: KubeObjectLike, facts: PreflightFacts): readonly Finding[] {
  const installation = installationOf(facts);
  const native = nativeSidecarOf(installation, {}, metadata);
  if (native.is !== false) return [];
  const remedy = `For Jobs of deploys and of continuous integration ${optOut} their templates. ${switchOn(installation, 'annotate the namespace with')}.`;
  return [
    {
      severity: 'warn',
      reason: 'NotNativeSidecar',
      message: `Jobs that begin after the namespace is committed would never end: ${why(installation, native)}. ${remedy}`,
      remedy,
    },
  ];
}

/** Calls that an application makes while it ends, which a proxy that was told to end at the same time refuses. */
export function callsLostAtTheEnd(workload: WorkloadForPreflight, facts: PreflightFacts): readonly Found[] {
  const { kind, template, namespaceKeys } = workload;
  if (kind === 'CronJob' || isPassedOver(workload)) return [];
  const installation = installationOf(facts);
  if (!installation.known || nativeSidecarOf(installation, template, namespaceKeys).is !== false) return [];
  const said = saidBy(template, namespaceKeys, waitBeforeExitAnnotation);
  const seconds =
    said === undefined ? numberAt(fieldsAt(installation.values, 'proxy'), 'waitBeforeExitSeconds') : Number.parseInt(said, 10);
  return (seconds ?? 0) > 0 ? [] : callsLost;
}

const wait = `If it calls others while it ends (a preStop hook, requests in flight), set ${waitBeforeExitAnnotation} on its template or its namespace to the seconds that it needs, below terminationGracePeriodSeconds.`;

// One and the same for all workloads, of which there may be thousands.
const callsLost: readonly Found[] = [
  {
    severity: 'warn',
    reason: 'CallsLostAtTheEnd',
    message: `the proxy is no native sidecar and takes no new calls once a pod is told to end. ${wait}`,
    remedy: wait,
  },
];

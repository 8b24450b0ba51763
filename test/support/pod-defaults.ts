/**
 * The defaults that the API server fills into a created pod, as far as injected pods need them (Kubernetes API reference, Pod).
 * For tests that apply a webhook's patch without an API server; it never decides what a webhook answers.
 */
import type { Container, EnvVar, Pod, Probe, Resources } from './pod.ts';

const accountMount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod as the API server would store it. */
export function withDefaults(pod: Pod): Pod {
  const copy = structuredClone(pod);
  const spec = copy.spec;
  const account = (spec.volumes ?? []).find((volume) => volume.name.startsWith('kube-api-access-'));
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    fillContainer(container);
    if (account !== undefined) mountAccount(container, account.name);
  }
  for (const volume of spec.volumes ?? []) if (volume.projected !== undefined) volume.projected.defaultMode ??= 420;
  return copy;
}

/** The ServiceAccount admission plug-in runs again after webhooks changed the pod. */
function mountAccount(container: Container, name: string): void {
  const mounts = (container.volumeMounts ??= []);
  if (!mounts.some((mount) => mount.mountPath === accountMount)) mounts.push({ name, readOnly: true, mountPath: accountMount });
}

function fillContainer(container: Container): void {
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources = requestsFromLimits(container.resources);
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const variable of container.env ?? []) fillVariable(variable);
  fillProbe(container.livenessProbe);
  fillProbe(container.readinessProbe);
  fillProbe(container.startupProbe);
}

function fillVariable(variable: EnvVar): void {
  if (variable.valueFrom?.fieldRef !== undefined) variable.valueFrom.fieldRef.apiVersion ??= 'v1';
  // An empty value is not stored.
  if (variable.value === '') Reflect.deleteProperty(variable, 'value');
}

function requestsFromLimits(resources: Resources | null | undefined): Resources {
  if (!resources?.limits) return resources ?? {};
  return { ...resources, requests: { ...resources.limits, ...resources.requests } };
}

function fillProbe(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.failureThreshold ??= 3;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.timeoutSeconds ??= 1;
  if (probe.httpGet) probe.httpGet.scheme ??= 'HTTP';
  if (probe.initialDelaySeconds === 0) delete probe.initialDelaySeconds;
}

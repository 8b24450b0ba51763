// The definition of ServiceProfiles as a server has it once Linkerd 2 is installed: names, versions and the types of its fields as
// charts/linkerd-crds of github.com/linkerd/linkerd2 (edge-26.8.3) gives them, descriptions and the old version's own rules left out.
// That module is not to be had from the Go proxy, so it is written down here. It installs a definition and judges nothing.

import type { KubeClient } from '../../../src/kube/client.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import { CUSTOM_RESOURCE_DEFINITION } from '../../../src/kube/resource-kind.ts';
import { until } from '../until.ts';

/** ServiceProfiles. */
export const SERVICE_PROFILE: ResourceKind = {
  group: 'linkerd.io',
  version: 'v1alpha2',
  plural: 'serviceprofiles',
  kind: 'ServiceProfile',
  namespaced: true,
};

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer', format: 'int32' };
const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const list = (items: Schema): Schema => ({ type: 'array', items });
const record = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

const quantity = String.raw`^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`;
const weight: Schema = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern: quantity,
};
const requests = record({ pathRegex: text, method: text, all: list(open), any: list(open), not: list(open) });
const responses = record({ all: list(open), any: list(open), not: open, status: record({ min: whole, max: whole }) });
const responseClass = record({ condition: responses, isFailure: flag }, ['condition']);
const route = record(
  { condition: requests, isRetryable: flag, name: text, timeout: text, responseClasses: list(responseClass) },
  ['condition', 'name'],
);
const budget = record({ minRetriesPerSecond: whole, retryRatio: { type: 'number', format: 'float' }, ttl: text }, [
  'minRetriesPerSecond',
  'retryRatio',
  'ttl',
]);
const spec = record({
  dstOverrides: list(record({ authority: text, weight })),
  opaquePorts: list(text),
  retryBudget: budget,
  routes: list(route),
});
const version = (name: string, storage: boolean): object => ({
  ...{ name, storage, served: true },
  schema: { openAPIV3Schema: record({ spec }) },
});

/** Installs the definition, and resolves when it is served. */
export async function installServiceProfiles(client: KubeClient): Promise<void> {
  const name = 'serviceprofiles.linkerd.io';
  const names = { plural: 'serviceprofiles', singular: 'serviceprofile', kind: 'ServiceProfile', shortNames: ['sp'] };
  await client.create(CUSTOM_RESOURCE_DEFINITION, {
    metadata: { name },
    spec: { group: 'linkerd.io', scope: 'Namespaced', names, versions: [version('v1alpha1', false), version('v1alpha2', true)] },
  });
  await until(() => client.list(SERVICE_PROFILE), { what: `${name} is served` });
}

// How the operator tries something in a test. Nothing that is tried is stored, unless it must be refused for that.

import type { KubeClient } from '../../../src/kube/client.ts';
import type { Manifest } from '../../../src/kube/object.ts';
import * as kinds from '../../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';

export const dryRun = { dryRun: true } as const;

/** One try. */
export type Attempt = (client: KubeClient) => Promise<unknown>;

/** A try that must be refused, with words of the refusal. */
export type Forbidden = readonly [what: string, attempt: Attempt, why: string];

/** A try that must pass. */
export type Allowed = readonly [what: string, attempt: Attempt];

export const workload =
  (kind: ResourceKind, patch: object): Attempt =>
  (client) =>
    client.mergePatch(
      kind,
      { namespace: 'shop', name: kind.plural === 'deployments' ? 'web' : kind.plural },
      patch as Record<string, unknown>,
      dryRun,
    );
export const template = (kind: ResourceKind, change: object): object =>
  kind === kinds.CRON_JOB ? { spec: { jobTemplate: { spec: { template: change } } } } : { spec: { template: change } };
export const namespace =
  (metadata: object): Attempt =>
  (client) =>
    client.mergePatch(kinds.NAMESPACE, { name: 'shop' }, { metadata }, dryRun);
export const service =
  (patch: object, name = 'web'): Attempt =>
  (client) =>
    client.mergePatch(kinds.SERVICE, { namespace: 'shop', name }, patch as Record<string, unknown>, dryRun);
export const create =
  (kind: ResourceKind, manifest: Manifest): Attempt =>
  (client) =>
    client.create(kind, manifest, dryRun);

export const templateKinds = [kinds.DEPLOYMENT, kinds.STATEFUL_SET, kinds.DAEMON_SET, kinds.CRON_JOB];
export const ourKeys = {
  'meshmigration.io/to': 'linkerd2',
  'meshmigration.io/from': 'linkerd1',
  'meshmigration.io/cutover': '0a1b2c3d-1',
  'meshmigration.io/linkerd1-ports': '4140,4240',
};

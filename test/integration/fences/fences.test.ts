// The fences around the operator's token, each shown to bite. The account is an administrator here, so that nothing but
// the fences can refuse it; what it needs for its work must still pass.

import { expect } from 'chai';
import { join } from 'node:path';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts';
import * as kinds from '../../../src/kube/resource-kind.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { startCluster } from '../../cluster/cluster.ts';
import { createAll, SERVICE_ACCOUNT } from '../../support/api-objects.ts';
import { applyManifests } from '../../support/apply-manifests.ts';
import { SERVICE_PROFILE } from '../../support/linkerd2/service-profiles.ts';
import { installPolicies } from '../../support/policies.ts';
import { until } from '../../support/until.ts';
import { dryRun } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { CLUSTER_ROLE_BINDING, MESH_MIGRATION, migration, objects, ownService, serviceProfileDefinition } from './objects.ts';
import { allowedElsewhere, forbiddenElsewhere } from './other-attempts.ts';
import { allowedOnWorkloads, forbiddenOnWorkloads } from './workload-attempts.ts';

const forbidden = [...forbiddenOnWorkloads(), ...forbiddenElsewhere()];
const allowed = [...allowedOnWorkloads(), ...allowedElsewhere()];
const root = join(import.meta.dirname, '../../..');

describe("the fences around the operator's token", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let admin: KubeClient;
  let operator: KubeClient;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    admin = createKubeClient(await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} }), { userAgent: 'admin' });
    await applyManifests(cluster, [join(root, 'crds'), join(root, 'config/rbac')], '-k');
    await admin.create(kinds.CUSTOM_RESOURCE_DEFINITION, serviceProfileDefinition);
    await admin.create(CLUSTER_ROLE_BINDING, {
      metadata: { name: 'everything' },
      ...{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' } },
      subjects: [{ kind: 'ServiceAccount', name: 'meshmigration', namespace: 'meshmigration-system' }],
    });
    await createAll(admin, objects);
    await until(() => admin.get(SERVICE_ACCOUNT, { namespace: 'shop', name: 'default' }), { what: 'the account of shop' });
    await until(() => admin.create(MESH_MIGRATION, migration), { what: 'MeshMigrations are served' });
    await admin.create(kinds.SERVICE, ownService);
    const kubeconfig = await cluster.serviceAccountKubeconfig('meshmigration-system', 'meshmigration');
    operator = createKubeClient(await loadKubeConfig({ kubeconfig, env: {} }), { userAgent: 'operator' });
    await operator.mergePatch(kinds.NAMESPACE, { name: 'shop' }, { metadata: { labels: { probe: 'x' } } }, dryRun);
    await until(
      () =>
        admin
          .get(SERVICE_PROFILE, { namespace: 'shop', name: 'none' })
          .catch((error: unknown) => (error as { kind: string }).kind === 'notFound'),
      { what: 'ServiceProfiles are served' },
    );
    await installPolicies(admin, { only: 'fence' });
    await until(biting, { what: 'the fences act' });
  });
  after(async () => {
    await operator.close();
    await admin.close();
    await cluster.stop();
  });

  /** Each policy begins to act by itself; the last of each kind of object is waited for. */
  async function biting(): Promise<boolean> {
    const answers = await Promise.all(forbidden.map(([, attempt]) => outcome(attempt)));
    return answers.every((answer) => answer !== 'done');
  }

  const outcome = (attempt: Attempt): Promise<string> =>
    attempt(operator).then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    );

  for (const [what, attempt, why] of forbidden) {
    it(`the operator may not ${what}`, async () => {
      expect(await outcome(attempt)).to.contain(why);
    });
  }

  for (const [what, attempt] of allowed) {
    it(`the operator may ${what}`, async () => {
      expect(await outcome(attempt)).to.equal('done');
    });
  }

  it('nobody else is held by them', async () => {
    const ref = { namespace: 'shop', name: 'web' };
    const { spec } = await admin.mergePatch(kinds.DEPLOYMENT, ref, { spec: { replicas: 5 } }, dryRun);
    expect(spec).to.include({ replicas: 5 });
  });
});

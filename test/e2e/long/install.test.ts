// The product on real nodes as Helm installs it: upgraded in mid-migration, uninstalled when all has moved, and installed again for
// the way back, all under load. The order counts. Run inside.ts around it, in a run of its own.
import { expect } from 'chai';
import { join } from 'node:path';
import { until } from '../../cluster/readiness.ts';
import { CHART, installers, RELEASE, type Programs } from '../../integration/install/programs.ts';
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { templateWrites } from '../migration/audit.ts';
import { endOfRights } from '../migration/ending.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { isReady, setStage } from '../migration/stage.ts';
import { NAME, pods, reached, underWay, wish } from '../migration/wishes.ts';

const NAMESPACE_FILE = join(import.meta.dirname, '..', '..', '..', 'config', 'rbac', 'namespace.yaml');
const WAIT = ['--wait', '--timeout', '120s'];
const PRODUCT = 'app.kubernetes.io/name=meshmigration';

describe('The product as Helm installs it', () => {
  let cluster: RealCluster;
  let programs: Programs;

  before(async () => {
    cluster = await setStage(async (real) => {
      programs = await installers(real.kubeconfig);
      await kubectl(real, ['apply', '-f', NAMESPACE_FILE]);
      await programs.helm('install', RELEASE.name, CHART, ...WAIT);
    });
  });

  beforeEach(async () => await forget(cluster));

  it('goes on after an upgrade in mid-migration, does nothing twice, and loses no call', async () => {
    await wish(cluster, 'Migrated');
    await kubectl(cluster, ['patch', 'meshmigration', NAME, '--type=merge', '-p', '{"spec":{"deletionPolicy":"Rollback"}}']);
    await underWay(cluster);
    const before = await operators(cluster);
    await programs.helm('upgrade', RELEASE.name, CHART, '--set', 'logLevel=debug', ...WAIT);
    await until('others run', 60_000, async () => !(await operators(cluster)).some((pod) => before.includes(pod)));
    await reached(cluster, 'Migrated');
    expect((await pods(cluster)).apart).to.equal(0);
    expect([...templateWrites(cluster).values()]).to.deep.equal(Array.from({ length: 7 }, () => 1));
    await noneFailed(cluster);
  });

  it('leaves no lease, finalizer or fence behind when it is uninstalled, and says what it keeps', async () => {
    await endOfRights(cluster);
    expect(await ofMigration(cluster, 'metadata.finalizers')).to.contain('meshmigration.io/');
    const said = await programs.helm('uninstall', RELEASE.name, ...WAIT);
    expect(await names(cluster, 'leases', '-n', RELEASE.namespace)).to.deep.equal([]);
    expect(await ofMigration(cluster, 'metadata.finalizers')).to.equal('');
    const left = [
      ...(await names(cluster, 'validatingadmissionpolicies')),
      ...(await names(cluster, 'mutatingadmissionpolicies')),
    ];
    expect(left.filter((name) => name.includes('fence'))).to.deep.equal([]);
    expect(left).to.include.members(['meshmigration-join-linkerd2', 'meshmigration-leave-linkerd1']);
    for (const name of left) expect(said).to.contain(name);
    await until('nothing of it runs', 60_000, async () => (await operators(cluster)).length === 0);
  });

  it('keeps moved workloads moved while nothing of it runs, and no call is lost', async () => {
    await kubectl(cluster, ['rollout', 'restart', '-n', 'shop', 'deployment/web']);
    await isReady(cluster, 'shop');
    const { apart } = await pods(cluster);
    expect(apart).to.equal(0);
    await noneFailed(cluster);
  });

  it('goes all the way back when it is installed again, and loses no call', async () => {
    await programs.helm('install', RELEASE.name, CHART, ...WAIT);
    await wish(cluster, 'RolledBack');
    await reached(cluster, 'RolledBack');
    expect((await pods(cluster)).joined).to.equal(0);
    await noneFailed(cluster);
  });
});

async function operators(cluster: RealCluster): Promise<string[]> {
  return await names(cluster, 'pods', '-n', RELEASE.namespace);
}

/** Names of all objects of the product of a kind. */
async function names(cluster: RealCluster, kind: string, ...where: readonly string[]): Promise<string[]> {
  const text = await kubectl(cluster, ['get', kind, ...where, '-l', PRODUCT, '-o', 'jsonpath={.items[*].metadata.name}']);
  return text.split(' ').filter((name) => name !== '');
}

async function ofMigration(cluster: RealCluster, path: string): Promise<string> {
  return await kubectl(cluster, ['get', 'meshmigration', NAME, '-o', `jsonpath={.${path}}`]);
}

// What becomes of a namespace's record when its migration or the namespace itself is gone, with real pods under load. Run inside.ts
// around it.
import { expect } from 'chai';
import { until } from '../../cluster/readiness.ts';
import { apply, kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { service } from '../migration/application.ts';
import '../migration/ending.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { isReady, setStage } from '../migration/stage.ts';
import { NAME, pods, reached, startOver, wish } from '../migration/wishes.ts';

const PLACE = 'reused';
const LIMIT = 120_000;

describe('The record of a namespace', () => {
  let cluster: RealCluster;
  const record = (name: string, path: string): Promise<string> =>
    kubectl(cluster, ['get', 'namespacemigration', name, '--ignore-not-found', '-o', `jsonpath={.${path}}`]);

  before(async () => {
    cluster = await setStage();
    await startOver(cluster);
  });

  beforeEach(async () => await forget(cluster));

  it('is taken over by another migration of the same pair when its own is gone, and the way back stays open', async () => {
    await wish(cluster, 'Migrated');
    await reached(cluster, 'Migrated');
    const before = await record('shop', 'spec.migrationRef.uid');
    await kubectl(cluster, ['delete', 'meshmigration', NAME]);
    await wish(cluster, 'Migrated');
    await until('the record is taken over', LIMIT, async () => (await record('shop', 'spec.migrationRef.uid')) !== before);
    await wish(cluster, 'RolledBack');
    await reached(cluster, 'RolledBack');
    expect((await pods(cluster)).joined).to.equal(0);
    await noneFailed(cluster);
  });

  it('is replaced when another namespace takes the name, and that one moves, too', async () => {
    await placeIsReady(cluster);
    const spec = {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaces: [PLACE] }],
      health: { soakSeconds: 3, onInconclusive: 'Proceed', inconclusiveDeadlineSeconds: 5 },
    };
    await apply(cluster, [{ apiVersion: 'meshmigration.io/v1alpha1', kind: 'MeshMigration', metadata: { name: PLACE }, spec }]);
    await moved();
    const before = await record(PLACE, 'metadata.uid');
    await kubectl(cluster, ['delete', 'namespace', PLACE]);
    await placeIsReady(cluster);
    await until('it has another record', LIMIT, async () => ![before, ''].includes(await record(PLACE, 'metadata.uid')));
    await moved();
    await kubectl(cluster, ['delete', 'meshmigration', PLACE]);
    await noneFailed(cluster);
  });

  async function moved(): Promise<void> {
    try {
      await until('it has moved', LIMIT, async () => (await record(PLACE, 'status.step')) === 'Migrated');
    } catch (error) {
      throw new Error(await record(PLACE, 'status'), { cause: error });
    }
  }
});

async function placeIsReady(cluster: RealCluster): Promise<void> {
  await apply(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLACE } }, ...service(PLACE, 'app')]);
  await isReady(cluster, PLACE);
}

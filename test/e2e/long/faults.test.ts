// What can be wrong with a workload or its namespace while real pods move: each ends as it should, the status names reason
// and remedy, and callers see nothing of it. All are played at once, each in a namespace of its own. Run inside.ts around it.
import { expect } from 'chai';
import { until } from '../../cluster/readiness.ts';
import { writeFaultyProxies } from '../images/program.ts';
import { apply, kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { folderOfRun } from '../node/run-place.ts';
import { extraCaller, LOAD } from '../migration/application.ts';
import '../migration/ending.ts';
import { FAULTS } from '../migration/faulty.ts';
import { forget, noneFailed } from '../migration/load.ts';
import { isReady, setStage } from '../migration/stage.ts';

const CALLER = 'of-faulty';
const END_LIMIT = 180_000;

interface Status {
  readonly failures?: readonly {
    readonly namespace?: string;
    readonly reason: string;
    readonly message?: string;
    readonly remedy?: string;
  }[];
}

describe('A migration of something that is wrong', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await setStage();
    const archives = await writeFaultyProxies(folderOfRun());
    await Promise.all(cluster.nodes.map((node) => node.load(archives)));
    const namespaces = FAULTS.map(({ namespace: name }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    await apply(cluster, [...namespaces, ...FAULTS.flatMap(({ objects }) => objects)]);
    await Promise.all(FAULTS.map(({ namespace }) => isReady(cluster, namespace)));
    await apply(cluster, [extraCaller(CALLER, called())]);
    await isReady(cluster, LOAD);
    await forget(cluster);
    await apply(cluster, FAULTS.map(migrationOf));
  });

  for (const fault of FAULTS) {
    it(fault.does, async () => {
      await ended(cluster, fault);
      const { failures = [] } = await statusOf(cluster, fault.namespace);
      expect(failures.map(({ namespace, reason }) => `${namespace ?? ''} ${reason}`)).to.include(
        `${fault.namespace} ${fault.reason}`,
      );
      expect(failures.map(({ message }) => message).join('\n')).to.contain(fault.says ?? '');
      expect(failures.filter(({ remedy = '' }) => remedy === '')).to.deep.equal([]);
    });
  }

  it('shows callers nothing of it', async () => {
    await noneFailed(cluster);
  });

  it('ends when the disruption budget lets it, and a person says so', async () => {
    await kubectl(cluster, ['delete', 'pdb', '-n', 'budget', 'all']);
    await kubectl(cluster, ['annotate', 'meshmigration', 'budget', 'meshmigration.io/retry-at=1', '--overwrite']);
    await kubectl(cluster, [
      'patch',
      'meshmigration',
      'budget',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { desiredState: 'RolledBack' } }),
    ]);
    await ended(cluster, { namespace: 'budget', step: 'RolledBack' });
    await isReady(cluster, 'budget');
    await noneFailed(cluster);
  });

  after(async () => {
    await kubectl(cluster, ['delete', 'deployment', '-n', LOAD, CALLER]);
    const names = FAULTS.map(({ namespace }) => namespace);
    await kubectl(cluster, ['delete', 'meshmigrations', ...names]);
    await kubectl(cluster, ['delete', 'namespaces', ...names]);
    await kubectl(cluster, ['wait', '-n', LOAD, '--for=delete', 'pod', '-l', `app=${CALLER}`, '--timeout=60s']);
  });
});

// The one whose own calls hang is called by nobody.
function called(): readonly string[] {
  return FAULTS.filter(({ namespace }) => namespace !== 'hangs').map(({ namespace }) => `http://app.${namespace}/`);
}

function migrationOf({ namespace }: { readonly namespace: string }): object {
  return {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'MeshMigration',
    metadata: { name: namespace },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaces: [namespace] }],
      restart: { progressDeadlineSeconds: 45 },
      health: { soakSeconds: 3, minimumRequests: 5, onInconclusive: 'Rollback', inconclusiveDeadlineSeconds: 60 },
    },
  };
}

async function ended(
  cluster: RealCluster,
  { namespace, step }: { readonly namespace: string; readonly step: string },
): Promise<void> {
  const record = ['get', 'namespacemigrations', namespace, '--ignore-not-found', '-o'];
  try {
    await until(`${namespace} is at ${step}`, END_LIMIT, async () => {
      return (await kubectl(cluster, [...record, 'jsonpath={.status.step}'])) === step;
    });
  } catch (error) {
    throw new Error(`${namespace} is not at ${step}: ${await kubectl(cluster, [...record, 'jsonpath={.status}'])}`, {
      cause: error,
    });
  }
}

// The status of the migration follows that of the namespace.
async function statusOf(cluster: RealCluster, name: string): Promise<Status> {
  let status: Status = {};
  await until(`${name} names its failures`, END_LIMIT, async () => {
    status = JSON.parse(await kubectl(cluster, ['get', 'meshmigration', name, '-o', 'jsonpath={.status}'])) as Status;
    return (status.failures ?? []).length > 0;
  });
  return status;
}

import { expect } from 'chai';
import { parse } from 'yaml';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import { CommandFailure } from '../../../src/cli/command-failure.ts';
import { statusCommand } from '../../../src/cli/status/command.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { until } from '../../support/until.ts';
import { startTestServer } from '../kube/api-server.ts';
import { kubeconfigFor, startTestCluster } from './cluster.ts';
import type { TestCluster } from './cluster.ts';
import { conditions, inMidMove, migration, record } from './objects.ts';

interface Run {
  /** All that was written so far. */
  written(): string;
  /** As Ctrl-C. */
  stop(): void;
  readonly code: Promise<number>;
}

const running: AbortController[] = [];

/** Runs the command as the plugin does; on a terminal of 80 columns and so many rows when they are given. */
function run(args: readonly string[], { kubeconfig, rows }: { kubeconfig: string; rows?: number }): Run {
  let text = '';
  const stopping = new AbortController();
  const output = {
    write: (more: string) => void (text += more),
    ...{ isTerminal: rows !== undefined, colour: false, unicode: true },
    ...{ columns: () => 80, rows: () => rows ?? Infinity, onResize: () => () => undefined },
  };
  running.push(stopping);
  const surroundings: Surroundings = {
    env: {},
    output,
    input: () => Promise.resolve(new Uint8Array()),
    clock: systemClock,
    random: () => 0.5,
    stop: stopping.signal,
  };
  const work = async (): Promise<number> => {
    let code = -1;
    const command = statusCommand(surroundings, (given) => (code = given)).exitOverride();
    await command.parseAsync([...args, '--kubeconfig', kubeconfig], { from: 'user' });
    return code;
  };
  return { written: () => text, stop: () => stopping.abort(), code: work() };
}

/** What the command says when it can't answer. */
async function failureOf(code: Promise<number>): Promise<string> {
  const error = await code.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(CommandFailure);
  return (error as CommandFailure).message;
}

async function says(one: Run, text: string): Promise<void> {
  await until(() => Promise.resolve(one.written().includes(text)), { what: `"${text}" is shown`, timeoutMs: 5000, everyMs: 10 });
}

function moved(): MeshMigration {
  return migration({ status: { conditions: conditions('good', 'Migrated', 'migrated and verified') } });
}

describe('kubectl mm status', () => {
  let cluster: TestCluster;

  beforeEach(async () => {
    const { migration: one, records } = inMidMove();
    cluster = await startTestCluster([one, ...records]);
  });

  afterEach(async () => {
    for (const one of running.splice(0)) one.abort();
    await cluster.close();
  });

  it('prints the tree of what is in the cluster, and reads only the two kinds', async () => {
    const one = run(['demo'], cluster);

    expect(await one.code).to.equal(0);
    expect(one.written()).to.contain('demo  Linkerd1 → Linkerd2').and.to.contain('✗ Deployment/ledger    Restored');
    expect(cluster.server.arrived.map(({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`)).to.have.members([
      'GET meshmigrations',
      'GET namespacemigrations',
    ]);
  });

  it('names the migration that was probably meant, or those there are, when the name is unknown', async () => {
    const message = await failureOf(run(['dmeo'], cluster).code);
    const far = await failureOf(run(['leave-linkerd1'], cluster).code);
    const namespace = await failureOf(run(['payments'], cluster).code);

    expect(message).to.equal('There is no MeshMigration "dmeo" in this cluster; did you mean "demo"? There are: demo.');
    expect(far).to.equal('There is no MeshMigration "leave-linkerd1" in this cluster; there are: demo.');
    expect(namespace).to.contain('"payments" is a namespace of MeshMigration demo.');
  });

  it('prints the objects as data for other programs, each migration before its namespaces', async () => {
    const json = run(['demo', '-o', 'json'], cluster);
    const yaml = run(['-o', 'yaml'], cluster);

    expect([await json.code, await yaml.code]).to.deep.equal([0, 0]);
    const list = JSON.parse(json.written()) as { kind: string; items: { kind: string; metadata: { name: string } }[] };
    expect(list.kind).to.equal('List');
    expect(list.items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal([
      'MeshMigration demo',
      'NamespaceMigration payments',
      'NamespaceMigration sandbox',
    ]);
    expect(parse(yaml.written())).to.deep.equal(list);
  });

  it('refuses to print data again and again', async () => {
    expect(await failureOf(run(['demo', '-o', 'json', '--watch'], cluster).code)).to.contain('leave --watch and --wait out');
  });

  it('says each change on a line of its own where there is no terminal, until the end is reached', async () => {
    const one = run(['demo', '--wait'], cluster);
    await says(one, 'Deployment/ledger');
    cluster.change(record('cart', { step: 'Cutover', progress: '0/3' }));
    await says(one, '\ncart: Cutover 0/3\n');
    cluster.change(moved());

    expect(await one.code).to.equal(0);
    expect(one.written()).to.contain('\nMigrated: migrated and verified\n').and.to.not.contain('\u001B');
    expect(one.written().trimEnd().split('\n\n').at(-1)).to.contain('✓ Migrated: migrated and verified');
  });

  it('shows the tree once where the end was reached before', async () => {
    cluster.change(moved());
    const one = run(['demo', '--wait'], cluster);

    expect(await one.code).to.equal(0);
    expect(one.written().split('demo  Linkerd1')).to.have.length(2);
  });

  it('ends with 1 when the end that it waited for needs a person', async () => {
    cluster.change(migration({ status: { conditions: conditions('stalled', 'Failed', 'some namespaces failed') } }));

    expect(await run(['--wait'], cluster).code).to.equal(1);
  });

  it('does not take the end of an older spec for the end', async () => {
    const asked = moved();
    asked.metadata.generation = 2;
    cluster.change(asked);
    const one = run(['demo', '--wait'], cluster);
    await says(one, 'the operator has seen generation 1');
    cluster.change({ ...asked, status: { ...asked.status, observedGeneration: 2 } });

    expect(await one.code).to.equal(0);
  });

  it('redraws in place on a terminal, and leaves the whole tree when the user has had enough', async () => {
    const one = run(['--watch'], { ...cluster, rows: 50 });
    await says(one, 'moving wave shop');
    cluster.change(migration({ status: { conditions: conditions('suspended', 'Paused', 'paused by a person') } }));
    await says(one, '! Paused: paused by a person');
    one.stop();

    expect(await one.code).to.equal(0);
    expect(one.written()).to.match(/\u001B\[\d+A[^]*! Paused/);
    expect(one.written().lastIndexOf('\u001B[?25h')).to.be.above(one.written().lastIndexOf('\u001B[?25l'));
    expect(one.written().split('\u001B[J').at(-1)).to.contain('Deployment/ledger');
  });

  it('ends with a word when the migration that is looked at is deleted', async () => {
    const other = await startTestCluster([moved()]);
    const one = run(['demo', '--watch'], other);
    await says(one, 'Migrated');
    other.remove(moved());

    expect(await one.code).to.equal(0);
    expect(one.written()).to.contain('demo: deleted; its namespaces stay as they are');
    await other.close();
  });
});

describe('kubectl mm status without an answer', () => {
  const answering = async (status: number, reason: string): Promise<string> => {
    const server = await startTestServer((_, response) => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ kind: 'Status', status: 'Failure', code: status, reason, message: `the server says ${reason}` }),
      );
    });
    const { file, remove } = kubeconfigFor(server.endpoint.server);
    try {
      return (await failureOf(run([], { kubeconfig: file }).code)).replaceAll(server.endpoint.server, 'SERVER');
    } finally {
      remove();
      await server.close();
    }
  };

  it('says that no server answers, and how to choose another', async () => {
    const { file, remove } = kubeconfigFor('http://127.0.0.1:1');
    const message = await failureOf(run([], { kubeconfig: file }).code);
    remove();

    expect(message).to.equal(
      'No Kubernetes API server answers at http://127.0.0.1:1: start the cluster, or choose another with --kubeconfig or --context.',
    );
  });

  it('says what to install where the definitions are missing', async () => {
    expect(await answering(404, '')).to.contain('does not know MeshMigrations: install the operator there');
  });

  it('says which rights are missing', async () => {
    expect(await answering(403, 'Forbidden')).to.contain('ask for the right to get, list and watch meshmigrations');
  });

  it('says that the credentials are not accepted', async () => {
    expect(await answering(401, 'Unauthorized')).to.contain('log in again');
  });

  it('says which kubeconfig can not be read', async () => {
    const message = await failureOf(run([], { kubeconfig: 'no/such/file' }).code);

    expect(message).to.contain('kubeconfig no/such/file cannot be read').and.to.contain('--kubeconfig');
  });
});

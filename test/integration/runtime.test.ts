// Client, reflector, election and Events against a real API server: what the fakes of the unit tests claim, asked of the real one.
import { expect } from 'chai';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { KubeError } from '../../src/kube/kube-error.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import type { Manifest } from '../../src/kube/object.ts';
import { CONFIG_MAP, DEPLOYMENT, EVENT, LEASE, NAMESPACE, POD, POD_DISRUPTION_BUDGET } from '../../src/kube/resource-kind.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createEventRecorder } from '../../src/runtime/event-recorder.ts';
import { createElection } from '../../src/runtime/leader-election.ts';
import type { Election } from '../../src/runtime/leader-election.ts';
import { kubeLease } from '../../src/runtime/lease.ts';
import { createReflector } from '../../src/runtime/reflector.ts';
import type { Reflector } from '../../src/runtime/reflector.ts';
import { kubeSource } from '../../src/runtime/reflector-source.ts';
import { silentLog } from '../../src/telemetry/logger.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { until } from '../support/until.ts';

const NAMESPACE_NAME = 'runtime';

const configMap = (name: string, value: string): Manifest => ({ metadata: { name, namespace: NAMESPACE_NAME }, data: { value } });
const pod = (name: string): Manifest => ({
  metadata: { name, namespace: NAMESPACE_NAME, labels: { app: 'guarded' } },
  spec: { containers: [{ name: 'app', image: 'app' }] },
});

describe('runtime on a real API server', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let client: KubeClient;
  const relists: string[] = [];
  const started: { stop(): Promise<void> }[] = [];

  const follow = (): Reflector<string> => {
    const reflector = createReflector<string>({
      name: 'configmaps',
      source: kubeSource(client, CONFIG_MAP, { namespace: NAMESPACE_NAME }),
      trim: (object) => `${object.metadata.name} ${String((object as unknown as { data?: { value?: string } }).data?.value)}`,
      clock: systemClock,
      random: () => 0,
      log: silentLog,
      metrics: {
        event: () => undefined,
        relisted: (reason) => relists.push(reason),
        failed: () => undefined,
        malformed: () => undefined,
        listenerFailed: () => undefined,
        stopped: () => undefined,
      },
    });
    reflector.start();
    started.push(reflector);
    return reflector;
  };
  const held = (reflector: Reflector<string>): string =>
    [...reflector.values()]
      .filter((value) => !value.startsWith('kube-root-ca'))
      .sort()
      .join(', ');
  const becomes = (reflector: Reflector<string>, wanted: string): Promise<unknown> =>
    until(() => Promise.resolve(held(reflector) === wanted), { what: `the copy is ${wanted}`, everyMs: 5 });
  const failure = async (call: Promise<unknown>): Promise<KubeError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(KubeError);
    return error as KubeError;
  };

  before(async function () {
    this.timeout(1_200_000);
    cluster = await startCluster({ nodes: 1 });
    const endpoint = await loadKubeConfig({ kubeconfig: cluster.kubeconfig, env: {} });
    client = createKubeClient(endpoint, { userAgent: 'runtime-tests' });
    await client.create(NAMESPACE, { metadata: { name: NAMESPACE_NAME } });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
    relists.splice(0);
  });
  after(async () => {
    await client.close();
    await cluster.stop();
  });

  it('follows a collection by WatchList, recreation and an outage of the server included', async () => {
    const ref = { name: 'a', namespace: NAMESPACE_NAME };
    await client.create(CONFIG_MAP, configMap('a', '1'));
    const reflector = follow();
    await reflector.synced;
    expect(held(reflector)).to.equal('a 1');
    await client.mergePatch(CONFIG_MAP, ref, { data: { value: '2' } });
    await client.create(CONFIG_MAP, configMap('b', '1'));
    await becomes(reflector, 'a 2, b 1');
    const changes: string[] = [];
    reflector.onChange(({ type, key }) => changes.push(`${type} ${key}`));
    await client.delete(CONFIG_MAP, ref);
    await client.create(CONFIG_MAP, configMap('a', '3'));
    await becomes(reflector, 'a 3, b 1');
    expect(changes).to.deep.equal(['delete runtime/a', 'add runtime/a']);
    await cluster.stopApiServer();
    await cluster.startApiServer();
    await client.delete(CONFIG_MAP, { name: 'b', namespace: NAMESPACE_NAME });
    await becomes(reflector, 'a 3');
    await client.delete(CONFIG_MAP, ref);
    await becomes(reflector, '');
  });

  it('falls back to pages on a server without WatchList', async () => {
    await cluster.restartApiServer({ featureGates: { WatchList: false } });
    await client.create(CONFIG_MAP, configMap('paged', '1'));
    const reflector = follow();
    await reflector.synced;
    expect(held(reflector)).to.equal('paged 1');
    await client.create(CONFIG_MAP, configMap('watched', '1'));
    await becomes(reflector, 'paged 1, watched 1');
    expect(relists).to.deep.equal(['start']);
    await cluster.restartApiServer();
    for (const name of ['paged', 'watched']) await client.delete(CONFIG_MAP, { name, namespace: NAMESPACE_NAME });
    await becomes(reflector, '');
  });

  it('lists more than one page as one snapshot', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
    for (const name of names)
      await client.create(CONFIG_MAP, {
        ...configMap(name, '1'),
        metadata: { ...configMap(name, '1').metadata, labels: { paged: '' } },
      });
    const list = await client.list(CONFIG_MAP, { namespace: NAMESPACE_NAME, labelSelector: 'paged', limit: 5 });
    expect(list.items.map(({ metadata }) => metadata.name)).to.deep.equal(names);
    const metadata = await client.list(CONFIG_MAP, { namespace: NAMESPACE_NAME, labelSelector: 'paged', metadataOnly: true });
    expect(metadata.items.every((item) => !('data' in item))).to.equal(true);
    for (const name of names) await client.delete(CONFIG_MAP, { name, namespace: NAMESPACE_NAME });
  });

  it('tells refusals of a real server apart', async () => {
    const ref = { name: 'told', namespace: NAMESPACE_NAME };
    const made = await client.create(CONFIG_MAP, configMap('told', '1'));
    const fieldManager = 'mm';
    const told: Record<string, () => Promise<unknown>> = {
      alreadyExists: () => client.create(CONFIG_MAP, configMap('told', '1')),
      'notFound NotFound': () => client.get(CONFIG_MAP, { ...ref, name: 'nobody' }),
      'notFound ': () => client.list({ ...CONFIG_MAP, group: 'nowhere.example', version: 'v1' }),
      'conflict by version': () => client.mergePatch(CONFIG_MAP, ref, { metadata: { resourceVersion: '1' } }),
      'conflict by uid': () => client.delete(CONFIG_MAP, ref, { uid: 'another' }),
      'conflict by manager': () =>
        client.applyServerSide(CONFIG_MAP, ref, { metadata: {}, data: { value: '2' } }, { fieldManager }),
      'invalid by uid on apply': () =>
        client.applyServerSide(CONFIG_MAP, ref, { metadata: { uid: 'another' } }, { fieldManager }),
      'invalid by test': () => client.jsonPatch(CONFIG_MAP, ref, [{ op: 'test', path: '/data/value', value: '7' }]),
      'invalid by body': () =>
        client.create(DEPLOYMENT, {
          metadata: { name: 'bad', namespace: NAMESPACE_NAME },
          spec: { replicas: -1 },
        }),
      'invalid by strictness': () =>
        client.create(CONFIG_MAP, { ...configMap('x', '1'), dta: {} }, { fieldValidation: 'Strict', dryRun: true }),
    };
    const seen: Record<string, string> = {};
    for (const [name, call] of Object.entries(told)) {
      const { kind, reason } = await failure(call());
      seen[name] = name.startsWith('notFound') ? `${kind} ${reason}` : kind;
    }
    expect(seen).to.deep.equal({
      alreadyExists: 'alreadyExists',
      'notFound NotFound': 'notFound NotFound',
      'notFound ': 'notFound ',
      'conflict by version': 'conflict',
      'conflict by uid': 'conflict',
      'conflict by manager': 'conflict',
      'invalid by uid on apply': 'invalid',
      'invalid by test': 'invalid',
      'invalid by body': 'invalid',
      'invalid by strictness': 'invalid',
    });
    expect((await client.get(CONFIG_MAP, ref)).metadata.resourceVersion).to.equal(made.metadata.resourceVersion);
    await client.delete(CONFIG_MAP, ref, { uid: made.metadata.uid });
  });

  it('tells an eviction against a budget from an overloaded server', async () => {
    const guarded = { name: 'guarded', namespace: NAMESPACE_NAME };
    const { metadata } = await client.create(POD, pod('guarded'));
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } };
    await client.create(POD_DISRUPTION_BUDGET, { metadata: guarded, spec });
    await until(
      async () => {
        const budget = await client.get(POD_DISRUPTION_BUDGET, guarded);
        return (budget['status'] as { currentHealthy?: number }).currentHealthy === 1;
      },
      { what: 'the budget counts the pod' },
    );
    expect((await failure(client.evict(guarded, { uid: metadata.uid }))).kind).to.equal('disruptionBudget');
    await client.create(POD_DISRUPTION_BUDGET, { metadata: { ...guarded, name: 'second' }, spec });
    const several = await until(
      async () => {
        const error = await failure(client.evict(guarded, { uid: metadata.uid }));
        return error.status === 500 && error;
      },
      { what: 'the server sees both budgets' },
    );
    expect(several.kind).to.equal('disruptionBudget');
    for (const name of ['guarded', 'second']) await client.delete(POD_DISRUPTION_BUDGET, { name, namespace: NAMESPACE_NAME });
    expect((await failure(client.evict(guarded, { uid: 'another' }))).kind).to.equal('conflict');
    await client.evict(guarded, { uid: metadata.uid });
  });

  it('hands the leadership over at once on release, and in time when the leader is gone', async () => {
    const timing = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 400 };
    const lost: string[] = [];
    const elect = (identity: string): Election => {
      const lease = kubeLease(client, { name: 'operator', namespace: NAMESPACE_NAME });
      const onLost = (): void => void lost.push(identity);
      return createElection({ lease, identity, clock: systemClock, random: Math.random, log: silentLog, timing, onLost });
    };
    const [first, second] = [elect('first'), elect('second')];
    first.start();
    await first.acquired;
    second.start();
    await until(() => Promise.resolve(second.holder() === 'first'), { what: 'the second sees the first' });
    const releasedAt = performance.now();
    await first.release();
    await second.acquired;
    expect(performance.now() - releasedAt).to.be.below(2_500);
    const ref = { name: 'operator', namespace: NAMESPACE_NAME };
    const third = elect('third');
    third.start();
    await client.mergePatch(LEASE, ref, { spec: { holderIdentity: 'killed', leaseDurationSeconds: 3 } });
    await until(() => Promise.resolve(lost.includes('second')), { what: 'the second steps down' });
    const goneAt = performance.now();
    await third.acquired;
    expect(performance.now() - goneAt).to.be.below(6_000);
    expect([first.isLeader(), second.isLeader(), third.isLeader()]).to.deep.equal([false, false, true]);
    await third.release();
    expect((await client.get(LEASE, ref))['spec']).to.deep.include({ holderIdentity: '', leaseDurationSeconds: 1 });
  });

  it('makes one Event of a thing said once, and a series of what is repeated', async () => {
    const namespace = await client.get(NAMESPACE, { name: NAMESPACE_NAME });
    const outcomes: string[] = [];
    let ids = 0;
    const recorder = createEventRecorder({
      writer: client,
      reportingController: 'example.com/operator',
      reportingInstance: 'operator-0',
      clock: systemClock,
      random: Math.random,
      newId: () => `id${String((ids += 1))}`,
      log: silentLog,
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    const regarding = { apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE_NAME, uid: namespace.metadata.uid };
    const note = {
      regarding,
      related: regarding,
      type: 'Normal' as const,
      reason: 'WaveStarted',
      action: 'Start',
      note: 'é'.repeat(2_000),
    };
    recorder.record(note);
    recorder.record(note);
    recorder.record({ ...note, reason: 'WaveCompleted' });
    await recorder.stop();
    expect(outcomes).to.deep.equal(['sent', 'sent', 'sent']);
    const events = await client.list(EVENT, { namespace: 'default' });
    const ours = events.items.filter((event) => event['reportingController'] === 'example.com/operator');
    const series = ours.map((event) => [event['reason'], (event['series'] as { count?: number } | undefined)?.count]);
    expect(series).to.have.deep.members([
      ['WaveStarted', 2],
      ['WaveCompleted', undefined],
    ]);
  });
});

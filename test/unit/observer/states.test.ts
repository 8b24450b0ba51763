// The observer's rules about states of the world, each with a state that a broken operator would cause and one that is right.
import { expect } from 'chai';
import { availability } from '../../support/observer/invariants/availability.ts';
import { concurrentNamespaces } from '../../support/observer/invariants/concurrent-namespaces.ts';
import { concurrentWorkloads } from '../../support/observer/invariants/concurrent-workloads.ts';
import { exactRestore } from '../../support/observer/invariants/exact-restore.ts';
import { honestStatus } from '../../support/observer/invariants/honest-status.ts';
import { meshes } from '../../support/observer/invariants/meshes.ts';
import { readyMeansVerified } from '../../support/observer/invariants/ready-means-verified.ts';
import { residue } from '../../support/observer/invariants/residue.ts';
import type { Seen } from '../../support/observer/world.ts';
import { cutover, deployment, migration, moved, object, pod, record, row, Run, says } from './synthetic.ts';

const namespace = (name: string, labels: object = {}, annotations: object = {}): Seen =>
  object('Namespace', name, {}, { labels, annotations });
const proxied = [{ name: 'app' }, { name: 'linkerd-proxy' }];
const both = [{ name: 'app', env: [{ name: 'http_proxy', value: '$(NODE_NAME):4140' }] }, { name: 'linkerd-proxy' }];

describe('namespaces at once', () => {
  const two = (spec: object): Run =>
    new Run(concurrentNamespaces())
      .see('migrations', migration(spec))
      .see('namespaces', namespace('shop'), namespace('bank'))
      .see('records', record('shop', 'Preflight'), record('bank', 'Pending'));

  it('catches a second namespace where one is allowed', () => {
    expect(two({}).see('records', record('bank', 'Preflight')).end()).to.have.length(1);
  });

  it('lets it pass where two are allowed, where the first is blocked, and where its namespace is gone', () => {
    expect(
      two({ pace: { maxConcurrentNamespaces: 2 } })
        .see('records', record('bank', 'Preflight'))
        .end(),
    ).to.deep.equal([]);
    const blocked = two({}).see('records', record('shop', 'Preflight', { blocked: true }), record('bank', 'Preflight'));
    expect(blocked.end()).to.deep.equal([]);
    expect(two({}).lose('namespaces', namespace('shop')).see('records', record('bank', 'Preflight')).end()).to.deep.equal([]);
  });

  it('lets one namespace go back that a person wants back', () => {
    const asked = { desiredState: 'RolledBack' };
    const run = two({})
      .see('records', record('bank', 'Migrated'))
      .see('records', record('bank', 'Restore', {}, asked));
    expect(run.end()).to.deep.equal([]);
  });
});

describe('workloads at once', () => {
  const shop = (limit: number): Run =>
    new Run(concurrentWorkloads())
      .see('migrations', migration({ pace: { maxConcurrentWorkloads: limit } }))
      .see('records', record('shop', 'Cutover'))
      .see('workloads', deployment('shop/web'), deployment('shop/api'));
  const rolling = (path: string): Seen => deployment(path, moved, { updatedReplicas: 1 });

  it('catches a start beside a rollout that is not complete', () => {
    const run = shop(1).write(cutover('shop/web')).see('workloads', rolling('shop/web')).write(cutover('shop/api'));
    expect(run.end()).to.have.length(1);
  });

  it('catches a start while the record says that enough is in flight', () => {
    const run = shop(1).write(says('shop', { step: 'Cutover', workloads: [row('web', 'Moving'), row('api', 'Moving')] }));
    expect(run.write(cutover('shop/api')).end()).to.have.length(1);
  });

  it('asks the rollouts alone where the turn was announced before it came', () => {
    const workloads = [row('web', 'Moving'), row('db', 'Moving')];
    const said = says('shop', { step: 'Cutover', workloads, keyed: ['uid-of-D:Next:1:template:4'] });
    expect(shop(1).write(said).write(cutover('shop/api')).end()).to.deep.equal([]);
    const rollingToo = shop(1).write(cutover('shop/web')).see('workloads', rolling('shop/web'));
    expect(rollingToo.write(said).write(cutover('shop/api')).end()).to.have.length(1);
  });

  it('lets pass what starts after the other is complete, and two where two are allowed', () => {
    const inTurn = shop(1).write(cutover('shop/web')).see('workloads', rolling('shop/web'), deployment('shop/web', moved));
    expect(inTurn.write(cutover('shop/api')).end()).to.deep.equal([]);
    expect(shop(2).write(cutover('shop/web')).write(cutover('shop/api')).end()).to.deep.equal([]);
  });
});

describe('one mesh per pod', () => {
  const shop = (labels: object): Run => new Run(meshes()).see('namespaces', namespace('shop', labels));

  it('catches a pod with the proxy that still uses the source', () => {
    expect(
      shop({})
        .see('pods', pod('shop/web-1', 'web', { containers: both }))
        .end(),
    ).to.have.length(1);
  });

  it('catches a keyed pod without the proxy while its namespace moves, and only then', () => {
    const keyed = pod('shop/web-1', 'web', { annotations: moved });
    expect(shop({ 'meshmigration.io/moving': 'true' }).see('pods', keyed).end()).to.have.length(1);
    expect(shop({}).see('pods', keyed).end()).to.deep.equal([]);
  });

  it('lets pods of either mesh pass', () => {
    const run = shop({ 'meshmigration.io/moving': 'true' }).see('pods', pod('shop/old', 'web'));
    expect(run.see('pods', pod('shop/new', 'web', { annotations: moved, containers: proxied })).end()).to.deep.equal([]);
  });
});

describe('availability', () => {
  const names = ['a', 'b', 'c', 'd'];
  const served = (): Run =>
    new Run(availability())
      .see('workloads', deployment('shop/web'))
      .see('pods', ...names.map((name) => pod(`shop/web-${name}`, 'web')));
  const rolling = deployment('shop/web', moved, { updatedReplicas: 1, observedGeneration: 0 });

  it('catches a rollout of ours that takes more pods away than the strategy allows', () => {
    const run = served().write(cutover('shop/web')).see('workloads', rolling);
    run.lose('pods', pod('shop/web-a', 'web')).lose('pods', pod('shop/web-b', 'web'));
    expect(run.end()).to.deep.equal(['Deployment/shop/web had 2 ready pods, its strategy allows no fewer than 3']);
  });

  it('lets pass one of four, rollouts of others, and a workload that somebody scales down', () => {
    expect(
      served().write(cutover('shop/web')).see('workloads', rolling).lose('pods', pod('shop/web-a', 'web')).end(),
    ).to.deep.equal([]);
    expect(served().lose('pods', pod('shop/web-a', 'web')).lose('pods', pod('shop/web-b', 'web')).end()).to.deep.equal([]);
    const scaled = served().write(cutover('shop/web')).see('workloads', rolling);
    scaled.lose('pods', pod('shop/web-a', 'web')).lose('pods', pod('shop/web-b', 'web'));
    expect(scaled.see('workloads', deployment('shop/web', moved, {}, 2)).end()).to.deep.equal([]);
  });
});

describe('honest status', () => {
  const good = {
    observedGeneration: 1,
    conditions: [
      { type: 'Ready', status: 'False', message: 'x' },
      { type: 'Reconciling', status: 'True', message: 'x' },
    ],
    namespaces: { total: 2, pending: 1, migrated: 1 },
    waves: [{ name: 'one', namespaces: { total: 2, pending: 1, migrated: 1 } }],
  };
  const said = (status: object): string[] =>
    new Run(honestStatus()).see('migrations', migration({}, { ...good, ...status })).end();

  it('lets a status pass that adds up', () => {
    expect(said({})).to.deep.equal([]);
    expect(
      new Run(honestStatus())
        .see('records', record('shop', 'Cutover', { counts: { total: 1, moving: 1 }, workloads: [row('web', 'Moving')] }))
        .end(),
    ).to.deep.equal([]);
  });

  it('catches a generation that does not exist yet', () => {
    expect(said({ observedGeneration: 2 })).to.have.length(1);
  });

  it('catches counts that do not add up, in a migration, a wave and a record', () => {
    expect(said({ namespaces: { total: 3, pending: 1, migrated: 1 } })).to.have.length(2);
    expect(said({ waves: [{ name: 'one', namespaces: { total: 2, pending: 1 } }] })).to.have.length(1);
    expect(
      new Run(honestStatus()).see('records', record('shop', 'Cutover', { counts: { total: 2, moving: 1 } })).end(),
    ).to.have.length(1);
    expect(
      new Run(honestStatus()).see('records', record('shop', 'Cutover', { workloads: [row('web', 'Moving')] })).end(),
    ).to.have.length(1);
  });

  it('catches conditions that contradict each other or say nothing', () => {
    const conditions = (...types: string[]): object[] => types.map((type) => ({ type, status: 'True', message: 'x' }));
    expect(said({ conditions: [...conditions('Reconciling', 'Stalled'), { type: 'Ready', status: 'False' }] })).to.have.length(1);
    expect(said({ conditions: conditions('Ready', 'Stalled') })).to.have.length(1);
    expect(said({ conditions: conditions('Reconciling') })).to.have.length(1);
    expect(said({ conditions: [{ type: 'Ready', status: 'True', message: '' }] })).to.have.length(1);
  });
});

describe('ready means verified', () => {
  const ready = migration({}, { conditions: [{ type: 'Ready', status: 'True', message: 'x' }] });
  const committed = { 'meshmigration.io/to': 'linkerd2' };
  const world = (one: { labels?: object; step?: string; containers?: object[] }): string[] =>
    new Run(readyMeansVerified())
      .see('namespaces', namespace('shop', one.labels ?? committed))
      .see('records', record('shop', one.step ?? 'Migrated'))
      .see('pods', pod('shop/web-1', 'web', { containers: one.containers ?? proxied }))
      .see('migrations', ready)
      .end();

  it('lets pass a migration whose namespaces are all there', () => {
    expect(world({})).to.deep.equal([]);
  });

  it('catches one with a namespace elsewhere, not committed, with a pod outside the target, or without a record', () => {
    expect(world({ step: 'Soak' })).to.have.length(1);
    expect(world({ labels: {} })).to.have.length(1);
    expect(world({ containers: [{ name: 'app' }] })).to.have.length(1);
    expect(new Run(readyMeansVerified()).see('namespaces', namespace('shop')).see('migrations', ready).end()).to.have.length(1);
  });

  it('catches keys that are left after a rollback', () => {
    const back = { ...ready, spec: { ...(ready['spec'] as object), desiredState: 'RolledBack' } };
    const run = new Run(readyMeansVerified()).see('namespaces', namespace('shop')).see('records', record('shop', 'RolledBack'));
    expect(run.see('workloads', deployment('shop/web', moved)).see('migrations', back).end()).to.have.length(1);
  });
});

describe('exact restore', () => {
  const originals = { originals: { annotations: [{ key: 'linkerd.io/inject', present: true, value: '' }] } };
  const back = (now: Seen, workload = deployment('shop/web', { team: 'a' })): string[] =>
    new Run(exactRestore())
      .see('workloads', deployment('shop/web', { team: 'a' }), deployment('shop/web', { team: 'a', ...moved }), workload)
      .see('namespaces', now)
      .see('records', record('shop', 'Restore', {}, originals), record('shop', 'RolledBack', {}, originals))
      .end();

  it('lets pass what is as it was, the key of a restart aside', () => {
    const was = namespace('shop', {}, { 'linkerd.io/inject': '' });
    expect(back(was)).to.deep.equal([]);
    expect(back(was, deployment('shop/web', { team: 'a', 'meshmigration.io/restored': 'x-1' }))).to.deep.equal([]);
  });

  it('catches an absent key that was empty, a label that is left, and another template', () => {
    expect(back(namespace('shop'))).to.have.length(1);
    expect(back(namespace('shop', { 'meshmigration.io/moving': 'true' }, { 'linkerd.io/inject': '' }))).to.have.length(1);
    expect(back(namespace('shop', {}, { 'linkerd.io/inject': '' }), deployment('shop/web', {}))).to.have.length(1);
  });
});

describe('no residue', () => {
  it('catches the moving label at an end and without a migration, and a finalizer that nobody asked for', () => {
    const moving = { 'meshmigration.io/moving': 'true' };
    const run = new Run(residue())
      .see('migrations', { ...migration(), metadata: { ...migration().metadata, finalizers: ['meshmigration.io/rollback'] } })
      .see('namespaces', namespace('shop', moving), namespace('bank', moving), namespace('farm', moving))
      .see('records', record('shop', 'Migrated'), record('farm', 'Cutover'));
    expect(run.end()).to.have.length(3);
  });
});

// Who moves and who does not, as a plan foretells it: by the operator's own listing, membership and preflight.

import { expect } from 'chai';
import { parse } from 'yaml';
import type { Plan, PlannedWorkload } from '../../../src/cli/plan/plan.ts';
import { configuration, daemonSet, migration, namespace, plan, planned, planOf, service, web } from './planning.ts';

const base = [namespace, service, configuration('config.yaml'), daemonSet, web];
const operator = (...args: readonly string[]): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: {
    ...{ name: 'meshmigration', namespace: 'operators' },
    labels: { 'app.kubernetes.io/name': 'meshmigration', 'app.kubernetes.io/component': 'operator' },
  },
  spec: { template: { spec: { containers: [{ name: 'operator', image: 'meshmigration:0.1.0', args }] } } },
});
const selected = (name: string, more: object = {}): object => ({
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name, labels: { team: 'shop' }, ...more },
});
const inShop = (kind: string, name: string, spec: object, metadata: object = {}): object => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop', ...metadata } },
  spec: { template: { metadata: {}, spec: { containers: [{ name: 'app', image: 'app:1' }] } }, ...spec },
});
const shopOf = ({ waves }: Plan): Plan['waves'][number]['namespaces'][number] | undefined => waves[0]?.namespaces[0];
const workloadsOf = (found: Plan): Map<string, PlannedWorkload> =>
  new Map(shopOf(found)?.workloads.map((one) => [`${one.kind}/${one.name}`, one]));

describe('a plan of workloads', () => {
  it('says of each why it stays, as the operator would list it, and what to do', async () => {
    const controller = [{ apiVersion: 'example.test/v1', kind: 'App', name: 'shop', uid: 'u', controller: true }];
    const found = await planned(
      ...base,
      inShop('StatefulSet', 'single', { replicas: 1 }),
      inShop('Deployment', 'recreated', { strategy: { type: 'Recreate' } }),
      inShop('Deployment', 'owned', {}, { ownerReferences: controller }),
      inShop('Deployment', 'held', {}, { annotations: { 'meshmigration.io/hold': 'audit' } }),
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', namespace: 'shop' }, spec: { containers: [{ name: 'app' }] } },
    );
    expect(found.code).to.equal(1);
    const whys = [...workloadsOf(found)].map(([name, { moves, why = '' }]) => `${name}: ${moves ? 'moves' : why}`);
    expect(whys).to.deep.equal([
      'Deployment/web: moves',
      'Deployment/recreated: its strategy is Recreate: all pods stop before new ones start',
      'Deployment/owned: it is owned by App/shop, which would revert the change',
      'Deployment/held: held by a person: audit',
      'StatefulSet/single: its only pod would stop before a new one is Ready (StatefulSet without surge)',
      'Pod/bare: a pod without a controller',
    ]);
    expect([...workloadsOf(found).values()].filter(({ moves, remedy = '' }) => !moves && remedy === '')).to.deep.equal([]);
    for (const format of ['table', 'markdown'])
      expect((await plan(format, ...base, inShop('StatefulSet', 'single', { replicas: 1 }))).text).to.contain('without surge');
  });

  it('needs nobody where a person accepted what stays, and where it moved already', async () => {
    const accept = { annotations: { 'meshmigration.io/accept': 'goes in spring' } };
    const marks = { to: 'linkerd2', from: 'linkerd1', cutover: 'abcdef12-1' };
    const annotations = Object.fromEntries(Object.entries(marks).map(([key, value]) => [`meshmigration.io/${key}`, value]));
    const template = { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'app:1' }] } };
    const objects = [
      ...base,
      inShop('StatefulSet', 'single', { replicas: 1 }, accept),
      inShop('Deployment', 'moved', { template }),
    ];
    const found = await planned(...objects);
    expect(found.code).to.equal(0);
    expect(workloadsOf(found).get('StatefulSet/single')).to.deep.include({ moves: false, accepted: 'goes in spring' });
    expect(workloadsOf(found).get('Deployment/moved')).to.deep.equal({
      ...{ kind: 'Deployment', name: 'moved', moves: false, already: true },
    });
    expect((await plan('table', ...objects)).text)
      .to.contain('moved already')
      .and.to.contain('stays, accepted');
  });

  it('knows where the operator is that NetworkPolicies must let in', async () => {
    const whyWith = async (from: string): Promise<string | undefined> => {
      const admitted = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': from } } };
      const policy = {
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'some', namespace: 'shop' } },
        spec: { podSelector: {}, ingress: [{ from: [admitted] }] },
      };
      return workloadsOf(await planned(...base, operator(), policy)).get('Deployment/web')?.why;
    };
    expect(await whyWith('operators')).to.equal(undefined);
    expect(await whyWith('meshmigration-system')).to.include('lets the operator not in on 4191');
  });

  it('tells what to take out of Git of what moved already', async () => {
    const annotations = {
      'meshmigration.io/to': 'linkerd2',
      'meshmigration.io/from': 'linkerd1',
      'meshmigration.io/cutover': 'a-1',
    };
    const env = [{ name: 'http_proxy', value: 'http://l5d.linkerd:4140' }];
    const template = { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'app:1', env }] } };
    const found = await planned(...base, inShop('Deployment', 'moved', { template }));
    expect(found.code).to.equal(0);
    expect(workloadsOf(found).get('Deployment/moved')).to.deep.equal({
      ...{ kind: 'Deployment', name: 'moved', moves: false, already: true },
      why: 'its template still points at the source: spec.containers[app].env[http_proxy]',
      remedy: 'Take this out of the template in Git; it does nothing as long as the admission of the operator is installed.',
    });
  });

  it('stops where the operator’s preflight would', async () => {
    const held = selected('shop', { annotations: { 'meshmigration.io/hold': 'freeze' } });
    const found = await planned(held, ...base.slice(1));
    expect(found.code).to.equal(1);
    expect(shopOf(found)?.blockers[0]?.message).to.equal('held by a person: freeze');
  });
});

describe('a plan of namespaces', () => {
  it('tells which are selected and left alone, and why', async () => {
    const objects = [
      ...base,
      operator('/app/operator.js', '--exclude-namespace', 'guarded', '--exclude-namespace=sealed'),
      ...['guarded', 'sealed', 'operators', 'kube-system', 'linkerd'].map((name) => selected(name)),
    ];
    const found = await planned(...objects);
    expect(found.passedOver).to.deep.equal([
      { name: 'guarded', why: 'the operator is told to by --exclude-namespace' },
      { name: 'kube-system', why: 'the operator never touches kube-*' },
      { name: 'linkerd', why: 'something in it looks like a mesh of this migration' },
      { name: 'operators', why: 'the operator itself is there' },
      { name: 'sealed', why: 'the operator is told to by --exclude-namespace' },
    ]);
    expect(found.waves[0]?.namespaces.map(({ name }) => name)).to.deep.equal(['shop']);
    expect(found.notes.join()).not.to.contain('--exclude-namespace');
    for (const format of ['table', 'markdown'])
      expect((await plan(format, ...objects)).text)
        .to.match(/selected and left alone/i)
        .and.to.contain('guarded');
  });

  it('says that it does not know the operator’s flags where it can not see them', async () => {
    expect((await planned(...base)).notes.join()).to.contain('--exclude-namespace of the operator names are not known');
  });

  const other = (name: string): object => ({
    ...{ ...migration, metadata: { name, uid: `uid-of-${name}` } },
    spec: { ...migration.spec, waves: [{ name: 'only', namespaces: ['shop'] }] },
  });
  const record = (name: string, step: string): object => ({
    ...{ apiVersion: 'meshmigration.io/v1alpha1', kind: 'NamespaceMigration', metadata: { name: 'shop', uid: 'r' } },
    spec: {
      ...{ migrationRef: { name, uid: `uid-of-${name}` }, source: 'Linkerd1', target: 'Linkerd2', wave: 'first' },
      ...{ namespaceUID: 'shop', originals: {} },
    },
    status: { step },
  });

  it('is blocked where another migration has one of them', async () => {
    const found = await planned(...base, other('earlier'), record('earlier', 'Soak'));
    expect(found.code).to.equal(1);
    expect(shopOf(found)?.blockers[0]?.message).to.equal('the namespace belongs to MeshMigration earlier (Linkerd1 to Linkerd2)');
    expect(shopOf(found)?.blockers[0]?.remedy).to.contain('out of one of them');
  });

  it('says where another migration selects one that nobody has yet', async () => {
    const found = await planned(...base, other('later'));
    expect(found.code).to.equal(0);
    expect(shopOf(found)?.notes.join()).to.contain('MeshMigration later selects it, too');
  });

  it('says where its own record of one stands', async () => {
    const stored = { ...migration, metadata: { name: 'all', uid: 'uid-of-all' } };
    const objects = [...base, stored, record('all', 'Soak')];
    const found = await planned(...objects);
    expect(shopOf(found)).to.deep.include({ name: 'shop', step: 'Soak', blockers: [] });
    expect((await plan('table', ...objects)).text).to.match(/shop\s+Soak/);
  });

  it('is blocked as a whole where a wave names one that the operator never touches', async () => {
    const named = { ...migration, spec: { ...migration.spec, waves: [{ name: 'only', namespaces: ['shop'] }] } };
    const { code, text } = await planOf(named, 'yaml', [...base, operator('--exclude-namespace=shop')]);
    const { blockers } = parse(text) as Plan;
    expect(code).to.equal(1);
    expect(blockers).to.deep.equal([
      {
        message: 'spec.waves[0].namespaces: "shop" is a namespace that the operator never touches',
        remedy: 'Take "shop" out of wave "only".',
      },
    ]);
  });
});

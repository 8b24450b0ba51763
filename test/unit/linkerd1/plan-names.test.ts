// Objects that make names work: aliases, port entries, routes.

import { expect } from 'chai';
import { changedAnswers, clusterAfter } from '../../../src/mesh/linkerd1/translate/after-plan.ts';
import { judgeCall } from '../../../src/mesh/linkerd1/translate/judge.ts';
import type { NamePlan } from '../../../src/mesh/linkerd1/translate/planned.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';
import { call, cluster, judge, parts, plan } from './naming-world.ts';

describe('the plan for names', () => {
  const manifests = (planned: NamePlan): object[] =>
    planned.objects.map(({ how, manifest }) => ({ how, ...manifest.metadata, spec: manifest.spec }));

  it('adds one entry to a Service of somebody else, and nothing besides', () => {
    expect(manifests(plan([judge('default', 'ledger-v1'), judge('shop', 'ledger-v1.default')]))).to.deep.equal([
      {
        how: 'applyPort',
        name: 'ledger-v1',
        namespace: 'default',
        spec: { ports: [{ name: 'mm-80', port: 80, protocol: 'TCP', targetPort: 7777 }] },
      },
    ]);
  });

  it('names the unnamed port of a Service that gets a second one', () => {
    const verdict = judge('default', 'plain', '/svc/plain => /#/io.l5d.k8s/default/8080/plain');
    expect(plan([verdict]).objects[0]?.manifest.spec).to.deep.equal({
      ports: [
        { name: 'mm-unnamed', port: 8080, protocol: 'TCP' },
        { name: 'mm-80', port: 80, protocol: 'TCP', targetPort: 8080 },
      ],
    });
  });

  it('makes an ExternalName for a Service of another namespace that has the port', () => {
    expect(manifests(plan([judge('shop', 'hello')]))).to.deep.equal([
      {
        how: 'create',
        name: 'hello',
        namespace: 'shop',
        labels: { by: 'test' },
        spec: { type: 'ExternalName', externalName: 'hello.default.svc.cluster.local' },
      },
    ]);
  });

  it('makes an alias with the pods of its destination where both live in one namespace', () => {
    const planned = plan([judge('default', 'ledger', '/host/ledger => /host/ledger-v1')]);
    expect(planned.aliases).to.deep.equal([
      {
        at: { namespace: 'default', name: 'ledger' },
        shape: 'pods',
        policyParent: { namespace: 'default', name: 'ledger' },
        podsOf: { namespace: 'default', name: 'ledger-v1' },
      },
    ]);
    expect(planned.objects[0]?.manifest.spec).to.deep.equal({
      type: 'ClusterIP',
      selector: { app: 'ledger-v1' },
      ports: [{ name: 'mm-80', port: 80, protocol: 'TCP', targetPort: 7777 }],
    });
  });

  it('adds the port elsewhere first, or routes when it must not', () => {
    const verdict = judge('shop', 'ledger', '/host/ledger => /host/ledger-v1');
    expect(
      plan([verdict]).objects.map(({ how, manifest }) => `${how} ${manifest.metadata.namespace}/${manifest.metadata.name}`),
    ).to.deep.equal(['applyPort default/ledger-v1', 'create shop/ledger']);
    const reported = plan([verdict], 'Report');
    expect(reported.aliases[0]?.shape).to.equal('routeOnly');
    expect(reported.objects.map(({ manifest }) => manifest.kind)).to.deep.equal(['Service', 'HTTPRoute']);
    expect(reported.objects[0]?.manifest.spec).not.to.have.property('selector');
  });

  it('shares calls out by whole weights, with the selector of the heaviest and a rule that matches all', () => {
    const planned = plan([judge('default', 'world', '/host/world => 0.9*/host/world-v1 & 0.1*/host/world-v2')]);
    const backend = (name: string, weight: number): object => ({
      group: '',
      kind: 'Service',
      name,
      namespace: 'default',
      port: 7778,
      weight,
    });
    expect(planned.objects[0]?.manifest.spec).to.have.deep.property('selector', { app: 'world-v1' });
    expect(planned.objects[1]?.manifest).to.deep.include({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      spec: {
        parentRefs: [{ group: '', kind: 'Service', name: 'world', namespace: 'default', port: 80 }],
        rules: [{ backendRefs: [backend('world-v1', 9), backend('world-v2', 1)] }],
      },
    });
  });

  it('routes by method with a rule for all the rest', () => {
    const dtab = '/svc/1.1/* => /host; /svc/1.1/POST/apex => /host/apex-v2';
    const verdict = judge('default', 'apex', dtab, '  identifier: {kind: io.l5d.methodAndHost}');
    const rules = plan([verdict]).objects[0]?.manifest.spec?.['rules'] as { matches?: object[] }[];
    expect(rules.map((rule) => rule.matches)).to.deep.equal([[{ method: 'POST' }], undefined]);
  });

  it('says so when callers mean different things by one name', () => {
    const one = judge('default', 'ledger', '/host/ledger => /host/ledger-v1');
    const other = judge('default', 'ledger', '/host/ledger => /host/world-v1');
    expect(plan([one, other]).conflicts).to.deep.equal(['callers mean different destinations by default/ledger:80']);
  });

  it('makes every planned name work, and changes no answer of Linkerd 1', () => {
    const dtab = '/host/ledger => /host/ledger-v1; /svc/plain => /#/io.l5d.k8s/default/8080/plain';
    const calls = [
      call('shop', 'hello'),
      call('default', 'ledger-v1'),
      call('default', 'ledger'),
      call('shop', 'ledger'),
      call('default', 'plain'),
    ];
    const before = parts(dtab);
    const planned = plan(calls.map((one) => judgeCall(namingWorld(before), one)));
    const after = namingWorld({ ...before, cluster: clusterAfter(cluster, planned) });
    expect(calls.map((one) => judgeCall(after, one)).map((verdict) => verdict.verdict)).to.deep.equal(calls.map(() => 'works'));
    const names = ['hello', 'ledger', 'ledger.shop', 'hello.shop', 'ledger-v1', 'plain', 'nosuch'].map((name) => ['svc', name]);
    expect(changedAnswers(before, planned, names)).to.deep.equal([]);
  });

  it('notices an answer that a new port would change', () => {
    const before = parts('/svc => /#/io.l5d.k8s/default/80');
    const planned = plan([judge('default', 'ledger-v1')]);
    expect(
      changedAnswers(before, planned, [
        ['svc', 'ledger-v1'],
        ['svc', 'hello'],
      ]),
    ).to.deep.equal(['/svc/ledger-v1']);
  });
});

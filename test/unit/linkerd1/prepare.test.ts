// Names and policies together: what they share, and what excludes each other.

import { expect } from 'chai';
import type { Prepared } from '../../../src/mesh/linkerd1/translate/prepare.ts';
import { prepare } from '../../../src/mesh/linkerd1/translate/prepare.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';
import { call, parts, usual } from './naming-world.ts';

const retries =
  '  service: {totalTimeoutMs: 2000, responseClassifier: {kind: io.l5d.http.retryableRead5XX}, retries: {budget: {percentCanRetry: 0.1}}}\n';
const accrual = '  client: {failureAccrual: {kind: io.l5d.consecutiveFailures, failures: 3}}\n';
const world = '/host/world => 9*/host/world-v1 & 1*/host/world-v2';

function prepared(calls: [string, string][], dtab: string, router: string, routes: 'Auto' | 'ServiceProfile' = 'Auto'): Prepared {
  const options = { dtabs: [usual, dtab], servicePorts: 'Add', routes, stamp: <T>(manifest: T): T => manifest } as const;
  return prepare(
    namingWorld(parts(dtab, router)),
    calls.map(([from, name]) => call(from, name)),
    options,
  );
}
const list = (made: Prepared): string[] =>
  made.objects.map(({ how, manifest }) => `${how} ${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`);

describe('preparing callers', () => {
  it('puts shares and retries of a name on the same routes', () => {
    const made = prepared([['default', 'world']], world, retries);
    expect(list(made)).to.deep.equal([
      'create Service default/world',
      'create HTTPRoute default/meshmigration-world-80-retry',
      'create HTTPRoute default/meshmigration-world-80',
    ]);
    const [, retry, rest] = made.objects.map(({ manifest }) => manifest);
    expect(retry?.metadata.annotations).to.deep.equal({
      'timeout.linkerd.io/request': '2s',
      'retry.linkerd.io/http': '5xx',
      'retry.linkerd.io/limit': '1',
    });
    expect(rest?.metadata.annotations).to.deep.equal({ 'timeout.linkerd.io/request': '2s' });
    for (const route of [retry, rest]) expect(route?.spec).to.have.nested.property('rules[0].backendRefs[0].weight', 9);
    expect(made.policies[0]).to.include({
      mode: 'GatewayAPI',
      because: 'its names need routes, which a ServiceProfile would switch off',
    });
  });

  it('uses weights of a ServiceProfile and no route when a person wants ServiceProfiles', () => {
    const made = prepared([['default', 'world']], world, retries, 'ServiceProfile');
    expect(list(made)).to.deep.equal([
      'create Service default/world',
      'create ServiceProfile default/world.default.svc.cluster.local',
    ]);
    expect(made.objects[1]?.manifest.spec).to.have.deep.property('dstOverrides', [
      { authority: 'world-v1.default.svc.cluster.local:7778', weight: '9' },
      { authority: 'world-v2.default.svc.cluster.local:7778', weight: '1' },
    ]);
  });

  it('annotates an alias at birth and the Service of somebody else by an apply of its own', () => {
    const made = prepared(
      [
        ['default', 'ledger'],
        ['default', 'hello'],
      ],
      '/host/ledger => /host/ledger-v1',
      accrual,
    );
    expect(list(made)).to.deep.equal(['create Service default/ledger', 'applyAnnotations Service default/hello']);
    for (const { manifest } of made.objects) {
      expect(manifest.metadata.annotations).to.include({ 'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '3' });
    }
  });

  it('puts policies on the Service that an ExternalName leads to', () => {
    const made = prepared([['shop', 'hello']], '', retries);
    expect(list(made)).to.deep.equal([
      'create Service shop/hello',
      'create ServiceProfile default/hello.default.svc.cluster.local',
    ]);
  });

  it('says so when names of one Service come with different policies', () => {
    const router =
      '  service: {kind: io.l5d.static, configs: [{prefix: /svc/hello, totalTimeoutMs: 1}, {prefix: /svc/hello.default, totalTimeoutMs: 2}]}\n';
    const made = prepared(
      [
        ['default', 'hello'],
        ['shop', 'hello.default'],
      ],
      '',
      router,
    );
    expect(made.conflicts).to.deep.equal([
      'Service default/hello is called by names with different policies: /svc/hello, /svc/hello.default; those of /svc/hello are taken',
    ]);
  });

  it('makes nothing for blocked names, and only proposes an EgressNetwork', () => {
    const made = prepared(
      [
        ['shop', 'twin'],
        ['shop', 'example.com'],
      ],
      '',
      retries,
    );
    expect(list(made)).to.deep.equal([]);
    expect(made.proposals.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).to.deep.equal(['EgressNetwork shop']);
  });
});

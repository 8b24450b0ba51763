// Policies, the mapping table, and the two offline commands' functions.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { ClientPolicy, ServicePolicy } from '../../../src/mesh/linkerd1/config/model.ts';
import { readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import type { Fields, Schema } from '../../../src/mesh/linkerd1/config/schema.ts';
import { LINKER } from '../../../src/mesh/linkerd1/config/schema-top.ts';
import { delegateOffline } from '../../../src/mesh/linkerd1/translate/delegate-offline.ts';
import { showDuration } from '../../../src/mesh/linkerd1/translate/durations.ts';
import { mappingPage } from '../../../src/mesh/linkerd1/translate/mapping-page.ts';
import { MAPPING, rowOf } from '../../../src/mesh/linkerd1/translate/mapping-table.ts';
import { reportFields } from '../../../src/mesh/linkerd1/translate/report-fields.ts';
import { translateConfig } from '../../../src/mesh/linkerd1/translate/translate-config.ts';
import type { PolicyPlan } from '../../../src/mesh/linkerd1/translate/translate-policy.ts';
import { translatePolicy } from '../../../src/mesh/linkerd1/translate/translate-policy.ts';

const parent = { namespace: 'default', name: 'ledger' };
const translate = (
  service: ServicePolicy,
  client: ClientPolicy = {},
  routes: 'Auto' | 'GatewayAPI' | 'ServiceProfile' = 'Auto',
): PolicyPlan => translatePolicy({ service, client }, { parent, ports: [80], clusterDomain: 'cluster.local' }, routes);
const reads = { kind: 'io.l5d.http.retryableRead5XX' };
const parentRefs = [{ group: '', kind: 'Service', name: 'ledger', namespace: 'default', port: 80 }];

describe('policies of a Service', () => {
  it('need nothing where Linkerd 2 does the same by itself', () => {
    for (const policy of [
      {},
      { responseClassifier: { kind: 'io.l5d.http.nonRetryable5XX' }, retries: { budget: { ttlSecs: 15 } } },
    ]) {
      expect(translate(policy, { failureAccrual: { kind: 'none' }, loadBalancer: { kind: 'ewma' } })).to.include({
        mode: 'none',
      });
    }
  });

  it('become a route for the methods that may be retried and one for all others', () => {
    const { mode, manifests } = translate({ responseClassifier: reads, totalTimeoutMs: 5000 }, { requestAttemptTimeoutMs: 250 });
    expect(mode).to.equal('GatewayAPI');
    const matches = ['GET', 'HEAD', 'OPTIONS', 'TRACE'].map((method) => ({ method }));
    const retry = { 'retry.linkerd.io/http': '5xx', 'retry.linkerd.io/limit': '1', 'retry.linkerd.io/timeout': '250ms' };
    const timeout = { 'timeout.linkerd.io/request': '5s' };
    expect(manifests).to.deep.equal([
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'meshmigration-ledger-80-retry', namespace: 'default', annotations: { ...timeout, ...retry } },
        spec: { parentRefs, rules: [{ matches }] },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'meshmigration-ledger-80', namespace: 'default', annotations: timeout },
        spec: { parentRefs, rules: [{ timeouts: { backendRequest: '250ms' } }] },
      },
    ]);
  });

  it('retry everything by one route, twice only where the budget allows more than one retry a request', () => {
    const [route] = translate(
      { responseClassifier: { kind: 'io.l5d.http.retryableAll5XX' }, retries: { budget: { percentCanRetry: 2 } } },
      {},
      'GatewayAPI',
    ).manifests;
    expect(route?.metadata.annotations).to.deep.equal({ 'retry.linkerd.io/http': '5xx', 'retry.linkerd.io/limit': '2' });
  });

  it('become a ServiceProfile where a budget is written', () => {
    const plan = translate({
      responseClassifier: reads,
      totalTimeoutMs: 100,
      retries: { budget: { minRetriesPerSec: 10, percentCanRetry: 0.5, ttlSecs: 15 } },
    });
    expect(plan).to.include({ mode: 'ServiceProfile', because: 'only a ServiceProfile has a retry budget' });
    const timeout = '100ms';
    expect(plan.manifests).to.deep.equal([
      {
        apiVersion: 'linkerd.io/v1alpha2',
        kind: 'ServiceProfile',
        metadata: { name: 'ledger.default.svc.cluster.local', namespace: 'default' },
        spec: {
          routes: [
            ...['GET', 'HEAD', 'OPTIONS', 'TRACE'].map((method) => ({
              name: method,
              condition: { method },
              isRetryable: true,
              timeout,
            })),
            { name: 'all', condition: { pathRegex: '/.*' }, timeout },
          ],
          retryBudget: { retryRatio: 0.5, minRetriesPerSecond: 10, ttl: '15s' },
        },
      },
    ]);
  });

  const choices: [string, ServicePolicy, ClientPolicy, string][] = [
    [
      'circuit breaking',
      { responseClassifier: reads, retries: { budget: {} } },
      { failureAccrual: { kind: 'io.l5d.consecutiveFailures', failures: 3 } },
      'GatewayAPI',
    ],
    [
      'a timeout for attempts',
      { responseClassifier: reads, retries: { budget: {} } },
      { requestAttemptTimeoutMs: 1 },
      'GatewayAPI',
    ],
    ['5XX called a success', { responseClassifier: { kind: 'io.l5d.http.allSuccessful' } }, {}, 'ServiceProfile'],
    ['gRPC', { responseClassifier: { kind: 'io.l5d.h2.grpc.default' }, retries: { budget: {} } }, {}, 'GatewayAPI'],
  ];
  for (const [what, service, client, mode] of choices)
    it(`with ${what} become ${mode}`, () => expect(translate(service, client)).to.include({ mode }));

  it('never have routes and a ServiceProfile at once', () => {
    for (const [, service, client] of choices) {
      for (const routes of ['Auto', 'GatewayAPI', 'ServiceProfile'] as const) {
        const kinds = new Set(translate(service, client, routes).manifests.map((manifest) => manifest.kind === 'ServiceProfile'));
        expect(kinds.size).to.be.lessThan(2);
      }
    }
  });

  it('carry failure accrual as annotations of the Service', () => {
    const consecutive = translate(
      {},
      { failureAccrual: { kind: 'io.l5d.consecutiveFailures', failures: 3, backoff: { kind: 'constant', ms: 500 } } },
    );
    expect(consecutive.serviceAnnotations).to.deep.equal({
      'balancer.linkerd.io/failure-accrual': 'consecutive',
      'balancer.linkerd.io/failure-accrual-consecutive-max-failures': '3',
      'balancer.linkerd.io/failure-accrual-consecutive-min-penalty': '500ms',
      'balancer.linkerd.io/failure-accrual-consecutive-max-penalty': '500ms',
    });
    const rate = translate({}, { failureAccrual: { kind: 'io.l5d.successRate', successRate: 0.9, requests: 20 } });
    expect(rate.serviceAnnotations).to.include({ 'balancer.linkerd.io/failure-accrual': 'unified' });
    expect(
      translate(
        {},
        { failureAccrual: { kind: 'io.l5d.successRate', successRate: 0.9, requests: 20 } },
        'ServiceProfile',
      ).notes.join(),
    ).to.contain('failureAccrual is lost');
  });

  it('retry gRPC by the codes that can be retried', () => {
    const [route] = translate({
      responseClassifier: { kind: 'io.l5d.h2.grpc.retryableStatusCodes', retryableStatusCodes: [14, 2, 4] },
    }).manifests;
    expect(route).to.include({ kind: 'GRPCRoute' });
    expect(route?.metadata.annotations).to.include({ 'retry.linkerd.io/grpc': 'unavailable,deadline-exceeded' });
  });

  it('write durations that both readers take', () => {
    expect([0, 250, 5000, 120_500, 3_600_000, 400_000_000].map(showDuration)).to.deep.equal([
      '0s',
      '250ms',
      '5s',
      '120s500ms',
      '1h',
      '111h400s',
    ]);
  });
});

function setsOf(schema: Schema): Fields[] {
  if (schema.type === 'object') return [schema.fields];
  return schema.type === 'kind' ? [schema.shared, ...[...schema.kinds.values()].map((kind) => kind.fields)] : [];
}

/** Blocks have rows for their kinds, which say nothing about the fields inside. */
function hasRow(field: string): boolean {
  return MAPPING.some((row) => row.field === field && row.value !== 'io.l5d.static' && row.value !== 'io.l5d.global');
}

function itemField(field: string): string {
  if (field.endsWith('.configs')) return field.slice(0, -'.configs'.length);
  return field === 'routers[].identifier' ? field : `${field}[]`;
}

function unmapped(schema: Schema, field: string, covered: boolean): string[] {
  if (schema.type === 'list') return unmapped(schema.of, itemField(field), covered);
  const sets = setsOf(schema);
  const kinds = schema.type === 'kind' && !covered && field !== 'routers[]' ? [...schema.kinds.keys()] : [];
  const missing = kinds.filter((kind) => !rowOf(field, kind)).map((kind) => `${field} = ${kind}`);
  if (sets.length === 0 && !covered) missing.push(field);
  const inner = sets
    .flatMap((fields) => [...fields])
    .flatMap(([name, child]) => {
      const path = field === '' ? name : `${field}.${name}`;
      return unmapped(child, path, covered || hasRow(path) || hasRow(`${path}[]`) || hasRow(field));
    });
  return [...missing, ...inner];
}

describe('the mapping table', () => {
  it('has a row for every field and every kind that Linkerd 1 knows, on it or around it', () => {
    expect(unmapped(LINKER, '', false)).to.deep.equal([]);
  });

  it('says for everything approximate what differs and for everything lost what to do', () => {
    for (const row of MAPPING) {
      for (const fate of [row.gateway, row.serviceProfile]) {
        if (fate && fate.class !== 'equivalent') expect(fate.text.length, row.field).to.be.greaterThan(3);
      }
    }
  });

  it('has one row for each field and value', () => {
    const keys = MAPPING.map((row) => `${row.field} ${row.value ?? ''}`);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('is what the documentation page shows', () => {
    expect(readFileSync(new URL('../../../docs/linkerd1-mapping.md', import.meta.url), 'utf8')).to.equal(mappingPage());
  });

  it('tells TLS inside the cluster from TLS to hosts outside', () => {
    const client =
      'client: {kind: io.l5d.static, configs: [{prefix: /#/io.l5d.k8s, tls: {}}, {prefix: /$/inet, tls: {}}, {prefix: /, tls: {}}]}';
    const { config } = readLinkerdConfig(`routers: [{protocol: http, servers: [{port: 1}], ${client}}]`);
    const tls = reportFields(config!, 'GatewayAPI').filter((field) => field.path.endsWith('.tls'));
    expect(tls.map((field) => `${String(field.value)} ${field.fate.class}`)).to.deep.equal([
      'inside equivalent',
      'outside lost',
      'both approximate',
    ]);
  });
});

describe('kubectl mm translate', () => {
  it('ends with 2 for what is no configuration, with 1 for what Linkerd 1 would fail with', () => {
    expect(translateConfig('routers: [')).to.include({ exitCode: 2 });
    expect(translateConfig('routers: []')).to.include({ exitCode: 1 });
  });
});

describe('kubectl mm delegate', () => {
  const objects = [readFileSync(new URL('../../recordings/linkerd1/k8s/objects.yaml', import.meta.url), 'utf8')];
  const config = readFileSync(new URL('../../recordings/linkerd1/k8s/linkerd.yaml', import.meta.url), 'utf8');

  it('applies the dtab of the router, or the given one in its place', () => {
    expect(delegateOffline({ config, objects, path: '/svc/hello.default' })).to.include({ exitCode: 0 });
    expect(delegateOffline({ config, objects, path: '/svc/hello.default', dtab: '' })).to.include({ exitCode: 1 });
    expect(delegateOffline({ config, objects, path: '/svc/flaky.shop', namespace: 'incoming' })).to.include({ exitCode: 0 });
  });

  it('asks a dtab alone with the directories that are given', () => {
    const directory = new Map([['hello', '127.0.0.1 80']]);
    expect(delegateOffline({ dtab: '/svc => /#/io.l5d.fs', directory, path: '/svc/hello' })).to.have.nested.property(
      'tree.delegate.bound.id',
      '/#/io.l5d.fs/hello',
    );
    expect(delegateOffline({ dtab: '/svc => /#/io.l5d.k8s/default/http', objects, path: '/svc/hello' })).to.include({
      exitCode: 0,
    });
  });

  const wrong: [string, Parameters<typeof delegateOffline>[0], string][] = [
    ['no source', { path: '/x' }, 'give one of them'],
    ['a broken dtab', { dtab: '/svc', path: '/x' }, "dtab: line 1, column 5: found end of input, expected '='"],
    ['a path without slash', { dtab: '', path: 'x' }, "path: line 1, column 1: found 'x', expected '/'"],
    ['a router nobody has', { config, namespace: 'nosuch', path: '/x' }, 'no router is called "nosuch"'],
    ['objects that are no YAML', { dtab: '', objects: ['a: ['], path: '/x' }, 'objects 1: '],
    ['a configuration that is none', { config: '- x', path: '/x' }, 'configuration: 1:1'],
  ];
  for (const [what, question, message] of wrong) {
    it(`ends with 2 for ${what}`, () => {
      const answer = delegateOffline(question);
      expect(answer.exitCode).to.equal(2);
      expect(answer).to.have.property('error').that.contains(message);
    });
  }
});

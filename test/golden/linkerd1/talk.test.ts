// The talk's configuration from one end to the other. The expected result was written by hand from the documents of Linkerd 2, field
// by field, before our own output was looked at.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';
import { prepare } from '../../../src/mesh/linkerd1/translate/prepare.ts';
import { translateConfig } from '../../../src/mesh/linkerd1/translate/translate-config.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';

const text = readFileSync(new URL('../../recordings/samples/talk.linkerd.yaml', import.meta.url), 'utf8');

describe("the talk's configuration, translated", () => {
  it('names what becomes of every field', () => {
    const { exitCode, fields } = translateConfig(text);
    expect(exitCode).to.equal(0);
    const outgoing = fields.filter((field) => !/^routers\[1\]|^admin|servers/.test(field.path));
    expect(
      outgoing.map((field) => `${field.fate.class} ${field.path}${field.value === undefined ? '' : ` = ${field.value}`}`),
    ).to.deep.equal([
      'equivalent namers[0] = io.l5d.k8s',
      'equivalent namers[1] = io.l5d.k8s',
      'equivalent namers[1].transformers[0] = io.l5d.k8s.daemonset',
      'equivalent namers[2] = io.l5d.rewrite',
      'approximate telemetry[0] = io.l5d.prometheus',
      'equivalent routers[0].protocol = http',
      'lost routers[0].label',
      'approximate routers[0].dtab = outside',
      'approximate routers[0].dtab = alias',
      'equivalent routers[0].dtab = service',
      'lost routers[0].dtab = alternate',
      'equivalent routers[0].service = io.l5d.global',
      'approximate routers[0].service.responseClassifier = io.l5d.http.retryableRead5XX',
      'equivalent routers[0].service.retries',
      'equivalent routers[0].service.retries.budget',
      'lost routers[0].service.retries.backoff',
      'equivalent routers[0].client = io.l5d.static',
      'equivalent routers[0].client.configs[0].prefix',
      'lost routers[0].client.configs[0].tls = outside',
      'equivalent routers[0].client.configs[1].prefix',
      'equivalent routers[0].client.configs[1].loadBalancer = ewma',
    ]);
  });

  const config = readLinkerdConfig(text).config!;
  const router = config.routers[0]!;
  const service = {
    kind: 'Service',
    metadata: { name: 'ledger', namespace: 'default' },
    spec: { selector: { app: 'ledger' }, ports: [{ name: 'http', port: 7777 }] },
  };
  const endpoints = {
    kind: 'Endpoints',
    metadata: service.metadata,
    subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ name: 'http', port: 7777 }] }],
  };
  const world = namingWorld({
    config,
    router,
    dtab: router.dtab,
    cluster: readClusterObjects([service, endpoints]),
    l5dNamespace: 'linkerd',
  });
  const call = (callerNamespace: string, host: string) => ({ callerNamespace, host, port: 80, portWritten: false });
  const options = {
    dtabs: config.routers.map((one) => one.dtab),
    servicePorts: 'Add',
    routes: 'Auto',
    stamp: <T>(manifest: T): T => manifest,
  } as const;
  const calls = [
    call('default', 'ledger.default'),
    call('shop', 'ledger'),
    call('shop', 'api.example.com'),
    call('shop', '169.254.169.254'),
  ];
  const budget = { retryRatio: 0.5, minRetriesPerSecond: 10, ttl: '15s' };
  const retried = ['GET', 'HEAD', 'OPTIONS', 'TRACE'].map((method) => ({
    name: method,
    condition: { method },
    isRetryable: true,
  }));

  it('gives the ledger a port, an alias for the other namespace, and a ServiceProfile with the budget', () => {
    const prepared = prepare(world, calls, options);
    expect(prepared.verdicts.map(({ verdict, reason }) => `${verdict} ${reason}`)).to.deep.equal([
      'needsPort PortNotDefined',
      'needsAlias ImpliedNamespace',
      'blocked TlsOrigination',
      'external Outside',
    ]);
    expect(prepared.objects).to.deep.equal([
      {
        how: 'applyPort',
        manifest: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'ledger', namespace: 'default' },
          spec: { ports: [{ name: 'mm-80', port: 80, protocol: 'TCP', targetPort: 7777 }] },
        },
      },
      {
        how: 'create',
        manifest: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'ledger', namespace: 'shop' },
          spec: { type: 'ExternalName', externalName: 'ledger.default.svc.cluster.local' },
        },
      },
      {
        how: 'create',
        manifest: {
          apiVersion: 'linkerd.io/v1alpha2',
          kind: 'ServiceProfile',
          metadata: { name: 'ledger.default.svc.cluster.local', namespace: 'default' },
          spec: { routes: [...retried, { name: 'all', condition: { pathRegex: '/.*' } }], retryBudget: budget },
        },
      },
    ]);
    expect(prepared.conflicts).to.deep.equal([]);
    expect(prepared.notes).to.deep.equal(['default/ledger: backoff is lost: retries follow at once']);
  });

  it('keeps to routes alone when a person says so', () => {
    const prepared = prepare(world, calls.slice(0, 1), { ...options, routes: 'GatewayAPI' });
    const routes = prepared.objects.filter(({ manifest }) => manifest.kind === 'HTTPRoute').map(({ manifest }) => manifest);
    expect(routes.map((route) => [route.metadata.name, route.metadata.annotations])).to.deep.equal([
      ['meshmigration-ledger-80-retry', { 'retry.linkerd.io/http': '5xx', 'retry.linkerd.io/limit': '1' }],
      ['meshmigration-ledger-80', undefined],
    ]);
    expect(prepared.objects.some(({ manifest }) => manifest.kind === 'ServiceProfile')).to.equal(false);
  });
});

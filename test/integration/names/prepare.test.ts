// An application that calls portless, dtab-only, cross-namespace and weighted names moves, and every call leads to the same pods as
// before; on the way back exactly what was made goes away.

import { expect } from 'chai';
import type { KubeObject, Unstructured } from '../../../src/kube/object.ts';
import { POD, SERVICE } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import * as build from '../../support/workloads.ts';
import { until } from '../../support/until.ts';
import { auditedWrites } from './audit.ts';
import { reached } from './calls.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { caller } from './world.ts';
import { HTTP_ROUTE, migrate, portsOf, reaches, rolledBack } from './words.ts';

describe('names that callers need', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
  });

  const service = async (namespace: string, name: string): Promise<Unstructured | undefined> =>
    (await stage.client.list(SERVICE, { namespace })).items.find(({ metadata }) => metadata.name === name);

  it('are there before the first pod moves, lead to the same pods, and are exactly gone after the rollback', async () => {
    const before = await snapshot(stage);
    const earlier = (await auditedWrites(stage.cluster.auditLogFile)).length;
    await createAll(stage.client, [
      build.namespace('front'),
      caller('front', ['http://hello', 'http://ledger.books/accounts', 'http://legacy', 'http://world']),
    ]);
    await migrate(stage.client, 'front');
    await reaches(stage.client, 'front', 'Migrated');

    const hello = await service('front', 'hello');
    expect(hello?.['spec']).to.deep.include({ type: 'ExternalName', externalName: 'hello.default.svc.cluster.local' });
    expect(hello?.metadata.labels).to.deep.equal({ 'app.kubernetes.io/managed-by': 'meshmigration' });
    expect((await service('front', 'legacy'))?.['spec']).to.deep.include({ externalName: 'ledger.books.svc.cluster.local' });
    expect(portsOf(await service('books', 'ledger'))).to.deep.equal(['http 7777', 'mm-80 80']);
    expect(portsOf(await service('default', 'hello'))).to.deep.equal(['http 7777', 'mm-80 80']);
    const [route] = (await stage.client.list(HTTP_ROUTE, { namespace: 'front' })).items;
    expect(weightsOf(route)).to.deep.equal(['books/world-v1:7777 7', 'books/world-v2:7777 3']);

    const writes = (await auditedWrites(stage.cluster.auditLogFile)).slice(earlier);
    const names = writes.filter(({ resource }) => resource === 'services' || resource === 'httproutes');
    const cutovers = writes.filter(({ resource, namespace }) => resource === 'deployments' && namespace === 'front');
    expect(names.length).to.equal(6);
    expect(Math.max(...names.map(({ at }) => at))).to.be.below(Math.min(...cutovers.map(({ at }) => at)));

    await rolledBack(stage.client, 'front');
    expect(await snapshot(stage)).to.deep.equal(before);
  });

  it('lead every caller to the pods that Linkerd 1 leads it to, as a real CoreDNS and the cluster’s own endpoints say', async () => {
    const from = (host: string): Promise<readonly string[] | string> => reached(stage, 'shop', host);
    const pods = async (namespace: string, app: string, weight = 1): Promise<string[]> => {
      const { items } = await stage.client.list(POD, { namespace, labelSelector: `app=${app}` });
      const addresses = items.map((pod) => (pod['status'] as { podIP?: string }).podIP ?? '');
      return addresses.map((address) => `${weight} ${address}:8080`).toSorted();
    };
    await createAll(stage.client, [
      build.namespace('shop'),
      caller('shop', ['http://hello', 'http://ledger.books/accounts', 'http://legacy', 'http://world']),
    ]);
    expect(await from('hello')).to.equal('DNS knows no hello');
    expect(await from('ledger.books')).to.deep.equal([]);
    await migrate(stage.client, 'shop');
    await reaches(stage.client, 'shop', 'Migrated');

    const settled = async (host: string, expected: readonly string[]): Promise<void> => {
      const led = await until(async () => [await from(host)].find((found) => typeof found !== 'string'), {
        what: `DNS leads ${host}`,
      });
      expect(led, host).to.deep.equal(expected);
      expect(expected).to.have.length.above(1);
    };
    await settled('hello', await pods('default', 'hello'));
    await settled('ledger.books', await pods('books', 'ledger'));
    await settled('legacy', await pods('books', 'ledger'));
    await settled('world', [...(await pods('books', 'world-v1', 7)), ...(await pods('books', 'world-v2', 3))].toSorted());

    await rolledBack(stage.client, 'shop');
    await until(async () => (await from('hello')) === 'DNS knows no hello', { what: 'the alias is gone from DNS' });
    expect(await from('ledger.books')).to.deep.equal([]);
  });
});

interface Backend {
  namespace: string;
  name: string;
  port: number;
  weight: number;
}

function weightsOf(route: Unstructured | undefined): string[] {
  const { rules = [] } = (route?.['spec'] ?? {}) as { rules?: readonly { backendRefs?: readonly Backend[] }[] };
  return rules.flatMap(({ backendRefs = [] }) => backendRefs.map((b) => `${b.namespace}/${b.name}:${b.port} ${b.weight}`));
}

/** Every Service and route as far as people see them: no counters of versions, no field managers. */
async function snapshot({ client }: Stage): Promise<unknown[]> {
  const lists = await Promise.all([client.list(SERVICE), client.list(HTTP_ROUTE)]);
  return lists
    .flatMap(({ items }) => items.map(seen))
    .filter((object) => !JSON.stringify(object).includes('"namespace":"linkerd"'));
}

function seen(object: KubeObject & Readonly<Record<string, unknown>>): unknown {
  const { name, namespace, labels, annotations } = object.metadata;
  return { name, namespace, labels, annotations, spec: object['spec'] };
}

// Retries, timeouts and failure accrual of Linkerd 1 become a ServiceProfile or annotations, on a real API server with the fields of the
// real definitions; a definition that is not there is said and waited for; what nobody needs any more goes.

import { expect } from 'chai';
import { NAMESPACE_MIGRATION } from '../../../src/controller/kinds.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { NAMESPACE, SERVICE } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import { installServiceProfiles, SERVICE_PROFILE } from '../../support/linkerd2/service-profiles.ts';
import { until } from '../../support/until.ts';
import * as build from '../../support/workloads.ts';
import { auditedWrites } from './audit.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { answerNames, caller, configWith } from './world.ts';
import { migrate, portsOf, reaches, rolledBack } from './words.ts';

const forHello = {
  prefix: '/svc/hello',
  totalTimeoutMs: 2_000,
  responseClassifier: { kind: 'io.l5d.http.retryableRead5XX' },
  retries: {
    budget: { minRetriesPerSec: 5, percentCanRetry: 0.3, ttlSecs: 15 },
    backoff: { kind: 'jittered', minMs: 10, maxMs: 2_000 },
  },
};
const toLedger = {
  prefix: '/#/io.l5d.k8s/books/http/ledger',
  failureAccrual: {
    kind: 'io.l5d.successRate',
    successRate: 0.9,
    requests: 20,
    backoff: { kind: 'constant', ms: 10_000 },
  },
};

describe('policies of Linkerd 1', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
    const config = configWith() as { routers: readonly object[] };
    const [router] = config.routers;
    const service = { kind: 'io.l5d.static', configs: [forHello] };
    const client = { kind: 'io.l5d.static', configs: [toLedger] };
    stage.linkerd1.serve({ config: { ...config, routers: [{ ...router, service, client }] } });
  });
  after(() => answerNames(stage.linkerd1));

  const service = async (namespace: string, name: string): Promise<Unstructured | undefined> =>
    (await stage.client.list(SERVICE, { namespace })).items.find(({ metadata }) => metadata.name === name);
  const profiles = async (): Promise<readonly Unstructured[]> => (await stage.client.list(SERVICE_PROFILE)).items;
  const uidOfRecord = async (name: string): Promise<string | undefined> =>
    (await stage.client.list(NAMESPACE_MIGRATION)).items.find(({ metadata }) => metadata.name === name)?.metadata.uid;
  const urls = ['http://hello', 'http://ledger.books'];

  it('that need a ServiceProfile wait for its definition, and say which to install', async () => {
    const earlier = (await auditedWrites(stage.cluster.auditLogFile)).length;
    await createAll(stage.client, [build.namespace('policed'), caller('policed', urls)]);
    await migrate(stage.client, 'policed');
    const status = await reaches(stage.client, 'policed', 'Preflight', ({ blocked }) => blocked === true);
    expect(status['reason']).to.equal('TargetLacksRoutes');
    expect(status['message']).to.contain('ServiceProfiles').and.to.contain('serviceprofiles could not be listed');
    expect(status['remedy']).to.contain('linkerd install --crds').and.to.contain('routes: GatewayAPI');
    const writes = (await auditedWrites(stage.cluster.auditLogFile)).slice(earlier);
    expect(writes.filter(({ resource }) => resource === 'services')).to.deep.equal([]);
  });

  it('are made once it is there: budget and timeout as a ServiceProfile, accrual as annotations, never both on one Service', async () => {
    await installServiceProfiles(stage.client);
    const { warnings = [] } = await reaches(stage.client, 'policed', 'Migrated');
    const [differs] = (warnings as readonly { reason: string; message: string }[]).filter(
      ({ reason }) => reason === 'NamesDiffer',
    );
    expect(differs?.message).to.contain('default/hello: backoff is lost').and.to.contain('kubectl mm plan tells each');

    const [profile, ...more] = await profiles();
    expect(more).to.deep.equal([]);
    expect(profile?.metadata).to.deep.include({ name: 'hello.default.svc.cluster.local', namespace: 'default' });
    const { retryBudget, routes } = profile?.['spec'] as { retryBudget: object; routes: readonly { isRetryable?: boolean }[] };
    expect(retryBudget).to.deep.equal({ retryRatio: 0.3, minRetriesPerSecond: 5, ttl: '15s' });
    expect(routes.filter(({ isRetryable }) => isRetryable === true)).to.deep.include({
      name: 'GET',
      condition: { method: 'GET' },
      isRetryable: true,
      timeout: '2s',
    });
    expect((await service('books', 'ledger'))?.metadata.annotations).to.include({
      'balancer.linkerd.io/failure-accrual': 'unified',
      'balancer.alpha.linkerd.io/failure-accrual-success-rate-threshold': '0.9',
      'balancer.alpha.linkerd.io/failure-accrual-success-rate-min-requests': '20',
    });
    expect((await service('default', 'hello'))?.metadata.annotations ?? {}).to.deep.equal({});
  });

  it('go away exactly on the way back', async () => {
    const owner = { fieldManager: 'owner', force: true };
    const annotated = { metadata: { name: 'ledger', namespace: 'books', annotations: { 'example.test/owner': 'accounts' } } };
    await stage.client.applyServerSide(SERVICE, { name: 'ledger', namespace: 'books' }, annotated, owner);
    await rolledBack(stage.client, 'policed');
    expect(await profiles()).to.deep.equal([]);
    expect((await service('books', 'ledger'))?.metadata.annotations).to.deep.equal({ 'example.test/owner': 'accounts' });
    expect(portsOf(await service('books', 'ledger'))).to.deep.equal(['http 7777']);
    const bare = { metadata: { name: 'ledger', namespace: 'books' } };
    await stage.client.applyServerSide(SERVICE, { name: 'ledger', namespace: 'books' }, bare, owner);
  });

  it('and everything else that was made for a namespace go with it when it is deleted', async () => {
    const before = portsOf(await service('default', 'hello'));
    await createAll(stage.client, [build.namespace('leaving'), caller('leaving', urls)]);
    await migrate(stage.client, 'leaving');
    await reaches(stage.client, 'leaving', 'Migrated');
    expect(await profiles()).to.have.length(1);
    expect(portsOf(await service('default', 'hello'))).to.include('mm-80 80');

    await stage.client.delete(NAMESPACE, { name: 'leaving' });
    await until(async () => (await profiles()).length === 0, { what: 'the ServiceProfile is gone', timeoutMs: 60_000 });
    await until(async () => portsOf(await service('default', 'hello')).join() === before.join(), { what: 'its port is gone' });
    await until(async () => (await service('books', 'ledger'))?.metadata.annotations === undefined, {
      what: 'its annotations are gone',
    });
  });

  it('are made anew where another namespace takes the name of one that had moved', async () => {
    await createAll(stage.client, [build.namespace('reused'), caller('reused', urls)]);
    await migrate(stage.client, 'reused');
    await reaches(stage.client, 'reused', 'Migrated');
    const [first] = await profiles();
    const before = await uidOfRecord('reused');
    await stage.client.delete(NAMESPACE, { name: 'reused' });
    await until(async () => (await stage.client.list(NAMESPACE)).items.every(({ metadata }) => metadata.name !== 'reused'), {
      what: 'the namespace is gone',
      everyMs: 5,
    });
    await createAll(stage.client, [build.namespace('reused'), caller('reused', urls)]);
    await until(async () => ![before, undefined].includes(await uidOfRecord('reused')), { what: 'there is another record' });
    await reaches(stage.client, 'reused', 'Migrated');
    const [second, ...others] = await profiles();
    expect(others).to.deep.equal([]);
    expect(second?.metadata.uid).not.to.equal(first?.metadata.uid);
    await rolledBack(stage.client, 'reused');
    expect(await profiles()).to.deep.equal([]);
  });
});

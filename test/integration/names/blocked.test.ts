// What stops at names: one that would break, one that waits for Git, one that Linkerd 1 answers otherwise all of a sudden.

import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { DEPLOYMENT, SERVICE } from '../../../src/kube/resource-kind.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { kubectl } from '../../cluster/kubectl.ts';
import { createAll } from '../../support/api-objects.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { answerNames, caller, leaf } from './world.ts';
import { migrate, portsOf, reaches, rolledBack } from './words.ts';

describe('what stops at names', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
  });

  const services = async (namespace: string): Promise<Unstructured[]> =>
    [...(await stage.client.list(SERVICE, { namespace })).items].filter(({ metadata }) => metadata.name !== 'kubernetes');
  const cutOver = async (namespace: string): Promise<boolean> => {
    const { items } = await stage.client.list(DEPLOYMENT, { namespace });
    return items.some((item) => JSON.stringify(item['spec']).includes('meshmigration.io/cutover'));
  };

  it('a Service of that name that is there already blocks its callers’ namespace and only that', async () => {
    await createAll(stage.client, [
      build.namespace('taken'),
      build.service({ name: 'hello', namespace: 'taken' }),
      caller('taken', ['http://hello']),
      build.namespace('free'),
      caller('free', ['http://hello']),
    ]);
    await migrate(stage.client, 'taken', {
      waves: [{ name: 'all', namespaces: ['taken', 'free'] }],
      pace: { maxConcurrentNamespaces: 1 },
    });
    const status = await reaches(stage.client, 'taken', 'Prepare', ({ blocked }) => blocked === true);
    expect(status['reason']).to.equal('NamesBlocked');
    expect(status['message']).to.contain('taken/hello').and.to.contain('default/hello');
    await reaches(stage.client, 'free', 'Migrated');
    expect(await cutOver('taken')).to.equal(false);
    await stage.client.mergePatch(MESH_MIGRATION, { name: 'taken' }, { spec: { routing: { onBlocked: 'Proceed' } } });
    await reaches(stage.client, 'taken', 'Migrated');
  });

  it('what two namespaces need stays until the last of them has gone back', async () => {
    await createAll(stage.client, [build.namespace('second'), caller('second', ['http://hello'])]);
    await migrate(stage.client, 'second');
    await reaches(stage.client, 'second', 'Migrated');
    await rolledBack(stage.client, 'second');
    expect(await services('second')).to.deep.equal([]);
    const hello = (await services('default')).find(({ metadata }) => metadata.name === 'hello');
    expect(portsOf(hello)).to.deep.equal(['http 7777', 'mm-80 80']);

    await rolledBackAll('taken', ['taken', 'free']);
    const after = (await services('default')).find(({ metadata }) => metadata.name === 'hello');
    expect(portsOf(after)).to.deep.equal(['http 7777']);
  });

  it('with routing.manage: false nothing is written, and the namespace waits for the objects to come from Git', async () => {
    await createAll(stage.client, [build.namespace('gitted'), caller('gitted', ['http://hello.default'])]);
    stage.linkerd1.delegations.add('/svc/hello.default', leaf('default', 'hello'));
    await migrate(stage.client, 'gitted', { routing: { manage: false } });
    const status = await reaches(stage.client, 'gitted', 'Prepare', ({ reason }) => reason === 'NamesAwaitGit');
    expect(status['message']).to.contain('Service default/hello');
    const port = { name: 'web', port: 80, targetPort: 8080, protocol: 'TCP' };
    const add = [{ op: 'add', path: '/spec/ports/-', value: port }] as const;
    await stage.client.jsonPatch(SERVICE, { name: 'hello', namespace: 'default' }, add);
    await reaches(stage.client, 'gitted', 'Migrated');
    await rolledBack(stage.client, 'gitted');
    const hello = (await services('default')).find(({ metadata }) => metadata.name === 'hello');
    expect(portsOf(hello)).to.deep.equal(['http 7777', 'web 80']);
    await stage.client.jsonPatch(SERVICE, { name: 'hello', namespace: 'default' }, [{ op: 'remove', path: '/spec/ports/1' }]);
  });

  it('a name with weights waits in preflight while the Gateway API is none that the target supports', async () => {
    const definition = 'customresourcedefinition/httproutes.gateway.networking.k8s.io';
    const version = 'gateway.networking.k8s.io/bundle-version';
    const set = (to: string) => kubectl(stage.cluster, ['annotate', '--overwrite', definition, `${version}=${to}`]);
    await set('v1.7.0');
    await createAll(stage.client, [build.namespace('early'), caller('early', ['http://world'])]);
    await migrate(stage.client, 'early');
    const status = await reaches(stage.client, 'early', 'Preflight', ({ blocked }) => blocked === true);
    expect(status).to.deep.include({ reason: 'TargetLacksRoutes' });
    expect(status['message']).to.contain('the Gateway API here is v1.7.0');
    expect(status['remedy']).to.contain('1.5.1');
    expect(await services('early')).to.deep.equal([]);
    await set('v1.5.1');
    await reaches(stage.client, 'early', 'Migrated');
    await rolledBack(stage.client, 'early');
  });

  it('a name that Linkerd 1 leads elsewhere once it is made halts the namespace, with both places named', async () => {
    stage.routes.setDown(true);
    await createAll(stage.client, [build.namespace('shifty'), caller('shifty', ['http://world'])]);
    await migrate(stage.client, 'shifty');
    await reaches(stage.client, 'shifty', 'Prepare', ({ reason }) => reason === 'NamesPending');
    stage.linkerd1.delegations.add('/svc/world', leaf('shifty', 'world'));
    const status = await reaches(stage.client, 'shifty', 'Halted');
    expect(status['reason']).to.equal('NamesChanged');
    expect(status['message']).to.contain('shifty/http/world').and.to.contain('books/http/world-v1');
    expect(await cutOver('shifty')).to.equal(false);
    await rolledBack(stage.client, 'shifty');
    expect(await services('shifty')).to.deep.equal([]);
    stage.routes.setDown(false);
    answerNames(stage.linkerd1);
  });

  it('a name that Linkerd 1 leads elsewhere, through nothing that was made, blocks the namespace while it lasts, and halts nothing', async () => {
    stage.routes.setDown(true);
    await createAll(stage.client, [build.namespace('muddled'), caller('muddled', ['http://world'])]);
    await migrate(stage.client, 'muddled');
    await reaches(stage.client, 'muddled', 'Prepare', ({ reason }) => reason === 'NamesPending');
    stage.linkerd1.delegations.add('/svc/world', leaf('default', 'hello'));
    const blocked = await reaches(stage.client, 'muddled', 'Prepare', ({ reason }) => reason === 'NamesBlocked');
    expect(blocked['message']).to.contain('/svc/world').and.to.contain('default/http/hello');
    expect(await cutOver('muddled')).to.equal(false);
    stage.routes.setDown(false);
    answerNames(stage.linkerd1);
    await reaches(stage.client, 'muddled', 'Migrated');
    await rolledBack(stage.client, 'muddled');
  });

  async function rolledBackAll(name: string, namespaces: readonly string[]): Promise<void> {
    await stage.client.mergePatch(MESH_MIGRATION, { name }, { spec: { desiredState: 'RolledBack' } });
    for (const namespace of namespaces) await reaches(stage.client, namespace, 'RolledBack');
  }
});

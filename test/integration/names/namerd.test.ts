// Where namerd keeps the dtab, not Linkerd 1's configuration: names are led by what its HTTP API or its DTab objects say, and nothing moves
// while neither can be read.

import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { SERVICE } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import { DTAB, installDtabObjects, startNamerd } from '../../support/linkerd1/namerd.ts';
import type { Dentry, Namerd } from '../../support/linkerd1/namerd.ts';
import * as build from '../../support/workloads.ts';
import { reached } from './calls.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { answerNames, caller, configWith, leaf } from './world.ts';
import { migrate, reaches, rolledBack } from './words.ts';

const usual: readonly Dentry[] = [
  { prefix: '/k8s', dst: '/#/io.l5d.k8s' },
  { prefix: '/portNsSvc', dst: '/#/portNsSvcToK8s' },
  { prefix: '/host', dst: '/portNsSvc/http/default' },
  { prefix: '/svc', dst: '/$/io.buoyant.http.domainToPathPfx/host' },
];
const accounts: Dentry = { prefix: '/host/accounts', dst: '/portNsSvc/http/books/ledger' };

function configOf(): object {
  const config = configWith([]) as { routers: readonly object[] };
  const interpreter = { kind: 'io.l5d.namerd', dst: '/$/inet/namerd.linkerd/4100', namespace: 'prod' };
  return { ...config, routers: [{ ...config.routers[0], dtab: '', interpreter }] };
}

describe('a dtab that namerd keeps', function () {
  this.timeout(120_000);
  let stage: Stage;
  let namerd: Namerd;
  before(async () => {
    stage = await theStage();
    namerd = await startNamerd();
    stage.linkerd1.serve({ config: configOf() });
  });
  after(async () => {
    await namerd.close();
    answerNames(stage.linkerd1);
  });

  const alias = async (namespace: string): Promise<unknown> =>
    (await stage.client.get(SERVICE, { namespace, name: 'accounts' }))['spec'];
  const leadsToLedger = { type: 'ExternalName', externalName: 'ledger.books.svc.cluster.local' };

  it('holds everything up while nobody can tell it, and says where it might be had', async () => {
    await createAll(stage.client, [build.namespace('kept'), caller('kept', ['http://accounts'])]);
    await migrate(stage.client, 'kept');
    const status = await reaches(stage.client, 'kept', 'Prepare', ({ message }) => String(message).includes('namerd'));
    expect(status['message']).to.contain('set spec.source.linkerd1.namerd').and.to.contain('dtabs.l5d.io');
    await stage.client.mergePatch(
      MESH_MIGRATION,
      { name: 'kept' },
      { spec: { source: { linkerd1: { namerd: namerd.address } } } },
    );
    await reaches(stage.client, 'kept', 'Prepare', ({ message }) => String(message).includes('namerd answers 404'));
  });

  it('is read from its HTTP API', async () => {
    namerd.dtabs.set('prod', [...usual, accounts]);
    await reaches(stage.client, 'kept', 'Migrated');
    expect(await alias('kept')).to.deep.include(leadsToLedger);
    expect(await reached(stage, 'kept', 'accounts'))
      .to.be.an('array')
      .and.to.have.length(2);
    await rolledBack(stage.client, 'kept');
  });

  it('leads by namers that it alone knows: nothing moves before it says where, and what it says must be what is seen', async () => {
    const { namers, ...untold } = configWith([]) as { namers: unknown; routers: readonly object[] };
    const interpreter = { kind: 'io.l5d.mesh', dst: '/$/inet/namerd.linkerd/4321', root: '/prod' };
    stage.linkerd1.serve({ config: { ...untold, routers: [{ ...untold.routers[0], dtab: '', interpreter }] } });
    namerd.dtabs.set('prod', [
      { prefix: '/host', dst: '/#/io.l5d.k8s/default/http' },
      { prefix: '/host/accounts', dst: '/#/io.l5d.k8s/books/http/ledger' },
      { prefix: '/svc', dst: '/$/io.buoyant.http.domainToPathPfx/host' },
    ]);
    await createAll(stage.client, [build.namespace('untold'), caller('untold', ['http://accounts'])]);
    const waits = (said: string): Promise<unknown> =>
      reaches(stage.client, 'untold', 'Prepare', ({ message }) => String(message).includes(said));
    await migrate(stage.client, 'untold', { source: { mesh: 'Linkerd1', linkerd1: { namerd: namerd.address } } });
    await waits('namerd answers 404');
    namerd.delegations.set('/svc/accounts', leaf('books', 'world-v1'));
    await waits('namerd leads /svc/accounts to /#/io.l5d.k8s/books/http/world-v1');
    namerd.delegations.set('/svc/accounts', leaf('books', 'ledger'));
    await reaches(stage.client, 'untold', 'Migrated');
    expect(await alias('untold')).to.deep.include(leadsToLedger);
    await rolledBack(stage.client, 'untold');
    stage.linkerd1.serve({ config: configOf() });
  });

  it('is read from the DTab object of its name', async () => {
    await installDtabObjects(stage.client);
    const dentries = [...usual, accounts];
    await stage.client.create(DTAB, { metadata: { name: 'prod', namespace: 'default' }, dentries });
    await createAll(stage.client, [build.namespace('stored'), caller('stored', ['http://accounts'])]);
    await migrate(stage.client, 'stored');
    await reaches(stage.client, 'stored', 'Migrated');
    expect(await alias('stored')).to.deep.include(leadsToLedger);
    await rolledBack(stage.client, 'stored');
  });
});

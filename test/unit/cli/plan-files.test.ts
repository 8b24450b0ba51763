// `kubectl mm plan --from-files`: a plan from nothing but manifests, as they stand in Git.

import { expect } from 'chai';
import { configuration, daemonSet, deployment, namespace, plan, planned, service, web } from './planning.ts';

describe('kubectl mm plan --from-files', () => {
  it('takes the configuration of Linkerd 1 from its ConfigMap, and Services for ready', async () => {
    const { code, waves, objects, settings, notes } = await planned(
      namespace,
      service,
      configuration('config.yaml'),
      daemonSet,
      web,
    );
    expect(code).to.equal(0);
    const [shop] = waves[0]?.namespaces ?? [];
    expect(shop?.workloads).to.deep.equal([{ kind: 'Deployment', name: 'web', moves: true }]);
    expect(shop?.names.map(({ name, verdict }) => `${name}: ${verdict}`)).to.deep.equal(['hello: needsAlias']);
    expect(
      objects.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`),
    ).to.include.members(['Service shop/hello', 'Service default/hello']);
    const timeout = settings.find(({ path }) => path === 'routers[0].service.totalTimeoutMs');
    expect(timeout?.fate).to.be.oneOf(['equivalent', 'approximate']);
    expect(notes[0]).to.contain('Services that select pods are taken to have ready ones');
    expect(shop?.notes.join())
      .to.contain('key config.yaml of ConfigMap linkerd/l5d-config')
      .and.to.contain('counters are not known');
  });

  it('prints how much of the configuration is kept, as a table and as Markdown', async () => {
    const objects = [namespace, service, configuration('config.yaml'), daemonSet, web];
    expect((await plan('table', ...objects)).text).to.match(
      /settings of the source\s+\d+ lost\s+\d+ approximate\s+\d+ equivalent/,
    );
    expect((await plan('markdown', ...objects)).text)
      .to.contain('## Settings of the source')
      .and.to.contain('totalTimeoutMs');
  });

  it('blocks, and says why, where no file or more than one holds a configuration', async () => {
    const none = await planned(namespace, service, daemonSet, web);
    expect(none.code).to.equal(1);
    expect(none.waves[0]?.namespaces[0]?.blockers[0]?.message).to.contain('no ConfigMap among the objects holds a configuration');
    const two = await planned(namespace, service, configuration('a.yaml'), configuration('b.yaml', 'other'), web);
    expect(two.waves[0]?.namespaces[0]?.blockers[0]?.message)
      .to.contain('key a.yaml of ConfigMap linkerd/l5d-config')
      .and.to.contain('key b.yaml of ConfigMap linkerd/other');
  });

  it('looks into ConfigMaps and Secrets among the files, and says that the operator needs a role for that', async () => {
    const secret = {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'proxies', namespace: 'shop' } },
      stringData: { http_proxy: 'http://l5d.linkerd:4140', URL: 'http://hello' },
    };
    const hidden = deployment('hidden', { envFrom: [{ secretRef: { name: 'proxies' } }] });
    const seen = await planned(namespace, service, configuration('config.yaml'), daemonSet, secret, hidden);
    expect(seen.code).to.equal(0);
    const [shop] = seen.waves[0]?.namespaces ?? [];
    expect(shop?.workloads).to.deep.equal([{ kind: 'Deployment', name: 'hidden', moves: true }]);
    expect(shop?.names.map(({ name }) => name)).to.deep.equal(['hello']);
    expect(shop?.notes.join()).to.contain('optional role');

    const unseen = await planned(namespace, service, configuration('config.yaml'), daemonSet, hidden);
    expect(unseen.code).to.equal(1);
    expect(unseen.waves[0]?.namespaces[0]?.workloads[0]).to.deep.include({ name: 'hidden', moves: false });
  });
});

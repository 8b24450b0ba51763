// `kubectl mm plan --from-files`: a plan from nothing but manifests, as they stand in Git.

import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CommandFailure } from '../../../src/cli/command-failure.ts';
import { planCommand } from '../../../src/cli/plan/command.ts';
import type { Plan } from '../../../src/cli/plan/make-plan.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

const migration = {
  apiVersion: 'meshmigration.io/v1alpha1',
  kind: 'MeshMigration',
  metadata: { name: 'all' },
  spec: {
    source: { mesh: 'Linkerd1' },
    target: { mesh: 'Linkerd2' },
    waves: [{ name: 'first', namespaceSelector: { matchLabels: { team: 'shop' } } }],
  },
};
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop' } } };
const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello', namespace: 'default' } },
  spec: { selector: { app: 'hello' }, ports: [{ name: 'http', port: 7777, targetPort: 8080 }] },
};
const configuration = (key: string, name = 'l5d-config'): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'linkerd' } },
  data: {
    [key]: stringify({
      namers: [{ kind: 'io.l5d.k8s' }],
      routers: [
        {
          ...{ protocol: 'http', label: 'outgoing', servers: [{ port: 4140, ip: '0.0.0.0' }] },
          dtab: '/svc => /#/io.l5d.k8s/default/http',
          service: { totalTimeoutMs: 900 },
        },
      ],
    }),
  },
});
const daemonSet = {
  ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'l5d', namespace: 'linkerd' } },
  spec: {
    template: {
      spec: {
        containers: [{ name: 'l5d', image: 'buoyantio/linkerd:1.7.5' }],
        volumes: [{ name: 'config', configMap: { name: 'l5d-config' } }],
      },
    },
  },
};
const deployment = (name: string, container: object): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' } },
  spec: {
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'app:1', ...container }] } },
  },
});
const web = deployment('web', {
  env: [
    { name: 'http_proxy', value: 'l5d.linkerd:4140' },
    { name: 'URL', value: 'http://hello' },
  ],
});

describe('kubectl mm plan --from-files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-mm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function plan(format: string, ...objects: readonly object[]): Promise<{ code: number; text: string }> {
    writeFileSync(join(folder, 'all.yaml'), objects.map((object) => stringify(object)).join('---\n'));
    let [text, code] = ['', -1];
    const output = {
      write: (more: string) => void (text += more),
      ...{ isTerminal: false, colour: false, unicode: true, columns: () => 120, rows: () => Infinity },
      onResize: () => () => undefined,
    };
    const surroundings: Surroundings = {
      ...{ env: {}, output, clock: systemClock, random: () => 0.5, stop: new AbortController().signal },
      input: () => Promise.resolve(Buffer.from(stringify(migration))),
    };
    const command = planCommand(surroundings, (given) => (code = given)).exitOverride();
    try {
      await command.parseAsync(['-f', '-', '--from-files', folder, '-o', format], { from: 'user' });
      return { code, text };
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      return { code: error.code, text: error.message };
    }
  }
  const planned = async (...objects: readonly object[]): Promise<{ code: number } & Plan> => {
    const { code, text } = await plan('yaml', ...objects);
    return { code, ...(parse(text) as Plan) };
  };

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

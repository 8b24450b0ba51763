// `kubectl mm plan` against a real cluster: what it foretells, its exit codes, and that it writes nothing.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { POD, SERVICE } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { answerNames, caller } from './world.ts';
import { migrate, reaches, rolledBack } from './words.ts';

const plugin = join(import.meta.dirname, '../../../src/cli/main.ts');

describe('kubectl mm plan', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
    answerNames(stage.linkerd1);
  });

  const plan = (namespace: string, ...args: readonly string[]): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const command = [plugin, 'plan', '-f', '-', '--kubeconfig', stage.cluster.kubeconfig, ...args];
      const child = execFile(process.execPath, command, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
      );
      const spec = {
        source: { mesh: 'Linkerd1' },
        target: { mesh: 'Linkerd2' },
        waves: [{ name: 'first', namespaces: [namespace] }],
      };
      child.stdin?.end(JSON.stringify({ kind: 'MeshMigration', metadata: { name: 'foretold' }, spec }));
    });

  it('tells names with verdicts and the objects that they need, and writes nothing', async () => {
    await createAll(stage.client, [build.namespace('foretold'), caller('foretold', ['http://hello', 'http://world'])]);
    const { code, text } = await plan('foretold', '-o', 'yaml');
    const found = parse(text) as {
      waves: { namespaces: { workloads: object[]; names: { name: string; verdict: string }[] }[] }[];
      notes: string[];
      passedOver: { name: string; why: string }[];
      objects: { how: string; manifest: { kind: string; metadata: { namespace: string; name: string } } }[];
    };
    expect(code, text).to.equal(0);
    const [namespace] = found.waves[0]?.namespaces ?? [];
    expect(namespace?.workloads).to.deep.equal([{ kind: 'Deployment', name: 'web', moves: true }]);
    expect(namespace?.names.map(({ name, verdict }) => `${name}: ${verdict}`)).to.include.members([
      'hello: needsAlias',
      'world: needsRoute',
    ]);
    const objects = found.objects.map(
      ({ how, manifest: { kind, metadata } }) => `${how} ${kind} ${metadata.namespace}/${metadata.name}`,
    );
    expect(objects).to.include.members([
      'create Service foretold/hello',
      'create Service foretold/world',
      'apply Service default/hello',
      'create HTTPRoute foretold/meshmigration-world-80',
    ]);
    // The operator of these tests is a process, so nobody can see its flags.
    expect(found.notes.join()).to.contain('--exclude-namespace').and.not.to.contain('other migrations');
    expect(found.passedOver).to.deep.equal([]);
    const { items } = await stage.client.list(SERVICE, { namespace: 'foretold' });
    expect(items).to.deep.equal([]);
  });

  it('says which migration has a namespace already, and which pods have no workload', async () => {
    const pod = build.barePod({ name: 'alone', namespace: 'foretold' });
    await createAll(stage.client, [pod]);
    await migrate(stage.client, 'foretold');
    await reaches(stage.client, 'foretold', 'PartiallyMigrated');
    const { code, text } = await plan('foretold', '-o', 'json');
    expect(code).to.equal(1);
    const { waves } = JSON.parse(text) as {
      waves: { namespaces: { step?: string; workloads: { name: string; already?: true; why?: string }[] }[] }[];
    };
    const [namespace] = waves[0]?.namespaces ?? [];
    expect(namespace?.step).to.equal('PartiallyMigrated');
    expect(namespace?.workloads.find(({ name }) => name === 'web')?.already).to.equal(true);
    expect(namespace?.workloads.find(({ name }) => name === 'alone')?.why).to.equal('a pod without a controller');
    await rolledBack(stage.client, 'foretold');
    await stage.client.delete(POD, { namespace: 'foretold', name: 'alone' });
  });

  it('exits with 1 where a name blocks, and says which and what to do', async () => {
    await createAll(stage.client, [
      build.namespace('barred'),
      build.service({ name: 'hello', namespace: 'barred' }),
      caller('barred', ['http://hello']),
    ]);
    for (const format of ['table', 'markdown', 'json']) {
      const { code, text } = await plan('barred', '-o', format);
      expect(code, text).to.equal(1);
      expect(text).to.contain('barred/hello');
    }
  });

  it('exits with 2 on what is no migration', async () => {
    const result = await new Promise<number>((resolve) => {
      const child = execFile(process.execPath, [plugin, 'plan', '-f', '-', '--from-files', import.meta.dirname], (error) =>
        resolve(typeof error?.code === 'number' ? error.code : 0),
      );
      child.stdin?.end('spec: {}');
    });
    expect(result).to.equal(2);
  });
});

// Good input, as the API server takes, keeps and shows it.

import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import type { MeshMigration } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../../src/api/v1alpha1/namespace-migration.ts';
import { apiServer, sample, tryCreate, type ApiServer } from './api-server.ts';
import { meshMigration, namespaceMigration, selecting, waves, type LooseSpec } from './manifests.ts';

const samples = readdirSync(new URL('../../../config/samples/', import.meta.url)).filter((name) => name.endsWith('.yaml'));
const stored = (object: unknown): MeshMigration => object as MeshMigration;

describe('the API server, given a good MeshMigration,', function () {
  this.timeout(120_000);
  let server: ApiServer;
  before(async () => {
    server = await apiServer();
  });

  for (const name of samples) {
    it(`takes the sample ${name}`, async () => {
      const { spec } = sample(name);

      expect(stored(await tryCreate(MESH_MIGRATION, sample(name))).spec).to.deep.equal(spec);
    });
  }

  it('is shown by samples that pause nothing by the way', () => {
    const texts = samples.map((name) => readFileSync(new URL(`../../../config/samples/${name}`, import.meta.url), 'utf8'));

    expect(texts).to.have.length.above(1);
    expect(texts.filter((text) => text.includes('paused:'))).to.deep.equal([]);
  });

  const accepted: [what: string, changes: LooseSpec][] = [
    ['a move out of any mesh', { target: { mesh: 'None' } }],
    ['a move from no mesh', { source: { mesh: 'None' } }],
    ['50 waves', { waves: waves(50) }],
    ['1000 namespaces in a wave', { waves: [{ name: 'all', namespaces: Array.from({ length: 1000 }, (_, i) => `team-${i}`) }] }],
    ['a wave of everything', { waves: [{ name: 'all', namespaceSelector: {} }] }],
    ['a label key with a prefix', selecting({ key: 'example.com/mesh_wave', operator: 'In', values: ['a', ''] })],
    ['approval up to a wave in the middle', { waves: waves(3), advanceThrough: 'wave-1' }],
    [
      'no soak, no traffic needed and no budget',
      { health: { soakSeconds: 0, minimumRequests: 0 }, rollback: { maximumFailedNamespaces: 0 } },
    ],
    ['minReadySeconds just below the deadline', { restart: { progressDeadlineSeconds: 61, minReadySeconds: 60 } }],
  ];
  for (const [what, changes] of accepted) {
    it(`takes ${what}`, async () => {
      const wanted = meshMigration('good', changes);

      expect(stored(await tryCreate(MESH_MIGRATION, wanted)).spec).to.deep.equal(wanted['spec']);
    });
  }

  it('stores no default that Git does not hold', async () => {
    const wanted = meshMigration('plain');
    await server.client.create(MESH_MIGRATION, wanted);

    expect(stored(await server.client.get(MESH_MIGRATION, { name: 'plain' })).spec).to.deep.equal(wanted['spec']);
  });

  it('shows one that nobody has looked at as not yet seen, whatever status it was created with', async () => {
    await server.client.create(MESH_MIGRATION, { ...meshMigration('fresh'), status: { observedGeneration: 7, migrated: '9/9' } });

    const { metadata, status } = stored(await server.client.get(MESH_MIGRATION, { name: 'fresh' }));
    expect(metadata.generation).to.equal(1);
    expect(status).to.deep.equal({ observedGeneration: -1 });
  });

  it('keeps spec and status apart', async () => {
    await server.client.create(MESH_MIGRATION, meshMigration('apart'));
    await server.client.mergePatch(MESH_MIGRATION, { name: 'apart' }, { spec: { paused: true }, status: { migrated: '1/1' } });
    const status = { observedGeneration: 2, migrated: '0/1' };
    await server.client.mergePatch(
      MESH_MIGRATION,
      { name: 'apart' },
      { spec: { paused: false }, status },
      { subresource: 'status' },
    );

    const seen = stored(await server.client.get(MESH_MIGRATION, { name: 'apart' }));
    expect([seen.spec.paused, seen.status, seen.metadata.generation]).to.deep.equal([true, status, 2]);
  });

  it('shows the columns that people look for', async () => {
    await server.client.create(MESH_MIGRATION, meshMigration('shown'));
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'InProgress',
      message: 'm',
      lastTransitionTime: '2026-01-02T03:04:05Z',
    };
    const status = {
      observedGeneration: 1,
      conditions: [condition],
      currentWave: 'all',
      migrated: '12/40',
      summary: 'wave all: 12 of 40',
      namespaces: {
        total: 40,
        pending: 26,
        inFlight: 1,
        migrated: 12,
        partiallyMigrated: 0,
        rolledBack: 0,
        failed: 1,
        blocked: 0,
      },
    };
    await server.client.mergePatch(MESH_MIGRATION, { name: 'shown' }, { status }, { subresource: 'status' });

    const [header, row] = kubectl(server, 'get', 'mm', 'shown', '-o', 'wide').trim().split('\n');
    expect(header?.split(/ {2,}|\t/)).to.deep.equal([
      'NAME',
      'SOURCE',
      'TARGET',
      'READY',
      'WAVE',
      'MIGRATED',
      'FAILED',
      'AGE',
      'MESSAGE',
    ]);
    expect(row).to.match(/^shown +Linkerd1 +Linkerd2 +False +all +12\/40 +1 +\d+s +wave all: 12 of 40$/);
  });

  it('is found among all that this product stores', () => {
    expect(kubectl(server, 'get', 'mesh-migration', '-o', 'name')).to.include('meshmigration.meshmigration.io/');
  });

  it('lets two people own a wave each', async () => {
    const apply = (manager: string, name: string) =>
      server.client.applyServerSide(
        MESH_MIGRATION,
        { name: 'shared' },
        meshMigration('shared', { waves: [{ name, namespaces: [name] }] }),
        { fieldManager: manager },
      );
    await apply('first-team', 'one');
    await apply('second-team', 'two');

    const { spec } = stored(await server.client.get(MESH_MIGRATION, { name: 'shared' }));
    expect(spec.waves.map(({ name }) => name)).to.deep.equal(['one', 'two']);
  });
});

describe('the API server, given a good NamespaceMigration,', function () {
  this.timeout(120_000);
  before(apiServer);

  it('keeps what was absent apart from what was empty', async () => {
    const { client } = await apiServer();
    const originals = {
      labels: [
        { key: 'empty', present: true, value: '' },
        { key: 'absent', present: false },
      ],
      annotations: [],
    };
    await client.create(NAMESPACE_MIGRATION, namespaceMigration('kept', { originals }));

    const seen = (await client.get(NAMESPACE_MIGRATION, { name: 'kept' })) as unknown as NamespaceMigration;
    expect(seen.spec.originals).to.deep.equal(originals);
  });

  it('shows the columns that people look for', async () => {
    const server = await apiServer();
    await server.client.create(NAMESPACE_MIGRATION, namespaceMigration('shop'));
    const status = { step: 'Cutover', reason: 'InProgress', progress: '7/9' };
    await server.client.mergePatch(NAMESPACE_MIGRATION, { name: 'shop' }, { status }, { subresource: 'status' });

    const [header, row] = kubectl(server, 'get', 'nm', 'shop').trim().split('\n');
    expect(header?.split(/ {2,}/)).to.deep.equal(['NAME', 'MIGRATION', 'STEP', 'WORKLOADS', 'REASON', 'AGE']);
    expect(row).to.match(/^shop +shop-to-linkerd2 +Cutover +7\/9 +InProgress +\d+s$/);
  });
});

function kubectl({ cluster }: ApiServer, ...args: string[]): string {
  return execFileSync(cluster.binaries['kubectl']!, ['--kubeconfig', cluster.kubeconfig, ...args], { encoding: 'utf8' });
}

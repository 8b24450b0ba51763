// Changes of stored objects: what may never change, what may, and what is checked again with every change.

import { expect } from 'chai';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { apiServer, refusal, type ApiServer } from './api-server.ts';
import { meshMigration, namespaceMigration, waves, type LooseSpec } from './manifests.ts';

type Change = [what: string, spec: LooseSpec, field: string, says: RegExp];
type Edit = [what: string, spec: LooseSpec];

describe('a stored MeshMigration', function () {
  this.timeout(120_000);
  let server: ApiServer;
  const change = (spec: LooseSpec) => server.client.mergePatch(MESH_MIGRATION, { name: 'stored' }, { spec }, { dryRun: true });
  before(async () => {
    server = await apiServer();
    await server.client.create(MESH_MIGRATION, meshMigration('stored', { waves: waves(2), advanceThrough: 'wave-1' }));
  });

  const refused: Change[] = [
    [
      'its source',
      { source: { mesh: 'None' } },
      'spec.source.mesh',
      /is Linkerd1 and can not become None; set it back, or create another/,
    ],
    [
      'its target',
      { target: { mesh: 'None' } },
      'spec.target.mesh',
      /is Linkerd2 and can not become None; set it back, or create another/,
    ],
    ['its waves without the approved one', { waves: waves(1) }, 'spec.advanceThrough', /names no wave: wave-1/],
    ['its approval to a wave that does not exist', { advanceThrough: 'wave-2' }, 'spec.advanceThrough', /names no wave: wave-2/],
  ];
  for (const [what, spec, field, says] of refused) {
    it(`can't change ${what}`, async () => {
      const causes = await refusal(() => change(spec));

      expect(causes.filter((cause) => cause.startsWith(`${field}: `)).join('\n')).to.match(says);
    });
  }

  const allowed: Edit[] = [
    ['more waves', { waves: waves(3) }],
    ['another approval', { advanceThrough: 'wave-0' }],
    ['a pause', { paused: true }],
    ['a way back', { desiredState: 'RolledBack' }],
    ['another pace', { pace: { maxConcurrentNamespaces: 7 } }],
    ['where its source is found', { source: { linkerd1: { namespace: 'l5d' } } }],
    ['another deletion policy', { deletionPolicy: 'Rollback' }],
  ];
  for (const [what, spec] of allowed) {
    it(`can get ${what}`, async () => {
      const { metadata } = await change(spec);

      expect(metadata.generation).to.equal(2);
    });
  }
});

describe('a stored NamespaceMigration', function () {
  this.timeout(120_000);
  let server: ApiServer;
  const change = (spec: LooseSpec) =>
    server.client.mergePatch(NAMESPACE_MIGRATION, { name: 'books' }, { spec }, { dryRun: true });
  before(async () => {
    server = await apiServer();
    await server.client.create(NAMESPACE_MIGRATION, namespaceMigration('books'));
  });

  const original = (changes: LooseSpec): LooseSpec => ({ key: 'linkerd.io/inject', present: false, ...changes });
  const refused: Change[] = [
    [
      'its source',
      { source: 'None' },
      'spec.source',
      /is Linkerd1 and can not become None; it says which mesh a rollback goes back to/,
    ],
    ['its target', { target: 'None' }, 'spec.target', /is Linkerd2 and can not become None/],
    ['its namespace', { namespaceUID: 'another' }, 'spec.namespaceUID', /can not become another; delete this record/],
    [
      'an original from absent to empty',
      { originals: { annotations: [original({ present: true, value: '' })] } },
      'spec.originals',
      /originals can't be changed: they are what a rollback restores/,
    ],
    ['its originals to fewer', { originals: { labels: null } }, 'spec.originals', /originals can't be changed/],
    [
      'its originals to more',
      { originals: { annotations: [original({}), original({ key: 'more' })] } },
      'spec.originals',
      /originals can't be changed/,
    ],
  ];
  for (const [what, spec, field, says] of refused) {
    it(`can't change ${what}`, async () => {
      const causes = await refusal(() => change(spec));

      expect(causes.filter((cause) => cause.startsWith(`${field}: `)).join('\n')).to.match(says);
    });
  }

  const allowed: Edit[] = [
    ['a way back of its own', { desiredState: 'RolledBack' }],
    ['another migration that adopts it', { migrationRef: { name: 'again', uid: 'b0a4' }, wave: 'first' }],
  ];
  for (const [what, spec] of allowed) {
    it(`can get ${what}`, async () => {
      const { metadata } = await change(spec);

      expect(metadata.generation).to.equal(2);
    });
  }
});

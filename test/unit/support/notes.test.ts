import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteRights, NOTES, notedRights, voidRun, wasVoid } from '../../e2e/migration/notes.ts';

describe('Notes of suites on real nodes', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'notes-'));
    process.env[NOTES] = folder;
  });

  afterEach(() => {
    Reflect.deleteProperty(process.env, NOTES);
    rmSync(folder, { recursive: true });
  });

  it('say once that a run was void', () => {
    expect(wasVoid(folder)).to.equal(false);
    expect(voidRun(['a call']).message).to.match(/^This run is void: .*\na call$/);
    expect([wasVoid(folder), wasVoid(folder)]).to.deep.equal([true, false]);
  });

  it('hold what was seen of rights', () => {
    const rights = { granted: ['get /pods'], used: [], denied: ['get /api/v1/secrets'] };
    noteRights(rights);
    expect(notedRights()).to.deep.equal([rights]);
  });

  it('are asked for in vain where nobody named a folder', () => {
    Reflect.deleteProperty(process.env, NOTES);
    noteRights({ granted: [], used: [], denied: [] });
    expect(() => notedRights()).to.throw('E2E_NOTES names no folder');
  });
});

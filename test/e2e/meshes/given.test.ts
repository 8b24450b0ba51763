import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenMeshes } from './given.ts';

describe('Meshes given by MESH_IMAGES', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'given-meshes-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are none when it is not set', () => {
    expect(givenMeshes({})).to.equal(undefined);
  });

  it('are its archives and its manifests in the order of their names', () => {
    for (const name of ['2-linkerd.yaml', '1-crds.yaml', 'proxy.tar', 'notes.txt']) writeFileSync(join(folder, name), '');
    expect(givenMeshes({ MESH_IMAGES: folder })).to.deep.equal({
      archives: [join(folder, 'proxy.tar')],
      manifests: [join(folder, '1-crds.yaml'), join(folder, '2-linkerd.yaml')],
    });
  });

  it('are refused when something is missing, with what it is', () => {
    writeFileSync(join(folder, 'proxy.tar'), '');
    expect(() => givenMeshes({ MESH_IMAGES: folder })).to.throw('there are no manifests in it');
    expect(() => givenMeshes({ MESH_IMAGES: join(folder, 'elsewhere') })).to.throw('no such folder');
  });
});

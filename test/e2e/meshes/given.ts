// Meshes that a person gives instead of the ones here: MESH_IMAGES names a folder with image archives (*.tar, as `docker save`
// or `ctr image export` write them) and manifests (*.yaml, applied in the order of their names). It reads the folder only.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What the folder holds, as paths. */
export interface GivenMeshes {
  readonly archives: readonly string[];
  readonly manifests: readonly string[];
}

/** The meshes that MESH_IMAGES names; undefined when it is not set. Throws what is missing in the folder. */
export function givenMeshes(env: NodeJS.ProcessEnv = process.env): GivenMeshes | undefined {
  const folder = env['MESH_IMAGES'] ?? '';
  if (folder === '') return undefined;
  if (!existsSync(folder)) throw new Error(`MESH_IMAGES is "${folder}", and there is no such folder.`);
  const ending = (what: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(what))
      .sort()
      .map((name) => join(folder, name));
  const given = { archives: ending('.tar'), manifests: ending('.yaml') };
  for (const [what, files] of Object.entries(given)) {
    if (files.length === 0)
      throw new Error(`MESH_IMAGES is "${folder}", and there are no ${what} in it (*.tar and *.yaml, see test/e2e/README.md).`);
  }
  return given;
}

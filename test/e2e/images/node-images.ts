// Images of programs that run on Node.js: the product's, from its bundles, and the injector of the Linkerd 2 stand-in.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../../../build/bundle-options.ts';
import { mutated, mutations, mutationsOf } from '../../support/mutation.ts';
import { withLibraries, writeImage, type Image, type ImageFile } from './image.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');

/** Name of the product's image, as config/manager has it, with its registry in full. */
export const PRODUCT_IMAGE = 'docker.io/library/meshmigration:0.1.0';
/** Name of the injector's image. */
export const INJECTOR_IMAGE = 'e2e.test/injector:1';

/** Writes the archives into a folder and returns their paths. Bundles the product as `make build` does. */
export async function writeNodeImages(folder: string): Promise<readonly string[]> {
  const injector = join(folder, 'injector.mjs');
  const [operator] = await Promise.all([bundleProduct(folder), bundleInjector(injector)]);
  // As in the Dockerfile.
  const product = [
    { from: operator, to: '/app/operator.js' },
    { from: join(root, 'dist', 'webhook.js'), to: '/app/admission.js' },
    { from: join(root, 'build', 'image', 'package.json'), to: '/app/package.json' },
  ];
  const images = [
    await nodeImage(PRODUCT_IMAGE, product, []),
    await nodeImage(INJECTOR_IMAGE, [{ from: injector, to: '/app/injector.mjs' }], ['/app/injector.mjs']),
  ];
  return await Promise.all(images.map((image) => writeImage(folder, image)));
}

/** Bundles as `make build` does; an operator with a mistake in it goes into the folder of the run. */
async function bundleProduct(folder: string): Promise<string> {
  await run(process.execPath, [join(root, 'build', 'bundle.ts')]);
  if (mutations().length === 0) return join(root, 'dist', 'operator.js');
  const outfile = join(folder, 'operator.js');
  await build({ ...bundleOptions('src/main.ts', outfile), plugins: [mistakes] });
  return outfile;
}

const mistakes: Plugin = {
  name: 'mistakes',
  setup: (builder) => {
    builder.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const wanted = mutationsOf(path);
      return wanted.length === 0 ? undefined : { contents: mutated(await readFile(path, 'utf8'), wanted), loader: 'ts' };
    });
  },
};

async function bundleInjector(outfile: string): Promise<void> {
  const js = `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);`;
  const entry = join(import.meta.dirname, 'injector.ts');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js },
    logLevel: 'warning',
  });
}

async function nodeImage(name: string, program: readonly ImageFile[], args: readonly string[]): Promise<Image> {
  const files = [...(await withLibraries({ from: process.execPath, to: '/nodejs/bin/node' })), ...program];
  return { name, files, entrypoint: ['/nodejs/bin/node', ...args], user: '65532:65532' };
}

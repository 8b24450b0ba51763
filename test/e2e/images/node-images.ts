// Images of programs that run on Node.js: the product's, from its bundles, and the injector of the Linkerd 2 stand-in.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
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
  await Promise.all([run(process.execPath, [join(root, 'build', 'bundle.ts')]), bundleInjector(injector)]);
  // As in the Dockerfile.
  const product = [
    { from: join(root, 'dist', 'operator.js'), to: '/app/operator.js' },
    { from: join(root, 'dist', 'webhook.js'), to: '/app/admission.js' },
    { from: join(root, 'build', 'image', 'package.json'), to: '/app/package.json' },
  ];
  const images = [
    await nodeImage(PRODUCT_IMAGE, product, []),
    await nodeImage(INJECTOR_IMAGE, [{ from: injector, to: '/app/injector.mjs' }], ['/app/injector.mjs']),
  ];
  return await Promise.all(images.map((image) => writeImage(folder, image)));
}

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

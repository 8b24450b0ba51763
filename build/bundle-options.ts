// How one program becomes one file. It builds nothing itself.
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

// Some packages are CommonJS and call require, which an ES module has not.
const banner = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** Options of esbuild for a program. @param entry from the root of the project */
export function bundleOptions(entry: string, outfile: string): BuildOptions {
  return {
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    banner: { js: banner },
    // Errors and logs name classes and functions.
    keepNames: true,
    // A program's text stays in memory as long as it runs: without comments it is a third of it, and one byte a letter.
    minifyWhitespace: true,
    lineLimit: 160,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    logLevel: 'warning',
  };
}

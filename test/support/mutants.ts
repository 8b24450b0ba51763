// Runs named tests against a product with a mistake in it, in processes of their own. Judges nothing: the answer is which tests failed.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One sentence of one source file, and what stands there instead. */
export interface Mutation {
  /** From the root of the project. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What became of the tests. */
export interface Trial {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly message: string }[];
}

const root = join(import.meta.dirname, '../..');

interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/** Runs the tests of a file whose title holds a text. Under `inside` they get namespaces of their own, for a cluster. */
export async function tryMutant(
  mutations: readonly Mutation[],
  tests: { readonly file: string; readonly grep: string; readonly inside?: boolean },
): Promise<Trial> {
  const mocha = [join(root, 'node_modules/mocha/bin/mocha.js'), '--reporter', 'json', '--fgrep', tests.grep, tests.file];
  const args = tests.inside === true ? [join(root, 'test/cluster/inside.ts'), '--', process.execPath, ...mocha] : mocha;
  const env = {
    ...process.env,
    MUTATIONS: JSON.stringify(mutations),
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'mutate.ts')}`,
  };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (more: string) => (out += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (err += more));
  await new Promise((resolve) => child.on('close', resolve));
  return read(out, err);
}

function read(out: string, err: string): Trial {
  const start = out.indexOf('{\n  "stats"');
  if (start < 0) throw new Error(`the tests told no result: ${`${out}${err}`.slice(-2_000)}`);
  const { passes, failures } = JSON.parse(out.slice(start)) as Report;
  return {
    passed: passes.map(({ fullTitle }) => fullTitle),
    failed: failures.map(({ fullTitle, err: { message = '' } }) => ({ title: fullTitle, message })),
  };
}

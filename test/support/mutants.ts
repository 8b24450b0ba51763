// Runs named tests against a product with a mistake in it, in processes of their own. Judges nothing: the answer is which tests failed.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from './mutation.ts';

/** What became of the tests. */
export interface Trial {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly message: string }[];
}

/** Which tests, and where they run. */
export interface Tests {
  readonly file: string;
  /** A text that their titles hold, or what their titles match. */
  readonly grep: string | RegExp;
  /** Namespaces of their own: for a cluster with fake nodes, or for one with real nodes, where the images get the mistakes. */
  readonly inside?: 'fake nodes' | 'real nodes';
  /** Limit for a test; what the file says holds when it is not given. */
  readonly seconds?: number;
}

const root = join(import.meta.dirname, '../..');
const places = { 'fake nodes': 'test/cluster/inside.ts', 'real nodes': 'test/e2e/node/inside.ts' } as const;

interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/** Runs tests of one file against a product with mistakes in it. */
export async function tryMutant(mutations: readonly Mutation[], tests: Tests): Promise<Trial> {
  const { grep, seconds, inside } = tests;
  const which = typeof grep === 'string' ? ['--fgrep', grep] : ['--grep', grep.source];
  const limit = seconds === undefined ? [] : ['--timeout', String(seconds * 1_000)];
  const mocha = [join(root, 'node_modules/mocha/bin/mocha.js'), '--reporter', 'json', ...which, ...limit, tests.file];
  const args = inside === undefined ? mocha : [join(root, places[inside]), '--', process.execPath, ...mocha];
  const env = {
    ...process.env,
    [MUTATIONS]: JSON.stringify(mutations),
    // What a mutant does with its rights is nobody's business.
    E2E_NOTES: '',
    // Programs of real nodes get their mistakes where they are built; the tests themselves have none.
    ...(inside === 'real nodes' ? {} : { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'mutate.ts')}` }),
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

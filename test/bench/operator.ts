// The operator as it is shipped: one bundle, with the flags of config/manager and its own service account. Started and stopped for a benchmark.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../build/bundle-options.ts';
import { shippedProcess } from '../support/shipped-process.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '..', '..');
const metricsPort = 18_080;

/** Bundles the operator into .cache and returns the file. */
export async function bundleOperator(): Promise<string> {
  const outfile = join(root, '.cache', 'bench', 'operator.mjs');
  await build(bundleOptions('src/main.ts', outfile));
  return outfile;
}

/** A running operator. */
export interface RunningOperator {
  readonly pid: number;
  /** Ends it in good order. Throws when it ended otherwise. */
  stop(): Promise<void>;
}

/** Starts a bundle and waits until its watches have synced. Its log goes to a file. */
export async function startOperator(bundle: string, kubeconfig: string, logFile: string): Promise<RunningOperator> {
  const log = openSync(logFile, 'w');
  const flags = ['--kubeconfig', kubeconfig, '--metrics-address', `127.0.0.1:${metricsPort}`];
  // A profile is written on request, for whoever looks for what takes long.
  const profile =
    process.env['BENCH_PROFILE'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROFILE']}`];
  const { nodeFlags, variables } = shippedProcess();
  const child = spawn(process.execPath, [...nodeFlags, ...profile, bundle, ...flags], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...variables },
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let gone = false;
  void ended.then(() => (gone = true));
  const ready = async (): Promise<boolean> => {
    if (gone) throw new Error(`the operator ended early; see ${logFile}`);
    return (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).ok;
  };
  await until(ready, { what: 'the operator is ready', timeoutMs: 30_000 });
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0) throw new Error(`the operator ended with code ${String(code)}; see ${logFile}`);
    },
  };
}

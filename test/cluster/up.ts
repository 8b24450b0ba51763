// `make cluster`: leaves one cluster per user running and says how to enter it. CLUSTER=kind makes it with kind.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ENTER } from './entering.ts';
import { birthOf, HOLDER_LOG, keptCluster, record } from './kept-cluster.ts';
import { kindUp } from './kind.ts';
import { inOwnNamespaces } from './namespaces.ts';
import { until } from './readiness.ts';

const LIMIT_MILLISECONDS = 60_000;

async function main(): Promise<string> {
  const kept = keptCluster();
  if (kept !== undefined) return `A cluster runs already. Enter with: ${kept.enter}`;
  switch (process.env['CLUSTER'] ?? '') {
    case 'kind': {
      const howTo = await kindUp();
      await record({ kind: 'kind', enter: ENTER });
      return howTo;
    }
    case '':
      return await hold();
    default:
      throw new Error(`CLUSTER is ${JSON.stringify(process.env['CLUSTER'])}; give kind, or leave it away.`);
  }
}

async function hold(): Promise<string> {
  const readyFile = join(dirname(HOLDER_LOG), 'ready');
  mkdirSync(dirname(HOLDER_LOG), { recursive: true });
  rmSync(readyFile, { force: true });
  const holder = [process.execPath, join(import.meta.dirname, 'hold.ts'), ENTER, readyFile];
  const [file = '', ...args] = await inOwnNamespaces(holder, 'kept');
  const log = openSync(HOLDER_LOG, 'w');
  const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const pid = child.pid ?? 0;
  await record({ kind: 'processes', pid, born: birthOf(pid), enter: ENTER });
  await until('the cluster is ready', LIMIT_MILLISECONDS, () => {
    if (child.exitCode === null && child.signalCode === null) return Promise.resolve(existsSync(readyFile));
    return Promise.reject(new Error(readFileSync(HOLDER_LOG, 'utf8')));
  });
  child.unref();
  return readFileSync(readyFile, 'utf8').trimEnd();
}

try {
  process.stdout.write(`${await main()}\nEnd it with:  make cluster-down\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

// The cluster by kind, for who has Docker: the same commands, real nodes in containers. Its version is kind's own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from './build.ts';
import { ENTER, writeEnterScript } from './entering.ts';

const NAME = 'meshmigration';
const CONFIG = join(import.meta.dirname, '..', '..', 'config', 'kind', 'cluster.yaml');
const KUBECONFIG = join(cacheFolder(), 'cluster', 'kind.kubeconfig');

/** Creates the kind cluster and returns how to use it. Throws one sentence where Docker or kind is missing. */
export async function kindUp(): Promise<string> {
  if (spawnSync('docker', ['info'], { stdio: 'ignore' }).status !== 0) {
    throw new Error('CLUSTER=kind needs a running Docker; start it, or leave CLUSTER away to run plain processes on Linux.');
  }
  kind(['create', 'cluster', '--name', NAME, '--config', CONFIG, '--kubeconfig', KUBECONFIG, '--wait', '120s']);
  return await writeEnterScript(ENTER, { kubeconfig: KUBECONFIG, outerPid: undefined });
}

/** Deletes the kind cluster. */
export function kindDown(): void {
  kind(['delete', 'cluster', '--name', NAME, '--kubeconfig', KUBECONFIG]);
}

function kind(args: readonly string[]): void {
  const ran = spawnSync('kind', args, { stdio: 'inherit' });
  if (ran.error !== undefined) {
    throw new Error('CLUSTER=kind needs kind on the PATH: https://kind.sigs.k8s.io/docs/user/quick-start', { cause: ran.error });
  }
  if (ran.status !== 0) throw new Error(`kind ${args.slice(0, 2).join(' ')} failed; its complaint is above.`);
}

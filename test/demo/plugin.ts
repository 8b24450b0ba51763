// Runs the kubectl plugin as a user does, in this terminal.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const plugin = join(import.meta.dirname, '..', '..', 'bin', 'kubectl-mm');
const GRACE_MILLISECONDS = 2000;

/** How the plugin is run. */
export interface PluginRun {
  readonly kubeconfig: string;
  /** Milliseconds until it is ended. */
  readonly limit: number;
  /** Ends it as well, for example because the operator is gone. */
  readonly failure: Promise<never>;
}

/** The plugin's exit code. Throws when it did not end in time, or with what `failure` rejects with. */
export async function runPlugin(args: readonly string[], run: PluginRun): Promise<number> {
  const child = spawn(plugin, args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: run.kubeconfig } });
  // Asked to end, it shows the cursor again.
  const end = (): void => void child.kill('SIGINT');
  process.once('SIGINT', end);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not at its end within ${String(run.limit / 1000)} s`)), run.limit);
  try {
    return await Promise.race([ended, late.promise, run.failure]);
  } catch (error) {
    end();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, GRACE_MILLISECONDS))]);
    throw error;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', end);
  }
}

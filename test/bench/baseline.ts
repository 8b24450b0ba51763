// The baseline: what a person types instead. `xargs -P` over kubectl: so many namespaces at once, each is annotated for the
// target's injector, then its workloads are restarted and waited for, so many at once. The operator has the same two bounds.
import { spawn } from 'node:child_process';
import type { Cluster } from '../cluster/cluster.ts';
import { endOf, rolloutEvents } from './audit.ts';
import type { AuditEvent } from './audit.ts';
import type { Place } from './fleet.ts';
import type { Pace } from './migration-run.ts';

/** What a run of the baseline took. */
export interface BaselineRun {
  readonly seconds: number;
  /** CPU seconds of all kubectl processes together. */
  readonly cpuSeconds: number;
  /** What the administrator wrote, and status writes of Deployments. */
  readonly events: readonly AuditEvent[];
}

/** Whose name kubectl writes in. */
export const ADMINISTRATOR = 'kubernetes-admin';

const annotate = '"$KUBECTL" annotate namespace "$0" linkerd.io/inject=enabled --overwrite';
const restart = '"$KUBECTL" -n "$0" rollout restart deployment "$1"';
const wait = '"$KUBECTL" -n "$0" rollout status deployment "$1"';

/** Rolls all workloads at a pace. All namespaces have workloads of the same names. Throws with kubectl's complaint. */
export async function runBaseline(cluster: Cluster, places: readonly Place[], pace: Pace): Promise<BaselineRun> {
  const script = [
    'set -e',
    `printf '%s\\n' $NAMESPACES | xargs -n 1 -P ${pace.namespaces} sh -c "$EACH_NAMESPACE"`,
    'times >&2',
  ].join('\n');
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    KUBECTL: cluster.binaries['kubectl'] ?? 'kubectl',
    NAMESPACES: [...new Set(places.map((place) => place.namespace))].join(' '),
    WORKLOADS: [...new Set(places.map((place) => place.name))].join(' '),
    EACH_NAMESPACE: `${annotate} && printf '%s\\n' $WORKLOADS | xargs -n 1 -P ${pace.workloadsPerNamespace} sh -c "$EACH_WORKLOAD" "$0"`,
    EACH_WORKLOAD: `${restart} && ${wait}`,
  };
  const from = await endOf(cluster.auditLogFile);
  const began = performance.now();
  const complaints = await run(script, env);
  const seconds = (performance.now() - began) / 1000;
  const events = await rolloutEvents(cluster.auditLogFile, from, ADMINISTRATOR);
  return { seconds, cpuSeconds: childrenSeconds(complaints), events };
}

async function run(script: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const complaints = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(`the baseline failed: ${complaints.trim().slice(-2000)}`);
  return complaints;
}

// POSIX `times`: the second line is what the children took, as "1m2.34s 0m5.67s" for user and system.
function childrenSeconds(text: string): number {
  const line = text.trim().split('\n').at(-1) ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
}

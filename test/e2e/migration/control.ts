// What the migrations under load are compared with while they run: a service in Linkerd 2 that no migration touches and that is
// restarted again and again as people do it, and its callers through each mesh. What they lose was lost by the machine.
import { kubectl } from '../kubectl.ts';
import type { RealCluster } from '../node/real-cluster.ts';

/** Namespace of the service. */
export const CONTROL = 'control';
/** The service and its Deployment. */
export const CONTROL_SERVICE = 'steady';
/** The callers, and the mesh that each calls through; their names begin alike, and none else does. */
export const CONTROL_CALLERS = { 'of-control-linkerd1': 'disabled', 'of-control-linkerd2': 'enabled' } as const;
/** What they call: by connections that stay, and by one for each call. */
export const CONTROL_TARGETS = [`http://${CONTROL_SERVICE}.${CONTROL}/`, `http://${CONTROL_SERVICE}.${CONTROL}/again`] as const;

const EVERY_MILLISECONDS = 15_000;
let timer: NodeJS.Timeout | undefined;

/** Whether a pod is one of the callers. */
export const isOfControl = (pod: string): boolean => pod.startsWith('of-control-');

/** Begins to restart the service again and again. It ends with stopRestarting, or with the process. */
export function startRestarting(cluster: RealCluster): void {
  timer ??= setInterval(() => {
    // While the API server is away nothing is restarted.
    kubectl(cluster, ['rollout', 'restart', '-n', CONTROL, `deployment/${CONTROL_SERVICE}`]).catch(() => undefined);
  }, EVERY_MILLISECONDS).unref();
}

/** Ends to do so. */
export function stopRestarting(): void {
  clearInterval(timer);
}

/**
 * A pod directory of one pod, and a pod to put into it: for tests of stand-ins that need no cluster.
 */
import type { Pod } from './pod.ts';
import type { PodDirectory } from './pod-directory.ts';

/** The directory answers with this pod for every address. */
export function directoryOf(pod: Pod): PodDirectory {
  return { at: () => Promise.resolve(pod), pods: () => [pod], close: () => Promise.resolve() };
}

/** The pod whose metrics were recorded, with a native sidecar. */
export function recordedServerPod(metadata: Pod['metadata'] = {}): Pod {
  return {
    metadata: { name: 'server-1', namespace: 'mesh', uid: 'uid-1', ...metadata },
    spec: {
      initContainers: [{ name: 'linkerd-proxy', restartPolicy: 'Always' }],
      containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }],
    },
    status: { podIP: '10.245.0.59', phase: 'Running' },
  };
}

// The Node objects of a test cluster. KWOK keeps them alive; it creates none.
import type { Json } from './admin-calls.ts';
import { KUBERNETES_VERSION } from './programs.ts';

const CAPACITY = { cpu: '1000', memory: '4Ti', pods: '10000', 'ephemeral-storage': '4Ti' };

/** A node that is Ready from the start, with room for all that tests put on it. */
export function fakeNode(index: number, address: string, now: string): Json {
  const name = `node-${String(index + 1)}`;
  const condition = (type: string, status: string, reason: string): Json => ({
    ...{ type, status, reason, message: '' },
    ...{ lastHeartbeatTime: now, lastTransitionTime: now },
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', type: 'fake' },
    },
    status: {
      capacity: CAPACITY,
      allocatable: CAPACITY,
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        condition('Ready', 'True', 'KubeletReady'),
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('NetworkUnavailable', 'False', 'RouteCreated'),
      ],
      nodeInfo: {
        ...{ architecture: 'amd64', operatingSystem: 'linux', kubeletVersion: KUBERNETES_VERSION, kubeProxyVersion: '' },
        ...{ machineID: '', systemUUID: '', bootID: '', kernelVersion: 'fake', osImage: 'fake', containerRuntimeVersion: 'fake' },
      },
    },
  };
}

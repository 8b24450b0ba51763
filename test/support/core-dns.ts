// A real CoreDNS against a test cluster, and a resolver that asks it as a pod of a namespace would: with the search path that the kubelet
// writes into pods. It judges nothing.

import { Resolver } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../cluster/addresses.ts';
import { buildPrograms } from '../cluster/build.ts';
import { startChild } from '../cluster/child-process.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { COREDNS } from '../cluster/programs.ts';
import { until } from './until.ts';

/** A running CoreDNS. */
export interface CoreDns {
  /** Addresses that a pod of the namespace gets for a host; undefined where there is no such name. */
  addresses(namespace: string, host: string): Promise<readonly string[] | undefined>;
  stop(): Promise<void>;
}

/** Starts it, and resolves when it answers. */
export async function startCoreDns(cluster: Cluster): Promise<CoreDns> {
  const { coredns = '' } = await buildPrograms([COREDNS]);
  const [port = 0] = await freePorts(1);
  const file = join(cluster.dir, 'Corefile');
  await writeFile(file, corefile(port, cluster.kubeconfig));
  const tie = cluster.binaries['own-netns'] ?? '';
  const command = [coredns, '-conf', file];
  const child = startChild({ name: 'coredns', command, logFolder: join(cluster.dir, 'logs'), tie });
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const lookUp = async (name: string): Promise<readonly string[] | undefined> => {
    try {
      return (await resolver.resolve4(name)).toSorted();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ENOTFOUND' || code === 'ENODATA') return undefined;
      throw error;
    }
  };
  await until(() => lookUp('kubernetes.default.svc.cluster.local'), { what: 'CoreDNS answers' });
  return {
    async addresses(namespace, host) {
      for (const suffix of [`.${namespace}.svc.cluster.local`, '.svc.cluster.local', '.cluster.local', '']) {
        const found = await lookUp(`${host}${suffix}`);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    stop: () => child.stop(1_000),
  };
}

// Names outside of the cluster do not exist here; the block with the longest zone answers.
function corefile(port: number, kubeconfig: string): string {
  return [
    `cluster.local:${port} {`,
    '  errors',
    '  kubernetes cluster.local {',
    `    kubeconfig ${kubeconfig}`,
    '    ttl 0',
    '  }',
    '}',
    `.:${port} {`,
    '  template ANY ANY . {',
    '    rcode NXDOMAIN',
    '  }',
    '}',
    '',
  ].join('\n');
}

// The addresses of test clusters: pods, nodes and free ports. It starts nothing.
import { createServer } from 'node:net';

/** All pod and node addresses of clusters in a namespace of their own; its loopback answers each of them. */
export const POD_ROUTE = '10.4.0.0/14';

/** Name of the variable that is set for processes in a namespace whose loopback answers POD_ROUTE. */
export const INSIDE = 'OWN_NETNS_ROUTE';

/** Addresses of one cluster. */
export interface Addresses {
  /** Range of pod addresses as a CIDR. */
  readonly podCidr: string;
  /** Address of the node with that index, from 0 to 199. */
  readonly node: (index: number) => string;
}

// Clusters that run in this process now; each has its own pod addresses.
const taken = new Set<string>();

/**
 * Reserves pod addresses for one more cluster of this process: 10.5.0.0/16, 10.6.0.0/16 … in a namespace of its own, else
 * 127.1.0.0/16 …, which the EndpointSlice controller refuses. Throws when four clusters run already.
 */
export function takeAddresses(inside: boolean): Addresses {
  const prefixes = inside ? ['10.5', '10.6', '10.7', '10.4'] : ['127.1', '127.2', '127.3', '127.4'];
  const prefix = prefixes.find((candidate) => !taken.has(candidate));
  if (prefix === undefined) throw new Error('Four clusters run in this process already; stop one of them first.');
  taken.add(prefix);
  return { podCidr: `${prefix}.0.0/16`, node: (index) => `${prefix}.255.${String(index + 1)}` };
}

/** Gives the addresses of a stopped cluster back. */
export function giveBack(addresses: Addresses): void {
  taken.delete(addresses.podCidr.replace('.0.0/16', ''));
}

/** Ports of 127.0.0.1 that nothing listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  return await Promise.all(servers.map(close));
}

async function listen(): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return server;
}

async function close(server: ReturnType<typeof createServer>): Promise<number> {
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A listening socket has no port.');
  return address.port;
}

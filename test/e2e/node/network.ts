// Addresses of real nodes, and the network namespaces that hold them: node 1 lives in the namespace of the run, each other
// one in a namespace of its own, joined to it by a cable. It starts no process that stays.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Range of all pod addresses. */
export const POD_CIDR = '10.244.0.0/16';
/** Address of the Service of the cluster's names. */
export const DNS_ADDRESS = '10.96.0.10';

const LAN = 'lan0';

/** One node, by its number from 1. */
export interface NodePlace {
  readonly index: number;
  readonly name: string;
  /** Address by which other nodes reach it. */
  readonly address: string;
  /** Range of its pods. */
  readonly podCidr: string;
  /** What to put before a command that shall run in its network. */
  readonly enter: readonly string[];
}

/** The place of a node. */
export function placeOf(index: number): NodePlace {
  return {
    index,
    name: `node-${String(index)}`,
    address: `10.10.0.${String(index)}`,
    podCidr: `10.244.${String(index)}.0/24`,
    enter: index === 1 ? [] : ['nsenter', `--net=/run/netns/node-${String(index)}`],
  };
}

/** Hides the folders that node programs write to by fixed names, for this run only. */
export async function hideHostFolders(): Promise<void> {
  for (const folder of ['/run', '/var/lib', '/var/log']) await run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder]);
}

/** Lays the network of the first node and of the cables to all others. */
export async function layNetwork(nodes: readonly NodePlace[]): Promise<void> {
  // The kernel of many small machines has no dummy device; a bridge without ports does as well.
  await ip('link', 'add', LAN, 'type', 'bridge');
  await ip('addr', 'add', `${placeOf(1).address}/24`, 'dev', LAN);
  await ip('link', 'set', LAN, 'up');
  await ip('route', 'add', 'default', 'dev', LAN);
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  for (const node of nodes.filter(({ index }) => index > 1)) await layCable(node);
}

async function layCable(node: NodePlace): Promise<void> {
  const first = placeOf(1);
  const inside = async (...args: readonly string[]): Promise<void> => {
    await run('ip', ['-n', node.name, ...args]);
  };
  await ip('netns', 'add', node.name);
  await ip('link', 'add', `to-${node.name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', node.name);
  await ip('link', 'set', `to-${node.name}`, 'master', LAN, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('addr', 'add', `${node.address}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', first.address);
  await inside('route', 'add', first.podCidr, 'via', first.address);
  await ip('route', 'add', node.podCidr, 'via', node.address);
  const [file = '', ...enter] = node.enter;
  await run(file, [...enter, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}

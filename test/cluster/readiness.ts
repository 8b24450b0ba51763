// Brings nodes into a fresh cluster and tells when it can take work. It starts no process.
import type { Addresses } from './addresses.ts';
import type { AdminCalls, Json } from './admin-calls.ts';
import { fakeNode } from './fake-node.ts';

const POLL_MILLISECONDS = 40;

/** Polls until the check is true. Throws after the limit in milliseconds, naming what was waited for. */
export async function until(what: string, limit: number, check: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limit;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`The cluster did not get so far within ${String(limit / 1000)} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/** Creates the Node objects. Throws with the API server's answer when one is refused. */
export async function createNodes(calls: AdminCalls, addresses: Addresses, count: number): Promise<void> {
  const now = new Date().toISOString();
  for (let index = 0; index < count; index++) {
    const answer = await calls.call('POST', '/api/v1/nodes', fakeNode(index, addresses.node(index), now));
    if (answer.status !== 201)
      throw new Error(`A node could not be created (${String(answer.status)}): ${JSON.stringify(answer.body)}`);
  }
}

/** True when controllers have done their first work: pods can be admitted (service account) and scheduled (no taints). */
export async function isSettled(calls: AdminCalls, nodes: number): Promise<boolean> {
  const account = await calls.call('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return false;
  const items = at((await calls.call('GET', '/api/v1/nodes')).body, 'items');
  return Array.isArray(items) && items.length >= nodes && items.every((node) => at(at(node, 'spec'), 'taints') === undefined);
}

/** A field of a JSON object, undefined where there is none. */
export function at(value: Json, field: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[field] : undefined;
}

// Calls in use under a flood of names from Host headers.

import { expect } from 'chai';
import type { RouterConfig } from '../../../src/mesh/linkerd1/config/model.ts';
import { callsInUse, MAX_CALLS } from '../../../src/mesh/linkerd1/reader/in-use.ts';
import { hostHeader } from '../../../src/mesh/linkerd1/translate/call.ts';

const router = { identifiers: [{ kind: 'io.l5d.header.token' }], dstPrefix: '/svc' } as unknown as RouterConfig;
const counted = (count: number, prefix: string, success: number, requests: number) =>
  Array.from({ length: count }, (_n, i) => [`svc/${prefix}-${i}`, { requests: requests + i, success, failures: 0 }] as const);
const inUse = (counters: ReturnType<typeof counted>) =>
  callsInUse('shop', router, { counters: new Map(counters), callers: [] }, ({ host }) => !host.startsWith('flood'));

describe('calls in use, of more names than are judged', () => {
  it('keep those that were answered, and drop those that lead nowhere first', () => {
    const found = inUse([...counted(1_500, 'flood', 0, 1_000_000), ...counted(10, 'idle', 0, 1), ...counted(2, 'real', 1, 1)]);
    const hosts = found.calls.map(({ call }) => hostHeader(call));
    expect(hosts).to.have.length(12);
    expect(hosts.slice(0, 2)).to.have.members(['real-0', 'real-1']);
    expect(found.answeredLeftOut).to.equal(0);
    expect(found.leftOut).to.equal(1_500);
  });

  it('are known to be incomplete where more were answered', () => {
    const found = inUse(counted(MAX_CALLS + 3, 'real', 1, 1));
    expect([found.calls.length, found.answeredLeftOut]).to.deep.equal([MAX_CALLS, 3]);
  });
});

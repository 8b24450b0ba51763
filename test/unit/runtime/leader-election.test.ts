import { expect } from 'chai';
import { createElection } from '../../../src/runtime/leader-election.ts';
import type { Election } from '../../../src/runtime/leader-election.ts';
import { createFakeClock, settle } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeLeaseServer } from './fake-lease.ts';
import type { FakeLeaseServer, Fate } from './fake-lease.ts';
import { createRecordedLog } from './recorded-log.ts';

interface Candidate {
  readonly clock: FakeClock;
  readonly election: Election;
  readonly lost: string[];
  /** A killed process: its time stands still for good. */
  dead: boolean;
  fate: Fate;
  /** Meets writes only; wins over `fate`. */
  writeFate?: Fate | undefined;
}

function candidate(server: FakeLeaseServer, identity: string, random = 1): Candidate {
  const clock = createFakeClock();
  const made: Candidate = { clock, lost: [], dead: false, fate: 'ok', election: undefined as unknown as Election };
  const election = createElection({
    lease: server.connect(clock, (does) => (does === 'write' ? (made.writeFate ?? made.fate) : made.fate)),
    identity,
    clock,
    random: () => random,
    log: createRecordedLog(),
    onLost: (reason) => made.lost.push(reason),
  });
  return Object.assign(made, { election });
}

/** Time passes for all that live, in steps small enough for them to react to each other; checks that never two lead. */
async function pass(ms: number, ...all: readonly Candidate[]): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    for (const one of all) if (!one.dead) await one.clock.advance(100);
    expect(all.filter((one) => !one.dead && one.election.isLeader()).length, 'leaders at once').to.be.at.most(1);
  }
}

async function pair(): Promise<{ server: FakeLeaseServer; first: Candidate; second: Candidate }> {
  const server = createFakeLeaseServer();
  const first = candidate(server, 'first');
  const second = candidate(server, 'second');
  first.election.start();
  await settle();
  second.election.start();
  await pass(5_000, first, second);
  return { server, first, second };
}

/** Milliseconds until `who` leads, at most `limit`. */
async function takeover(who: Candidate, limit: number, ...all: readonly Candidate[]): Promise<number> {
  let waited = 0;
  while (!who.election.isLeader() && waited < limit) {
    await pass(100, ...all);
    waited += 100;
  }
  return waited;
}

describe('leader election', () => {
  it('lets the first candidate lead, renew every two seconds, and the second wait', async () => {
    const { server, first, second } = await pair();
    expect([first.election.isLeader(), second.election.isLeader()]).to.deep.equal([true, false]);
    expect(second.election.holder()).to.equal('first');
    const before = server.writes.length;
    await pass(60_000, first, second);
    expect(server.writes.length - before).to.be.within(29, 31);
    expect(server.lease?.spec).to.include({ holderIdentity: 'first', leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  it('hands over within two seconds after a release', async () => {
    const { server, first, second } = await pair();
    await first.election.release();
    expect(server.lease?.spec).to.include({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(first.election.isLeader()).to.equal(false);
    first.dead = true;
    expect(await takeover(second, 5_000, first, second)).to.be.at.most(2_000);
    expect(first.lost).to.deep.equal([]);
    expect(server.lease?.spec?.leaseTransitions).to.equal(1);
  });

  for (const offset of [0, 700, 1_900]) {
    it(`takes over within 17 s when the leader is killed ${offset} ms after a renewal`, async () => {
      const { server, first, second } = await pair();
      const before = server.writes.length;
      while (server.writes.length === before) await pass(100, first, second);
      await pass(offset, first, second);
      first.dead = true;
      expect(await takeover(second, 30_000, first, second)).to.be.within(13_000, 17_100);
    });
  }

  it('takes no notice of calendars that differ by hours or jump', async () => {
    const { first, second } = await pair();
    first.clock.jumpWall(3_600_000);
    second.clock.jumpWall(-7_200_000);
    await pass(60_000, first, second);
    expect(first.election.isLeader()).to.equal(true);
    second.clock.jumpWall(86_400_000);
    await pass(60_000, first, second);
    expect([first.election.isLeader(), second.election.isLeader()]).to.deep.equal([true, false]);
  });

  it('survives a lost answer to a renewal', async () => {
    const { server, first, second } = await pair();
    first.fate = 'lost';
    await pass(3_000, first, second);
    first.fate = 'ok';
    await pass(30_000, first, second);
    expect(first.lost).to.deep.equal([]);
    expect(first.election.isLeader()).to.equal(true);
    expect(server.lease?.spec?.leaseTransitions).to.equal(0);
  });

  it('learns that it won although the answer to its first write was lost', async () => {
    const server = createFakeLeaseServer();
    const only = candidate(server, 'only');
    only.writeFate = 'lost';
    only.election.start();
    await pass(4_000, only);
    expect(server.writes).to.deep.equal(['only']);
    expect(only.election.isLeader()).to.equal(false);
    only.writeFate = 'ok';
    await pass(5_000, only);
    expect(only.election.isLeader()).to.equal(true);
    expect(server.lease?.spec).to.include({ holderIdentity: 'only', leaseTransitions: 0 });
  });

  for (const fate of ['unreachable', 'hang', 'lost'] as const) {
    it(`stops being leader ten seconds after its last renewal when every call is answered by "${fate}", before another leads`, async () => {
      const { first, second } = await pair();
      first.fate = fate;
      await pass(7_000, first, second);
      expect(first.lost).to.deep.equal([]);
      await pass(5_100, first, second);
      expect(first.lost).to.deep.equal(['the renew deadline has passed']);
      expect(first.election.isLeader()).to.equal(false);
      await pass(30_000, first, second);
      expect(first.lost).to.have.length(1);
      expect(second.election.isLeader()).to.equal(true);
    });
  }

  it('goes on through an outage shorter than the deadline', async () => {
    const { first, second } = await pair();
    first.fate = 'hang';
    await pass(6_000, first, second);
    first.fate = 'ok';
    await pass(20_000, first, second);
    expect(first.election.isLeader()).to.equal(true);
  });

  it('is fenced the very moment a frozen process wakes up, before any timer runs', async () => {
    const { first, second } = await pair();
    first.clock.freeze(40_000);
    expect(first.election.isLeader()).to.equal(false);
    await pass(40_000, second);
    expect(second.election.isLeader()).to.equal(true);
    await pass(3_000, first, second);
    expect(first.lost).to.have.length(1);
  });

  it('steps down when it reads that another process holds the lease', async () => {
    const { server, first, second } = await pair();
    server.edit({ holderIdentity: 'stranger', leaseDurationSeconds: 15 });
    await pass(3_000, first, second);
    expect(first.lost).to.deep.equal(['another process holds the lease']);
    expect(await takeover(second, 20_000, first, second)).to.be.at.most(17_000);
  });

  it('makes the lease again when somebody deletes it', async () => {
    const { server, first, second } = await pair();
    server.lease = undefined;
    await pass(3_000, first, second);
    const leaders = [first, second].filter((one) => one.election.isLeader());
    expect(leaders).to.have.length(1);
    expect(server.lease).to.nested.include({ 'spec.leaseDurationSeconds': 15 });
  });

  it('lets only one of two win an expired lease', async () => {
    const server = createFakeLeaseServer();
    server.edit({ holderIdentity: 'long gone', leaseDurationSeconds: 15 });
    const first = candidate(server, 'first');
    const second = candidate(server, 'second');
    first.election.start();
    second.election.start();
    await pass(14_000, first, second);
    expect([first.election.isLeader(), second.election.isLeader()]).to.deep.equal([false, false]);
    await pass(3_000, first, second);
    expect([first, second].filter((one) => one.election.isLeader())).to.have.length(1);
  });

  it('never resolves acquired for a candidate that is released, and leaves no timer', async () => {
    const { first, second } = await pair();
    await second.election.release();
    expect(second.clock.pending()).to.equal(0);
    await pass(5_000, first);
    expect(first.election.isLeader()).to.equal(true);
    const state = await Promise.race([second.election.acquired.then(() => 'acquired'), settle().then(() => 'waiting')]);
    expect(state).to.equal('waiting');
  });

  it('gives back a lease it won without knowing', async () => {
    const server = createFakeLeaseServer();
    const only = candidate(server, 'only');
    only.writeFate = 'lost';
    only.election.start();
    await pass(4_000, only);
    expect(server.lease?.spec?.holderIdentity).to.equal('only');
    only.writeFate = 'ok';
    await only.election.release();
    expect(server.lease?.spec?.holderIdentity).to.equal('');
  });
});

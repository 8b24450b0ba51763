import { expect } from 'chai';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { settle } from './fake-clock.ts';
import { added, bookmark, errorFrame, modified, object } from './fake-source.ts';
import { asked, bench, following, kept, versions } from './reflector-bench.ts';

describe('reflector, when things fail', () => {
  for (const kind of ['server', 'timeout', 'tooManyRequests', 'forbidden', 'unauthorized', 'protocol'] as const) {
    it(`survives an in-stream error of kind ${kind} and follows on from the same version`, async () => {
      const made = await following();
      made.source.last().send(errorFrame(kind));
      await made.clock.advance(2_000);
      expect(asked(made)).to.deep.equal([undefined, '10']);
      expect(made.counted).to.deep.equal([`failed ${kind}`]);
      made.source.last().send(modified(object('a', 11)));
      await settle();
      expect(made.changes).to.deep.equal(['update shop/a 11']);
      await made.reflector.stop();
    });
  }

  it('waits as long as a 429 asks', async () => {
    const made = await following();
    made.source.last().send(errorFrame('tooManyRequests', 20));
    await made.clock.advance(19_000);
    expect(made.source.connections).to.have.length(1);
    await made.clock.advance(1_000);
    expect(made.source.connections).to.have.length(2);
    await made.reflector.stop();
  });

  it('no longer trusts its version after three failures in a row', async () => {
    const made = await following();
    for (let failures = 0; failures < 3; failures += 1) {
      made.source.last().fail(new KubeError({ kind: 'server', message: 'broken' }));
      await made.clock.advance(5_000);
    }
    expect(asked(made)).to.deep.equal([undefined, '10', '10', undefined]);
    made.source.last().send(added(object('a', 3)), added(object('b', 4)), bookmark(30, true));
    await settle();
    expect(made.counted).to.include('relisted errors');
    expect(made.changes).to.deep.equal([]);
    await made.reflector.stop();
  });

  it('pauses longer and longer, up to half a minute, while the server is away', async () => {
    const made = bench();
    made.reflector.start();
    const gaps: number[] = [];
    let before = made.clock.monotonicMs();
    for (let tries = 1; tries <= 9; tries += 1) {
      await settle();
      made.source.last().fail(new KubeError({ kind: 'unreachable', message: 'refused' }));
      while (made.source.connections.length === tries) await made.clock.advance(100);
      gaps.push(Math.round((made.clock.monotonicMs() - before) / 100) / 10);
      before = made.clock.monotonicMs();
    }
    expect(gaps).to.deep.equal([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]);
    expect(made.source.lists()).to.equal(0);
    await made.reflector.stop();
  });

  it('does not hammer a server that accepts each watch and ends it at once', async () => {
    const made = await following();
    for (let tries = 0; tries < 5; tries += 1) {
      made.source.last().end();
      await made.clock.advance(0);
    }
    expect(made.source.connections.length).to.be.at.most(2);
    await made.reflector.stop();
  });

  it('gives up a silent connection after 90 to 120 s, and not one that gets bookmarks', async () => {
    const made = await following();
    for (let minutes = 1; minutes <= 3; minutes += 1) {
      await made.clock.advance(60_000);
      made.source.last().send(bookmark(10 + minutes));
      await settle();
    }
    expect(made.source.connections).to.have.length(1);
    expect(made.reflector.lastFrameAgeMs()).to.equal(0);
    await made.clock.advance(89_000);
    expect(made.source.connections).to.have.length(1);
    expect(made.reflector.lastFrameAgeMs()).to.equal(89_000);
    await made.clock.advance(33_000);
    expect(asked(made)).to.deep.equal([undefined, '13']);
    expect(made.counted).to.deep.equal(['failed stalled']);
    await made.reflector.stop();
  });

  it('keeps what it has when a full list breaks in the middle', async () => {
    const made = await following();
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    made.source.last().send(added(object('a', 3)));
    await settle();
    made.source.last().fail(new KubeError({ kind: 'unreachable', message: 'cut' }));
    await settle();
    expect(versions(made)).to.deep.equal(['a 3', 'b 4']);
    await made.clock.advance(5_000);
    made.source.last().send(added(object('a', 3)), bookmark(30, true));
    await settle();
    expect(versions(made)).to.deep.equal(['a 3']);
    await made.reflector.stop();
  });

  it('starts over with the pages when a continue token has expired', async () => {
    const made = bench();
    made.source.pages = [
      [{ items: [object('a', 3)], resourceVersion: '10' }, new KubeError({ kind: 'gone', message: 'expired' })],
      [{ items: [object('b', 4)], resourceVersion: '12' }],
    ];
    made.reflector.start();
    await settle();
    made.source.last().fail(new KubeError({ kind: 'invalid', message: 'no WatchList' }));
    await made.clock.advance(10_000);
    expect(versions(made)).to.deep.equal(['b 4']);
    expect(asked(made)).to.deep.equal([undefined, '12']);
    await made.reflector.stop();
  });

  it('counts a malformed frame, an object that cannot be trimmed and a listener that throws, and goes on', async () => {
    const made = await following({
      trim(one) {
        if (one.metadata.resourceVersion === '666') throw new Error('untrimmable');
        return kept(one);
      },
    });
    made.reflector.onChange(() => {
      throw new Error('listener');
    });
    made.source.last().send({ type: 'MALFORMED', message: 'not a frame' }, modified(object('a', 666)), modified(object('b', 12)));
    await settle();
    expect(made.counted).to.deep.equal(['malformed', 'malformed', 'listener failed']);
    expect(made.changes).to.deep.equal(['update shop/b 12']);
    expect(made.source.connections).to.have.length(1);
    await made.reflector.stop();
  });

  it('does not take an object for deleted because its new version could not be trimmed', async () => {
    const made = await following({
      trim(one) {
        if (one.metadata.resourceVersion === '666') throw new Error('untrimmable');
        return kept(one);
      },
    });
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    made.source.last().send(added(object('a', 666)), added(object('b', 4)), bookmark(700, true));
    await settle();
    expect(versions(made)).to.deep.equal(['a 3', 'b 4']);
    expect(made.changes).to.deep.equal([]);
    await made.reflector.stop();
  });

  it('takes everything anew, equal versions included, when the versions of the server went back', async () => {
    const made = await following();
    made.source.last().send(bookmark(1_000), errorFrame('gone'));
    await made.clock.advance(2_000);
    made.source.last().send(added(object('a', 3)), added(object('b', 4)), bookmark(50, true));
    await made.clock.advance(2_000);
    expect(made.changes).to.deep.equal([]);
    expect(made.source.last().request.resourceVersion).to.equal(undefined);
    made.source.last().send(added(object('a', 3)), added(object('b', 4)), bookmark(51, true));
    await settle();
    expect(made.changes).to.deep.equal(['update shop/a 3', 'update shop/b 4']);
    expect(made.counted).to.include('relisted versionWentBack');
    await made.reflector.stop();
  });
});

import { expect } from 'chai';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { settle } from './fake-clock.ts';
import { added, bookmark, deleted, errorFrame, modified, object } from './fake-source.ts';
import { asked, bench, following, versions } from './reflector-bench.ts';

describe('reflector', () => {
  it('takes everything by WatchList and is synced at the closing bookmark, not before', async () => {
    const made = bench();
    made.reflector.start();
    await settle();
    made.source.last().send(added(object('a', 3)), bookmark(5));
    await settle();
    expect(made.reflector.hasSynced()).to.equal(false);
    made.source.last().send(bookmark(10, true));
    await made.reflector.synced;
    expect(versions(made)).to.deep.equal(['a 3']);
    expect(asked(made)).to.deep.equal([undefined]);
    expect(made.source.lists()).to.equal(0);
    await made.reflector.stop();
  });

  it('follows changes, deletions included, and finds values by key, namespace and index', async () => {
    const made = await following({ indexBy: ({ name }) => [name === 'a' ? 'vowel' : 'consonant'] });
    made.source.last().send(modified(object('a', 11)), deleted(object('b', 12)), added(object('c', 13)));
    await settle();
    expect(made.changes).to.deep.equal(['update shop/a 11', 'delete shop/b 4', 'add shop/c 13']);
    expect(made.reflector.get('shop/a')).to.deep.equal({ name: 'a', version: '11' });
    expect(made.reflector.inNamespace('shop')).to.have.length(2);
    expect(made.reflector.inNamespace('other')).to.have.length(0);
    expect(made.reflector.byIndex('consonant').map(({ name }) => name)).to.deep.equal(['c']);
    await made.reflector.stop();
  });

  it('falls back to pages for good when the server refuses WatchList', async () => {
    const made = bench();
    made.source.pages = [
      [
        { items: [object('a', 3)], resourceVersion: '10' },
        { items: [object('b', 4)], resourceVersion: '10' },
      ],
      [{ items: [], resourceVersion: '20' }],
    ];
    made.reflector.start();
    await settle();
    made.source.last().fail(new KubeError({ kind: 'invalid', status: 422, message: 'sendInitialEvents is forbidden' }));
    await made.clock.advance(2_000);
    expect(versions(made)).to.deep.equal(['a 3', 'b 4']);
    expect(asked(made)).to.deep.equal([undefined, '10']);
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    expect(made.source.lists()).to.equal(2);
    await made.reflector.stop();
  });

  it('uses pages once when a full WatchList stalls, then WatchList again', async () => {
    const made = bench();
    made.reflector.start();
    await made.clock.advance(130_000);
    expect(made.source.lists()).to.equal(1);
    expect(made.reflector.hasSynced()).to.equal(true);
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    expect(made.source.lists()).to.equal(1);
    expect(asked(made)).to.deep.equal([undefined, '1', undefined]);
    await made.reflector.stop();
  });

  it('follows on from the last version when the server ends the watch, without listing', async () => {
    const made = await following();
    await made.clock.advance(5_000);
    made.source.last().send(bookmark(42));
    await settle();
    made.source.last().end();
    await made.clock.advance(0);
    expect(asked(made)).to.deep.equal([undefined, '42']);
    expect(made.reflector.lastError()).to.equal(undefined);
    await made.reflector.stop();
  });

  it('asks the server to end a watch after 4 to 8 minutes', async () => {
    const made = await following();
    expect(made.source.last().request.timeoutSeconds).to.be.within(240, 480);
    await made.reflector.stop();
  });

  it('takes everything again after 410 and delivers what was deleted meanwhile', async () => {
    const made = await following();
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    expect(asked(made)).to.deep.equal([undefined, undefined]);
    made.source.last().send(added(object('b', 4)), added(object('c', 20)), bookmark(21, true));
    await settle();
    expect(made.changes).to.deep.equal(['add shop/c 20', 'delete shop/a 3']);
    expect(made.counted).to.deep.equal(['failed gone', 'relisted gone']);
    await made.reflector.stop();
  });

  it('delivers a delete and an add when an object was recreated in a gap', async () => {
    const made = await following();
    made.source.last().send(errorFrame('gone'));
    await made.clock.advance(2_000);
    made.source.last().send(added(object('a', 20, 'another uid')), added(object('b', 4)), bookmark(21, true));
    await settle();
    expect(made.changes).to.deep.equal(['delete shop/a 3', 'add shop/a 20']);
    await made.reflector.stop();
  });

  it('lists everything again about every ten minutes and reports only what really differs', async () => {
    const made = await following();
    const keepAlive = async (): Promise<void> => {
      await made.clock.advance(60_000);
      made.source.last().send(bookmark(100));
      await settle();
    };
    for (let minutes = 0; minutes < 6; minutes += 1) await keepAlive();
    made.source.last().end();
    await made.clock.advance(0);
    expect(made.source.last().request.timeoutSeconds).to.equal(240);
    for (let minutes = 0; minutes < 4; minutes += 1) await keepAlive();
    made.source.last().end();
    await made.clock.advance(0);
    expect(made.source.last().request.resourceVersion).to.equal(undefined);
    made.source.last().send(added(object('a', 3)), added(object('b', 99)), bookmark(101, true));
    await settle();
    expect(made.changes).to.deep.equal(['update shop/b 99']);
    expect(made.counted).to.deep.equal(['relisted interval']);
    await made.reflector.stop();
  });

  it('stops in the middle of a pause or a watch, leaves no timer, and rejects synced when it had not synced', async () => {
    const watching = await following();
    await watching.reflector.stop();
    expect(watching.clock.pending()).to.equal(0);
    expect(watching.counted).to.deep.equal(['stopped']);

    const pausing = bench();
    pausing.reflector.start();
    await settle();
    pausing.source.last().fail(new KubeError({ kind: 'unreachable', message: 'refused' }));
    await settle();
    await pausing.reflector.stop();
    expect(pausing.clock.pending()).to.equal(0);
    const outcome = await pausing.reflector.synced.then(
      () => 'resolved',
      (error: unknown) => String(error),
    );
    expect(outcome).to.contain('stopped before it had synced');
  });
});

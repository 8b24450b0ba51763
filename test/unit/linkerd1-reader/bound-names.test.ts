// What the fs namer of a running Linkerd 1 lists, as recorded: names that are listed bind, the others don't and count no more.

import { expect } from 'chai';
import { linkerd1Names } from '../../../src/mesh/linkerd1/names.ts';
import { readBoundNames } from '../../../src/mesh/linkerd1/reader/bound-names.ts';
import type { NameLine } from '../../../src/mesh/names.ts';
import { recordedText } from '../../support/recordings.ts';
import type { Pages } from './l5d-pods.ts';
import { pagesWith, usualConfig, withPods } from './l5d-pods.ts';

const config = {
  namers: [{ kind: 'io.l5d.fs', rootDir: '/disco' }],
  routers: [{ ...usualConfig.routers[0], dtab: '/svc => /#/io.l5d.fs' }],
};
const template = {
  spec: {
    containers: [
      {
        name: 'app',
        env: [
          { name: 'A', value: 'http://hello' },
          { name: 'B', value: 'http://nowhere' },
          { name: 'http_proxy', value: 'l5d:4140' },
        ],
      },
    ],
  },
};

const lines = (page: Pages): Promise<readonly NameLine[]> =>
  withPods(
    [{ ...pagesWith({ world: 4 }, config), ...page }],
    async (io, spec) => {
      const reading = await linkerd1Names.read(spec, io);
      return (await reading.answer({ namespace: 'shop', callers: [{ kind: 'Deployment', name: 'web', template }] })).names;
    },
    { namespaces: [], services: [], endpointslices: [] },
  );

describe('when a name was last seen moving', () => {
  it('is told of names whose counter grew, and of no other', async () => {
    const found = await withPods(
      [pagesWith({ hello: 4, other: 2 })],
      async (io, spec) => {
        const reading = await linkerd1Names.read(spec, io);
        const callers = [{ kind: 'Deployment', name: 'web', template }];
        const moved = new Map([['outgoing svc/hello', 1_000]]);
        return (await reading.answer({ namespace: 'shop', callers, moved })).names;
      },
      { namespaces: [], services: [], endpointslices: [] },
    );
    expect(
      found.filter(({ lastMoving }) => lastMoving !== undefined).map(({ name, lastMoving }) => [name, lastMoving]),
    ).to.deep.equal([['hello', '1970-01-01T00:00:01.000Z']]);
  });
});

describe('names that namers list themselves', () => {
  it('are the recorded ones', () => {
    const names = readBoundNames(recordedText('linkerd1/fs/bound-names.json'));
    expect(names).to.include('/#/io.l5d.fs/hello').and.to.have.length(9);
    expect(readBoundNames('[""]')).to.deep.equal([]);
    expect(readBoundNames('{}')).to.contain('no list');
    expect(readBoundNames('[')).to.contain('no JSON');
  });

  it('count, and those that are not listed bind to nothing and don’t', async () => {
    const found = await lines({ '/bound-names.json': recordedText('linkerd1/fs/bound-names.json') });
    expect(found.map(({ name, verdict, reason }) => `${name}: ${verdict} ${reason}`)).to.have.members([
      'hello: blocked UnsupportedNamer',
      'world: blocked UnsupportedNamer',
    ]);
  });

  it('that can’t be read leave no name out', async () => {
    const found = await lines({});
    expect(found.map(({ name, reason }) => `${name}: ${reason}`)).to.have.members([
      'hello: UnsupportedNamer',
      'nowhere: UnsupportedNamer',
      'world: UnsupportedNamer',
    ]);
  });
});

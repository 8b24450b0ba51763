// A name that blocks its callers' namespace comes with where it was seen, in words that stay the same while calls go on.

import { expect } from 'chai';
import { linkerd1Names } from '../../../src/mesh/linkerd1/names.ts';
import type { EnvVar } from '../../../src/mesh/adapter.ts';
import type { NamesQuestion } from '../../../src/mesh/names.ts';
import type { Verdict } from '../../../src/core/verdict.ts';
import { pagesWith, usualConfig, withPods } from './l5d-pods.ts';

// What a namer of files leads to is unknown outside of Linkerd 1, so each of its names is blocked.
const config = {
  namers: [{ kind: 'io.l5d.fs', rootDir: '/disco' }],
  routers: [{ ...usualConfig.routers[0], dtab: '/svc => /#/io.l5d.fs' }],
};

async function blockedWith(requests: number, env: readonly EnvVar[], movedAt?: number): Promise<string> {
  const moved = movedAt === undefined ? {} : { moved: new Map([['outgoing svc/world', movedAt]]) };
  const verdict = await verdictWith({ world: requests }, env, moved);
  if (verdict.kind === 'pass') throw new Error('nothing is blocked');
  return verdict.message;
}

async function verdictWith(
  requests: Readonly<Record<string, number>>,
  env: readonly EnvVar[],
  watched: Pick<NamesQuestion, 'moved' | 'answered'>,
): Promise<Verdict> {
  return withPods(
    [pagesWith(requests, config)],
    async (io, spec) => {
      const reading = await linkerd1Names.read(spec, io);
      const template = { spec: { containers: [{ name: 'app', env: [{ name: 'http_proxy', value: 'l5d:4140' }, ...env] }] } };
      const callers = [{ kind: 'Deployment', name: 'web', template }];
      return (await reading.answer({ namespace: 'shop', callers, ...watched })).verdict;
    },
    { namespaces: [], services: [], endpointslices: [] },
  );
}

describe('a blocked name', () => {
  it('is told with its place where a template has it', async () => {
    expect(await blockedWith(4, [{ name: 'URL', value: 'http://world' }])).to.contain(
      '; written in Deployment/web spec.containers[app].env[URL]',
    );
  });

  it('is told with when it last moved where only Linkerd 1 counts it, in the same words for some minutes', async () => {
    const minute = 60_000;
    const told = await blockedWith(4, [], 21 * minute);
    expect(told).to.match(/; counted by Linkerd 1, last seen moving after 1970-01-01T00:20Z$/);
    expect(await blockedWith(9, [], 29 * minute)).to.equal(told);
    expect(await blockedWith(4, [])).to.match(/; counted by Linkerd 1$/);
  });

  it('blocks as well where it was answered before and is no longer counted, through its own router alone', async () => {
    const answered = (name: string) => verdictWith({}, [], { answered: new Map([[name, 4]]) });

    expect((await answered('outgoing svc/world')).kind).to.equal('fail');
    expect((await answered('incoming svc/world')).kind).to.equal('pass');
  });
});

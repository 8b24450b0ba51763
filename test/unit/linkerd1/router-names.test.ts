// Whose namers a router's names are looked up in.
import { expect } from 'chai';
import { readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import { routerNames } from '../../../src/mesh/linkerd1/config/router-names.ts';
import type { NameDirectories } from '../../../src/mesh/linkerd1/config/router-names.ts';
import type { Namer } from '../../../src/mesh/linkerd1/dtab/namer.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';
import { UNKNOWN_HERE } from '../../../src/mesh/linkerd1/dtab/configured-namers.ts';

const namers = [{ kind: 'io.l5d.k8s' }];

function namersOf(interpreter: object, own: readonly object[] = [], directories: NameDirectories = {}): readonly Namer[] {
  const router = { protocol: 'http', label: 'outgoing', interpreter, servers: [{ port: 4140 }] };
  const { config } = readLinkerdConfig(JSON.stringify({ namers: own, routers: [router] }));
  if (config === undefined) throw new Error('a router and its namers are a configuration');
  return routerNames(config, directories).get('outgoing')?.namers ?? [];
}

function lookUp(interpreter: object, own: readonly object[] = []): string {
  const [first] = namersOf(interpreter, own);
  const found = first?.prefix.join('/') ?? 'none';
  if (own.length > 0 || first === undefined) return found;
  const answer = first.lookup(['default', 'http', 'hello']);
  return `${found} ${answer.kind === 'exception' && answer.message.startsWith(UNKNOWN_HERE) ? 'unknown' : answer.kind}`;
}

describe('names of a router', () => {
  it('are unknown, never absent, where namerd looks them up with namers of its own', () => {
    const namerd = { kind: 'io.l5d.namerd', dst: '/$/inet/namerd/4100' };
    expect(lookUp(namerd)).to.equal('# unknown');
    expect(lookUp(namerd, namers)).to.equal('#/io.l5d.k8s');
  });

  it('are taken for Services by the usual name where somebody asks namerd, and unknown by any other', () => {
    const directories = { takesUsualNamer: true, cluster: readClusterObjects([]) };
    const [usual, rest] = namersOf({ kind: 'io.l5d.mesh', dst: '/$/inet/namerd/4321' }, [], directories);
    expect([usual?.prefix.join('/'), usual?.lookup(['default', 'http', 'hello']).kind]).to.deep.equal(['#/io.l5d.k8s', 'neg']);
    expect(rest?.lookup(['io.l5d.k8s', 'default', 'http', 'hello']).kind).to.equal('neg');
    expect(rest?.lookup(['io.l5d.consul', 'dc', 'hello']).kind).to.equal('exception');
  });

  it('are those of its own configuration otherwise, and none where that has none', () => {
    expect(lookUp({ kind: 'default' }, namers)).to.equal('#/io.l5d.k8s');
    expect(lookUp({ kind: 'default' })).to.equal('none');
  });
});

// The names of the Linkerd 1 that really proxies, held to what the real one answered (test/recordings/linkerd1/delegator.json).
// Names of the Internet are left out: whether a host is known depends on where one asks.
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { buildPrograms } from '../../cluster/build.ts';
import { recordedJson } from '../../support/recordings.ts';
import { E2E_PROGRAM } from '../images/program.ts';

interface Recorded {
  readonly setup: string;
  readonly name: string;
  readonly namespace: string;
  readonly dtab: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

// The Services of the recorded cluster (test/recordings/linkerd1/k8s/objects.yaml, selector-service.txt).
const on = (port: number, nodeName?: string): readonly object[] => [
  { ip: '10.99.0.10', port, meta: nodeName === undefined ? {} : { nodeName } },
];
const replicas = {
  'default/hello/http': on(18081, 'node-a'),
  'default/hello/admin': on(18082, 'node-a'),
  'default/world/http': on(18082),
  'default/sel/http': on(18081, 'node-a'),
  'shop/flaky/http': on(18083),
};

function withoutHosts(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutHosts);
  if (typeof tree !== 'object' || tree === null) return tree;
  const { type, path } = tree as { readonly type?: string; readonly path?: string };
  if (type !== undefined && path?.startsWith('/$/io.buoyant.rinet/') === true) return { path };
  return Object.fromEntries(Object.entries(tree).map(([field, value]) => [field, withoutHosts(value)]));
}

describe('The Linkerd 1 that really proxies', () => {
  const recorded = (recordedJson('linkerd1/delegator.json') as Recorded[]).filter(
    ({ setup, status }) => setup === 'k8s' && status === 200,
  );

  it('leads every recorded name where the real one led it', async () => {
    const program = (await buildPrograms([E2E_PROGRAM]))[E2E_PROGRAM.name] ?? '';
    const queries = recorded.map(({ dtab, path, namespace }) => ({
      dtab,
      path,
      local: namespace === 'incoming' ? ['10.99.0.10', 'node-a'] : ['', ''],
    }));
    const output = execFileSync(program, ['delegate'], { input: JSON.stringify({ replicas, queries }), encoding: 'utf8' });
    const answers = (JSON.parse(output) as unknown[]).map(withoutHosts);
    expect(recorded.length).to.be.above(15);
    expect(answers).to.deep.equal(recorded.map(({ body }) => withoutHosts(body)));
  });
});

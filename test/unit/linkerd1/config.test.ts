// The config room in the small: misspelt words, wrong places, merge rules, where the dtab is, hostile documents.

import { expect } from 'chai';
import { dtabSourceOf } from '../../../src/mesh/linkerd1/config/dtab-source.ts';
import { describeFinding } from '../../../src/mesh/linkerd1/config/finding.ts';
import { clientPolicyOf, servicePolicyOf } from '../../../src/mesh/linkerd1/config/policies.ts';
import { isSound, readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import { routerNames } from '../../../src/mesh/linkerd1/config/router-names.ts';
import { answerDelegation } from '../../../src/mesh/linkerd1/dtab/delegator.ts';
import { parsePath } from '../../../src/mesh/linkerd1/dtab/parse.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';
import { processorMs } from '../../support/processor-time.ts';

const inRouter = (more: string): string => `routers:\n- protocol: http\n  servers: [{port: 4140}]\n${more}`;
const meant = (text: string): (string | undefined)[] =>
  readLinkerdConfig(text).findings.map((finding) => `${finding.path} → ${String(finding.suggestion)}`);
const routerOf = (more: string) => {
  const { config, findings } = readLinkerdConfig(inRouter(more));
  expect(findings.map(describeFinding)).to.deep.equal([]);
  return config!.routers[0]!;
};

describe('a misspelt or misplaced word', () => {
  const cases: [string, string][] = [
    ['  lable: x\n', 'routers[0].lable → label'],
    ['  baseDtab: /a => /b\n', 'routers[0].baseDtab → dtab'],
    ['  client: {loadBalancr: {kind: ewma}}\n', 'routers[0].client.loadBalancr → loadBalancer'],
    ['  client: {loadBalancer: {kind: emwa}}\n', 'routers[0].client.loadBalancer.kind → ewma'],
    ['  client: {retries: {budget: {}}}\n', 'routers[0].client.retries → retries under routers[].service'],
    ['  service: {loadBalancer: {kind: ewma}}\n', 'routers[0].service.loadBalancer → loadBalancer under routers[].client'],
    [
      '  responseClassifier: {kind: io.l5d.nonRetryable5XX}\n',
      'routers[0].responseClassifier → responseClassifier under routers[].service',
    ],
    [
      '  service: {responseClassifier: {kind: io.l5d.nonRetryable5XX}}\n',
      'routers[0].service.responseClassifier.kind → io.l5d.http.nonRetryable5XX',
    ],
    [
      '  interpreter: {kind: io.l5d.k8s.configmap, experimental: true, name: a, filename: b}\n',
      'routers[0].interpreter.kind → io.l5d.k8s.configMap',
    ],
    ['  dtab: /svc => /$/io.buoyant.rient/80\n', 'routers[0].dtab → /$/io.buoyant.rinet/80'],
    ['  dtab: /svc => /#/io.l5d.k8\nnamers: [{kind: io.l5d.k8s}]\n', 'routers[0].dtab → /#/io.l5d.k8s'],
    ['  interpreter: {kind: io.l5d.mesh}\n', 'routers[0].interpreter → dst: …'],
    ['  interpreter: {kind: io.l5d.namerd.http, dst: /a}\n', 'routers[0].interpreter → experimental: true'],
    ['telemetry: [{kind: io.l5d.prometheus, pth: /x}]\n', 'telemetry[0].pth → path'],
    ['  label: a\n  label: b\n', 'routers[0].label → undefined'],
    ['  service: [1]\n', 'routers[0].service → a map with kind'],
    ['  __proto__: {x: 1}\n', 'routers[0].__proto__ → one of'],
  ];
  for (const [text, wanted] of cases) {
    it(`${wanted} is understood`, () => expect(meant(inRouter(text)).join('\n')).to.contain(wanted));
  }
});

describe('policies', () => {
  it('of static blocks apply where they match, later ones over earlier ones, budget and backoff on their own', () => {
    const router = routerOf(`  service:
    kind: io.l5d.static
    configs:
    - prefix: /svc
      totalTimeoutMs: 500
      retries: {budget: {percentCanRetry: 0.5, ttlSecs: 15}, backoff: {kind: constant, ms: 5}}
    - prefix: /svc/foo
      totalTimeoutMs: 100
      retries: {budget: {percentCanRetry: 0.1}}
`);
    expect(servicePolicyOf(router, parsePath('/svc/bar'))).to.have.property('totalTimeoutMs', 500);
    expect(servicePolicyOf(router, parsePath('/svc/foo'))).to.deep.equal({
      totalTimeoutMs: 100,
      retries: { budget: { percentCanRetry: 0.1 }, backoff: { kind: 'constant', ms: 5 } },
    });
    expect(servicePolicyOf(router, parsePath('/other'))).to.deep.equal({});
  });

  it('of global blocks apply to everything', () => {
    expect(servicePolicyOf(routerOf('  service: {totalTimeoutMs: 7}\n'), ['x'])).to.deep.equal({ totalTimeoutMs: 7 });
  });

  it('of clients see the bound name and put captures into the common name', () => {
    const router = routerOf(`  client:
    kind: io.l5d.static
    configs:
    - prefix: /$/io.buoyant.rinet/443/{service}
      tls: {commonName: "{service}"}
    - prefix: /
      failFast: true
`);
    expect(clientPolicyOf(router, parsePath('/$/io.buoyant.rinet/443/example.com'))).to.deep.equal({
      failFast: true,
      tls: { commonName: 'example.com' },
    });
    expect(clientPolicyOf(router, parsePath('/#/io.l5d.k8s/a/b/c'))).to.deep.equal({ failFast: true });
  });
});

describe('the dtab', () => {
  const cases: [string, object][] = [
    ['', { kind: 'here' }],
    [
      '  interpreter: {kind: io.l5d.namerd, dst: /$/inet/n/4100, namespace: prod}\n',
      { kind: 'namerd', api: 'thrift', dst: '/$/inet/n/4100', namespace: 'prod' },
    ],
    ['  interpreter: {kind: io.l5d.mesh, dst: /a, root: /ns}\n', { kind: 'namerd', api: 'mesh', dst: '/a', namespace: 'ns' }],
    ['  interpreter: {kind: io.l5d.fs, dtabFile: /d}\n', { kind: 'file', path: '/d' }],
    [
      '  interpreter: {kind: io.l5d.k8s.configMap, experimental: true, name: n, filename: f, namespace: ns}\n',
      { kind: 'configMap', namespace: 'ns', name: 'n', key: 'f' },
    ],
    ['  interpreter: {kind: io.l5d.consul.interpreter}\n', { kind: 'elsewhere', interpreter: 'io.l5d.consul.interpreter' }],
  ];
  for (const [text, wanted] of cases)
    it(`is ${JSON.stringify(wanted)}`, () => expect(dtabSourceOf(routerOf(text))).to.deep.equal(wanted));

  it('of a namer that needs a directory nobody gave is unknown, not absent', () => {
    const { config } = readLinkerdConfig(inRouter('  label: r\nnamers: [{kind: io.l5d.k8s}]\n'));
    const question = { namespace: 'r', dtab: '/svc => /#/io.l5d.k8s/default/http', path: '/svc/a' };
    const blind = answerDelegation(routerNames(config!, {}), question);
    expect(blind).to.have.nested.property('tree.delegate.type', 'exception');
    const seeing = answerDelegation(routerNames(config!, { cluster: readClusterObjects([]) }), question);
    expect(seeing).to.have.nested.property('tree.delegate.type', 'neg');
  });

  it('leads through the transformers of a namer to a client of the transformed name', () => {
    const text = inRouter(
      '  label: r\nnamers:\n- {kind: io.l5d.k8s, prefix: /in, transformers: [{kind: io.l5d.k8s.daemonset, namespace: linkerd, service: l5d, port: http-incoming}]}\n',
    );
    const endpoints = {
      kind: 'Endpoints',
      metadata: { name: 'a', namespace: 'b' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 1 }] }],
    };
    const names = routerNames(readLinkerdConfig(text).config!, { cluster: readClusterObjects([endpoints]) });
    const answer = answerDelegation(names, { namespace: 'r', dtab: '', path: '/#/in/b/http/a' });
    expect(answer).to.have.nested.property('tree.bound.id', '/%/io.l5d.k8s.daemonset/linkerd/http-incoming/l5d/#/in/b/http/a');
  });
});

describe('a hostile document', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
    .split('')
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]!}`).join()}]`)
    .join('\n')}\n`;
  const cases: [string, string, RegExp][] = [
    ['a truncated one', 'routers:\n- protocol: http\n  servers: [{port: 41', /^unreadable/],
    ['bytes that are no UTF-8', 'routers:\n- protocol: ht\uFFFDtp\n', /^unreadable 2:15: .*not UTF-8/],
    ['an alias bomb', bomb, /^unreadable .*aliases/],
    ['an alias of itself', 'routers: &a [*a]\n', /^unreadable .*nested/],
    ['deep nesting', `routers: ${'['.repeat(10_000)}`, /^unreadable .*nested/],
    ['deep block nesting', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /^unreadable .*nested/],
    ['a huge one', `routers: [${'{protocol: http},'.repeat(10_000)}]`, /^unreadable .*at most 98304/],
    ['many values', `routers: [${'a,'.repeat(40_000)}]`, /^unreadable .*more than 20000 values/],
    ['a name of 300 characters', inRouter(`  ${'x'.repeat(300)}: 1\n`), /^refused 4:3 routers\[0\]\.x{60}/],
    [
      'more mistakes than anybody reads',
      inRouter(Array.from({ length: 5_000 }, (_, i) => `  k${i}: 1\n`).join('')),
      /more than 200 mistakes/,
    ],
    ['a list', '- a\n', /^unreadable .*a list/],
    ['a text', 'hello', /^unreadable .*single value/],
    ['an anchor nobody knows', 'routers: *nosuch\n', /^unreadable .*no anchor nosuch/],
  ];
  for (const [what, text, wanted] of cases) {
    it(`such as ${what} ends in a clear error within a second`, () => {
      let findings: ReturnType<typeof readLinkerdConfig>['findings'] = [];
      const spent = processorMs(() => void ({ findings } = readLinkerdConfig(text)));
      expect(spent).to.be.lessThan(1000);
      expect(isSound(findings)).to.equal(false);
      expect(findings.map((finding) => `${finding.severity} ${describeFinding(finding)}`).join('\n')).to.match(wanted);
    });
  }
});

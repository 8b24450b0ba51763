// Verdicts about names: what Linkerd 1 does, and what DNS and Services would do.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';
import { judgeCall } from '../../../src/mesh/linkerd1/translate/judge.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';
import { call, cluster, judge, parts, short } from './naming-world.ts';

describe('the verdict about a name', () => {
  const cases: [string, string, string, string?, string?][] = [
    // caller, name, verdict, more dtab, more of the router
    ['default', 'hello', 'works SameDestination answers'],
    ['default', 'HELLO', 'works SameDestination answers'],
    ['shop', 'hello.default', 'works SameDestination answers'],
    ['shop', 'hello', 'needsAlias ImpliedNamespace answers'],
    ['shop', 'web', 'works SameDestination answers', '/svc/web => /#/io.l5d.k8s/shop/http/web | ~; /host/web => ~'],
    ['default', 'ledger-v1', 'needsPort PortNotDefined answers'],
    ['shop', 'ledger-v1.default', 'needsPort PortNotDefined answers'],
    ['default', 'ledger', 'needsAlias OnlyDtabKnows answers', '/host/ledger => /host/ledger-v1'],
    ['shop', 'ledger', 'needsAlias OnlyDtabKnows answers', '/host/ledger => /host/ledger-v1'],
    ['default', 'ledger.shop', 'needsAlias OnlyDtabKnows answers', '/host/shop/ledger => /host/ledger-v1'],
    ['default', 'ledger.nowhere', 'blocked NotAServiceName answers', '/host/nowhere/ledger => /host/ledger-v1'],
    ['default', 'api.example.com', 'blocked NotAServiceName answers', '/svc/api.example.com => /host/ledger-v1'],
    ['shop', 'twin', 'blocked NameTaken answers'],
    ['default', 'world', 'needsRoute Weighted answers', '/host/world => 9*/host/world-v1 & 1*/host/world-v2'],
    [
      'default',
      'apex',
      'needsRoute Weighted answers',
      '/host/apex => 9*/#/io.l5d.k8s/default/http/apex & 1*/#/io.l5d.k8s/default/http/apex-v2',
    ],
    ['default', 'apex', 'blocked NameTaken answers', '/host/apex => 9*/host/world-v1 & 1*/host/world-v2'],
    ['default', 'mix', 'blocked MixedDestinations answers', '/host/mix => /host/world-v1 & /$/inet/10.1.1.1/80'],
    ['default', 'mix', 'blocked HeadlessBackend answers', '/host/mix => /host/world-v1 & /host/bare'],
    ['default', 'world', 'works NotRoutedToday fails', '/svc/world => ~ | /host/nosuch | /#/io.l5d.k8s/default/nope/x'],
    ['default', 'bare', 'blocked HeadlessPort answers'],
    ['default', 'bare80', 'works SameDestination answers'],
    ['shop', 'bare', 'blocked HeadlessBackend answers'],
    ['default', 'hello:9990', 'works SameDestination answers', '/svc/hello:9990 => /#/io.l5d.k8s/default/admin/hello'],
    ['default', 'hello:9990', 'works NotRoutedToday fails'],
    ['default', 'hello', 'needsRoute OtherPortOfService answers', '/svc/hello => /#/io.l5d.k8s/default/admin/hello'],
    ['default', 'plain', 'works NotRoutedToday fails'],
    ['default', 'nosuch', 'works NotRoutedToday fails'],
    ['default', 'refused', 'works RefusedToday refused', '/svc/refused => !'],
    ['default', 'nothing', 'works RefusedToday refused', '/svc/nothing => $'],
    ['default', 'ext', 'works NotRoutedToday fails'],
    ['default', 'ext.default', 'works SameDestination answers'],
    ['default', 'away.default', 'external Outside unknown'],
    ['default', 'loop.default', 'works NotRoutedToday fails'],
    ['default', 'example.com', 'external Outside unknown'],
    ['default', 'example.com:8080', 'external Outside unknown'],
    ['default', 'example.com', 'blocked OtherPortOutside answers', '/svc/example.com => /ph/8080/example.com'],
    ['default', 'db', 'needsAlias OnlyDtabKnows unknown', '/svc/db => /ph/80/db.example.com'],
    ['default', 'db.example.org', 'blocked OtherHostOutside answers', '/svc/db.example.org => /ph/80/db.example.com'],
    ['default', '169.254.169.254', 'external Outside unknown'],
    ['default', 'hello.default.svc.cluster.local', 'works SameDestination answers'],
    ['default', 'consul', 'blocked UnsupportedNamer unknown', '/svc/consul => /#/io.l5d.consul/dc/x'],
    ['default', 'a', 'blocked Unknown unknown', '/svc/a => /svc/a'],
    ['default', 'hello', 'blocked HeaderIdentifier unknown', '', '  identifier: {kind: io.l5d.header}'],
    ['default', 'hello', 'blocked HeaderIdentifier unknown', '', '  identifier: {kind: io.l5d.header.token, header: l5d-to}'],
    [
      'default',
      'hello',
      'works SameDestination answers',
      '',
      '  identifier: [{kind: io.l5d.header}, {kind: io.l5d.header.token}]',
    ],
    ['default', 'hello/apex/x', 'blocked PathConsumed unknown', '', '  identifier: {kind: io.l5d.path, consume: true}'],
    ['default', 'hello', 'blocked PathIdentifier unknown', '', '  identifier: {kind: io.l5d.path}'],
    ['default', 'hello/apex/x', 'needsRoute ByMethodOrPath answers', '', '  identifier: {kind: io.l5d.path}'],
    ['default', 'hello', 'blocked IngressIdentifier unknown', '', '  identifier: {kind: io.l5d.ingress}'],
    ['default', 'any', 'needsAlias OnlyDtabKnows answers', '', '  identifier: {kind: io.l5d.static, path: /hello}'],
    ['default', 'hello', 'works SameDestination answers', '/svc/1.1/* => /host', '  identifier: {kind: io.l5d.methodAndHost}'],
    [
      'default',
      'apex',
      'needsRoute ByMethodOrPath answers',
      '/svc/1.1/* => /host; /svc/1.1/POST/apex => /host/apex-v2',
      '  identifier: {kind: io.l5d.methodAndHost}',
    ],
    [
      'default',
      'hello',
      'blocked ReplacedName unknown',
      '',
      '  interpreter: {kind: default, transformers: [{kind: io.l5d.const, path: /x}]}',
    ],
  ];
  for (const [from, name, wanted, dtab = '', router = ''] of cases) {
    it(`${name} from ${from}${dtab && ` with ${dtab}`}${router && ` and${router}`} is ${wanted}`, () => {
      const verdict = judge(from, name, dtab, router);
      expect(short(verdict), verdict.message).to.equal(wanted);
      expect(verdict.message.length).to.be.greaterThan(20);
      expect(verdict.remedy === undefined).to.equal(verdict.verdict !== 'blocked');
    });
  }

  it('that works only in theory is blocked when Linkerd 1 is seen answering it', () => {
    const verdict = judgeCall(namingWorld(parts('')), { ...call('default', 'nosuch'), seenAnswering: true });
    expect(short(verdict)).to.equal('blocked Unexplained unknown');
  });

  it('notes a fallback that gets lost', () => {
    expect(judge('default', 'hello').notes.join()).to.contain('falls back to /$/io.buoyant.rinet/80/hello');
  });
});

describe("the talk's names", () => {
  const text = readFileSync(new URL('../../recordings/samples/talk.linkerd.yaml', import.meta.url), 'utf8');
  const config = readLinkerdConfig(text).config!;
  const router = config.routers[0]!;
  const world = namingWorld({ config, router, dtab: router.dtab, cluster, l5dNamespace: 'linkerd' });
  const cases: [string, string][] = [
    ['hello.default', 'works SameDestination answers'],
    ['api.example.com', 'blocked TlsOrigination answers'],
    ['api.example.com:443', 'blocked TlsOrigination answers'],
    ['api.example.com:8080', 'external Outside unknown'],
    ['169.254.169.254', 'external Outside unknown'],
    ['nosuch', 'works NotRoutedToday fails'],
  ];
  for (const [name, wanted] of cases)
    it(`${name} is ${wanted}`, () => expect(short(judgeCall(world, call('default', name)))).to.equal(wanted));
});

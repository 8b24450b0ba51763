// The dtab room in the small: places in errors, built-in namers, hostile input, cost.

import { expect } from 'chai';
import { rewriteNamer, fsNamer, unreadableNamer } from '../../../src/mesh/linkerd1/dtab/configured-namers.ts';
import { answerDelegation } from '../../../src/mesh/linkerd1/dtab/delegator.ts';
import { evaluate } from '../../../src/mesh/linkerd1/dtab/evaluate.ts';
import { lookupGlobally } from '../../../src/mesh/linkerd1/dtab/global-namer.ts';
import { k8sExternalNamer, k8sNamer } from '../../../src/mesh/linkerd1/dtab/k8s-namer.ts';
import { MAX_DTAB_CHARS, parseDtab, parsePath } from '../../../src/mesh/linkerd1/dtab/parse.ts';
import { pathPattern } from '../../../src/mesh/linkerd1/dtab/path-pattern.ts';
import { segmentOf, showPath } from '../../../src/mesh/linkerd1/dtab/path.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';
import { DtabSyntaxError } from '../../../src/mesh/linkerd1/dtab/syntax-error.ts';
import { DentryTable } from '../../../src/mesh/linkerd1/dtab/table.ts';
import { processorMs } from '../../support/processor-time.ts';

const names = (dtab: string) => ({ table: new DentryTable(parseDtab(dtab)), namers: [] });
const complaint = (text: string): string => {
  try {
    parseDtab(text);
  } catch (error) {
    if (error instanceof DtabSyntaxError) return error.message;
  }
  return 'accepted';
};
const globally = (name: string): string => {
  const found = lookupGlobally(parsePath(name));
  if (found.kind === 'rewrite') return showPath(found.path);
  return found.kind === 'bound' ? `${showPath(found.id)} ${found.addr.type}` : found.kind;
};

describe('the dtab parser', () => {
  const cases: [string, string][] = [
    ['not a dtab', "line 1, column 1: found 'n', expected '/'"],
    ['/svc', "line 1, column 5: found end of input, expected '='"],
    ['/svc => 0.7*/a & 0.3', "line 1, column 21: found end of input, expected '*'"],
    ['/svc => 1.2.3*/a', "line 1, column 12: found '.', expected number char"],
    ['/a => /b ;\n/c => (/d | ', 'line 2, column 13: found end of input, expected simple'],
    ['/a => (/b', "line 1, column 10: found end of input, expected ')'"],
    ['/a => /b/\\x0g', "line 1, column 13: found 'g', expected hex char"],
    ['/a => /b /c', "line 1, column 10: found '/', expected end of input"],
    [`/a => ${'('.repeat(101)}/b${')'.repeat(101)}`, "line 1, column 108: found '/', expected at most 100 nested parentheses"],
    [`/a => ${'9'.repeat(400)}*/b & /c`, "line 1, column 7: found '9', expected weight"],
  ];
  for (const [text, wanted] of cases) {
    it(`says where ${JSON.stringify(text.slice(0, 30))} goes wrong`, () => expect(complaint(text)).to.equal(wanted));
  }

  it('reads comments, an empty table and a trailing semicolon', () => {
    expect(parseDtab('')).to.deep.equal([]);
    expect(parseDtab('# nothing ;\n/a => /b#c ; # more\n')).to.deep.equal([
      { prefix: ['a'], dst: { kind: 'leaf', path: ['b#c'] } },
    ]);
  });

  it('refuses what is longer than any ConfigMap should hold', () => {
    expect(complaint('x'.repeat(MAX_DTAB_CHARS + 1))).to.contain(`expected at most ${MAX_DTAB_CHARS} characters`);
    expect(complaint('/a => /b;'.repeat(5_001))).to.contain('expected at most 5000 dentries');
    expect(complaint(`/a => ${'/b'.repeat(201)}`)).to.contain('expected at most 200 segments');
  });
});

describe('the names behind /$/', () => {
  const cases: [string, string][] = [
    ['/$/inet/127.0.0.1/80/rest', '/$/inet/127.0.0.1/80 bound'],
    ['/$/inet/example.com/80', '/$/inet/example.com/80 pending'],
    ['/$/inet/8080', '/$/inet/8080 bound'],
    ['/$/io.buoyant.rinet/99999/a', '/$/io.buoyant.rinet/99999/a failed'],
    ['/$/io.buoyant.rinet/80', 'neg'],
    ['/$/nil/x', 'empty'],
    ['/$/fail', 'fail'],
    ['/$', 'neg'],
    ['/$/io.buoyant.hostportPfx/p/h:http/x', '/p/h/http/x'],
    ['/$/io.buoyant.porthostPfx/p/h:80', '/p/80/h'],
    ['/$/io.buoyant.porthostPfx/p/h:HTTP', 'neg'],
    ['/$/io.buoyant.porthostPfx/p/a:b:c', 'neg'],
    ['/$/io.buoyant.porthostPfx/p/:80', 'exception'],
    ['/$/io.buoyant.http.domainToPathPfx/p/a.b.c/d', '/p/c/b/a/d'],
    ['/$/io.buoyant.http.domainToPathPfx/p/a..b', 'exception'],
    ['/$/io.buoyant.http.domainToPathPfx/p/a%b', 'neg'],
    ['/$/io.buoyant.http.domainToPath/a.b', '/b/a'],
    ['/$/io.buoyant.http.subdomainOfPfx/b.c/p/a.b.c:80', '/p/a'],
    ['/$/io.buoyant.http.subdomainOfPfx/b.c/p/b.c', 'neg'],
    ['/$/io.buoyant.http.subdomainOf/b.c/a.b.c', '/a'],
    ['/$/io.buoyant.http.anyMethodPfx/p/GET/h', '/p/h'],
    ['/$/io.buoyant.http.anyHostPfx/p/h/x', '/p/x'],
    ['/$/io.buoyant.http.nosuch/p', 'exception'],
  ];
  for (const [name, wanted] of cases) it(`${name} is ${wanted}`, () => expect(globally(name)).to.equal(wanted));
});

describe('configured namers', () => {
  const object = (kind: string, name: string, rest: object): object => ({
    kind,
    metadata: { name, namespace: 'shop', labels: { v: '1' } },
    ...rest,
  });
  const ports = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'named', port: 81, targetPort: 'http' },
  ];
  const service = object('Service', 'a', { spec: { ports }, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } });
  const slice = {
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: { name: 'a-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'a' } },
    endpoints: [
      { addresses: ['10.0.0.1'], conditions: { ready: true } },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
    ],
    ports: [{ name: 'http', port: 8080 }],
  };
  const cluster = readClusterObjects([{ kind: 'List', items: [service, slice] }]);
  const ask = (path: string, options = {}): string => {
    const found = k8sNamer({ prefix: ['#', 'k'], cluster, ...options }).lookup(parsePath(path));
    return found.kind === 'bound' && found.addr.type === 'bound'
      ? found.addr.addrs.map((a) => `${a.ip}:${a.port}`).join()
      : found.kind;
  };

  it('find ready endpoints by port name and by Service port, in slices too', () => {
    expect(ask('/shop/http/a')).to.equal('10.0.0.1:8080');
    expect(ask('/shop/80/a')).to.equal('10.0.0.1:8080');
    expect(ask('/shop/81/a')).to.equal('10.0.0.1:8080');
    expect(ask('/shop/8080/a')).to.equal('neg');
    expect(ask('/shop/named/a')).to.equal('neg');
    expect(ask('/shop/http')).to.equal('neg');
  });

  it('heed the label value and the namespace of the namer', () => {
    expect(ask('/shop/http/a/1', { labelSelector: 'v' })).to.equal('10.0.0.1:8080');
    expect(ask('/shop/http/a/2', { labelSelector: 'v' })).to.equal('neg');
    expect(ask('/http/a', { namespace: 'shop' })).to.equal('10.0.0.1:8080');
  });

  it('find the load balancer for the external namer', () => {
    const found = k8sExternalNamer({ prefix: ['#', 'x'], cluster }).lookup(['shop', 'http', 'a']);
    expect(found).to.have.nested.property('addr.addrs[0].ip', '1.2.3.4');
  });

  it('take a name that is special to JavaScript for a name like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(ask(`/shop/http/${name}`)).to.equal('neg');
      expect(fsNamer(['#', 'fs'], new Map()).lookup([name])).to.deep.equal({ kind: 'neg' });
    }
  });

  it('call a name unknown, not absent, when its directory can not be read', () => {
    expect(unreadableNamer(['#', 'c'], 'io.l5d.consul').lookup(['a'])).to.have.property('kind', 'exception');
  });

  it('capture greedily inside a segment', () => {
    expect([...(pathPattern('/{foo}-{bar}').match(['a-b-c']) ?? [])]).to.deep.equal([
      ['foo', 'a-b'],
      ['bar', 'c'],
    ]);
    expect(pathPattern('/x{foo}y/*').match(['xy', 'any', 'more'])?.get('foo')).to.equal('');
    expect(pathPattern('/ab{foo}bc').match(['abc'])).to.equal(undefined);
    expect(pathPattern('/a/b').match(['a'])).to.equal(undefined);
  });

  it('refuse a rewrite that doubles without end', () => {
    const namer = rewriteNamer(['#', 'r'], '/{a}', '/#/r/{a}{a}');
    const found = evaluate({ table: new DentryTable([]), namers: [namer] }, ['#', 'r', 'x']);
    expect(found).to.have.nested.property('tree.type', 'exception');
  });

  it('keep names that are not ASCII as their bytes', () => {
    expect(showPath([segmentOf('ä')])).to.equal('/\\xc3\\xa4');
  });
});

describe('hostile dtabs', () => {
  const multiply = Array.from({ length: 40 }, (_, i) => `/n${i} => /n${i + 1} | /n${i + 1}`).join(';');
  const cases: [string, string, string][] = [
    ['a circle', '/a => /b; /b => /a', 'goes in circles'],
    ['a name that grows', `/a => /a${'/x'.repeat(50)}`, 'grows beyond'],
    ['alternates that multiply', multiply.replaceAll('/n0 ', '/a '), 'more than 10000 alternatives'],
    ['many dentries that all match', '/* => /a/b;'.repeat(5_000), 'circles'],
    ['unions of everything with itself', '/a => 1*/a & 1*/a & 1*/a', 'circles|alternatives'],
    ['a deep dead end', `${'/*'.repeat(200)} => /b; /a => /b`, 'fine'],
    [
      'a huge right-hand side',
      `/a => /b; /b => ${Array.from({ length: 30_000 }, (_, i) => `/c${i}`).join(' | ')}`,
      'alternatives|longer',
    ],
  ];
  for (const [what, dtab, wanted] of cases) {
    it(`with ${what} end within a second`, () => {
      const spent = processorMs(() => {
        const found = evaluate(names(dtab), ['a']);
        expect(found.ok ? 'fine' : found.message).to.match(new RegExp(wanted));
      });
      expect(spent).to.be.lessThan(1000);
    });
  }

  it('are an answer with a status like any other', () => {
    const answer = answerDelegation(new Map(), { dtab: '/a => /a', path: '/a' });
    expect(answer).to.include({ status: 500, original: '' });
  });
});

describe('ten thousand names against two hundred dentries', () => {
  it('take less than two seconds', () => {
    const own = Array.from({ length: 193 }, (_, i) => `/host/default/app${i} => /portNsSvc/http/default/app${i}-v2`).join(';');
    const talk =
      '/ph => /$/io.buoyant.rinet; /svc => /ph/443; /svc => /$/io.buoyant.porthostPfx/ph; /portNsSvc => /#/r; /host => /portNsSvc/http/default; /host => /portNsSvc/http; /svc => /$/io.buoyant.http.domainToPathPfx/host';
    const table = new DentryTable(parseDtab(`${talk};${own}`));
    const namers = [
      rewriteNamer(['#', 'r'], '/{port}/{ns}/{svc}', '/#/k8s/{ns}/{port}/{svc}'),
      k8sNamer({ prefix: ['#', 'k8s'], cluster: readClusterObjects([]) }),
    ];
    const spent = processorMs(() => {
      for (let i = 0; i < 10_000; i++) expect(evaluate({ table, namers }, ['svc', `app${i}.default`]).ok).to.equal(true);
    });
    expect(spent).to.be.lessThan(2000);
  });
});

// The model of cluster DNS, and how calls and weights are read.

import { expect } from 'chai';
import { readCall, readCounterName } from '../../../src/mesh/linkerd1/translate/call.ts';
import { resolve } from '../../../src/mesh/linkerd1/translate/dns.ts';
import { integerWeights } from '../../../src/mesh/linkerd1/translate/weights.ts';
import { cluster } from './naming-world.ts';

describe('cluster DNS', () => {
  const dns = { cluster, clusterDomain: 'cluster.local' };
  const cases: [string, string, string][] = [
    ['shop', 'web', 'service shop/web'],
    ['shop', 'web.', 'nothing'],
    ['shop', 'hello.default.svc', 'service default/hello'],
    ['shop', 'hello.default.svc.cluster.local.', 'service default/hello'],
    ['shop', 'ext.default', 'service default/hello'],
    ['shop', 'away.default', 'outside db.example.com'],
    ['shop', 'loop.default', 'nothing'],
    ['shop', 'nosuch.default.svc.cluster.local', 'nothing'],
    ['shop', 'example.com', 'outside example.com'],
    ['shop', '10.0.0.1', 'address 10.0.0.1'],
    ['shop', `${'x'.repeat(300)}.com`, 'nothing'],
    ['shop', '__proto__', 'nothing'],
    ['shop', 'ä.com', 'nothing'],
  ];
  for (const [namespace, host, wanted] of cases) {
    it(`answers ${host.slice(0, 40)} from ${namespace} by ${wanted}`, () => {
      const found = resolve(dns, namespace, host);
      const detail =
        found.kind === 'service'
          ? ` ${found.service.namespace}/${found.service.name}`
          : found.kind === 'outside'
            ? ` ${found.host}`
            : found.kind === 'address'
              ? ` ${found.ip}`
              : '';
      expect(found.kind + detail).to.equal(wanted);
    });
  }
});

describe('calls and weights', () => {
  it('are read from Host headers, URLs and counters', () => {
    expect(readCall('a', 'hello:8080')).to.deep.equal({ callerNamespace: 'a', host: 'hello', port: 8080, portWritten: true });
    expect(readCall('a', 'http://hello/x/y?z')).to.deep.include({ host: 'hello', port: 80, path: '/x/y' });
    expect(readCounterName('a', '/svc', 'svc/hello')).to.deep.include({ host: 'hello', portWritten: false });
    for (const text of ['', 'https://x', 'a b', 'x:99999', 'x:0']) expect(readCall('a', text)).to.have.property('error');
    for (const text of ['svc', 'svc/a/b', 'svc//a']) expect(readCounterName('a', '/svc', text)).to.have.property('error');
  });

  it('become whole numbers, never zero by rounding', () => {
    expect(integerWeights([0.7, 0.3])).to.deep.equal({ weights: [7, 3], exact: true });
    expect(integerWeights([1 / 3, 2 / 3])).to.deep.equal({ weights: [1, 2], exact: true });
    expect(integerWeights([0.99999, 0.00001])).to.deep.equal({ weights: [1000, 1], exact: false });
    expect(integerWeights([1])).to.deep.equal({ weights: [1], exact: true });
  });
});

// What holds for every call against every dtab: a verdict, with a remedy exactly when blocked, and plans that do what they say.

import { expect } from 'chai';
import fc from 'fast-check';
import { readCall } from '../../../src/mesh/linkerd1/translate/call.ts';
import { judgeCall } from '../../../src/mesh/linkerd1/translate/judge.ts';
import { clusterAfter } from '../../../src/mesh/linkerd1/translate/after-plan.ts';
import { planNames } from '../../../src/mesh/linkerd1/translate/plan-names.ts';
import { integerWeights } from '../../../src/mesh/linkerd1/translate/weights.ts';
import { namingWorld } from '../../../src/mesh/linkerd1/translate/world.ts';
import { cluster, parts, usual } from '../../unit/linkerd1/naming-world.ts';

const services = ['hello', 'ledger-v1', 'world-v1', 'world-v2', 'apex', 'bare', 'plain', 'twin', 'web', 'nosuch'];
const label = fc.constantFrom(...services, 'ext', 'away', 'alias', '__proto__', 'UPPER', 'x'.repeat(300));
const host = fc.oneof(
  label,
  fc.tuple(label, fc.constantFrom('default', 'shop', 'com')).map((parts) => parts.join('.')),
  fc.constantFrom('10.0.0.1', 'a..b', '.', 'hello.default.svc.cluster.local'),
);
const text = fc.tuple(host, fc.constantFrom('', ':80', ':7777', ':9990')).map((parts) => parts.join(''));
const target = fc.constantFrom(...services).map((name) => `/#/io.l5d.k8s/default/http/${name}`);
const tree = fc.oneof(
  target,
  fc.constantFrom('~', '!', '$', '/ph/443/hello', '/svc'),
  fc.array(target, { minLength: 2, maxLength: 3 }).map((all) => all.join(' & ')),
);
const dtab = fc.array(fc.tuple(fc.constantFrom('/host', '/svc', '/svc/alias', '/host/alias', '/svc/hello'), tree), {
  maxLength: 4,
});
const namespace = fc.constantFrom('default', 'shop', 'unknown');

describe('every call', () => {
  it('gets a verdict, and a plan after which a port or an alias is all it needed', () => {
    fc.assert(
      fc.property(dtab, namespace, text, (dentries, from, name) => {
        const call = readCall(from, name);
        if ('error' in call) return;
        const world = parts(dentries.map(([prefix, dst]) => `${prefix} => ${dst}`).join(';'));
        const verdict = judgeCall(namingWorld(world), call);
        expect(verdict.remedy === undefined).to.equal(verdict.verdict !== 'blocked');
        const planned = planNames([verdict], { cluster, dtabs: [usual], servicePorts: 'Add', stamp: (manifest) => manifest });
        expect(planned.conflicts).to.deep.equal([]);
        const routed = planned.objects.some(({ manifest }) => manifest.kind === 'HTTPRoute');
        if (verdict.need === undefined || routed) return;
        const after = judgeCall(namingWorld({ ...world, cluster: clusterAfter(cluster, planned) }), call);
        expect(after.verdict, `${verdict.message} → ${after.message}`).to.be.oneOf(['works', 'external']);
      }),
      { numRuns: 1000 },
    );
  });

  it('that is shared out keeps every share, as whole numbers in order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (shares) => {
        const { weights } = integerWeights(shares);
        return weights.every(
          (weight, i) =>
            Number.isInteger(weight) && weight >= 1 && shares.every((share, j) => share < shares[i]! || weights[j]! >= weight),
        );
      }),
    );
  });
});

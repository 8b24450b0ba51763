// The key that names Linkerd 1's variables holds for a whole template: nobody else's value may be emptied with them.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { Container, PodTemplate } from '../../../src/mesh/adapter.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const { Linkerd1 } = adapters;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const address = 'http://l5d.linkerd1.svc:4140';
const data: Record<string, Record<string, string>> = {
  mesh: { http_proxy: address },
  // Nobody's name but a container's that puts PROXY before it.
  suffix: { _proxy: 'http://proxy.example:3128' },
  company: { http_proxy: 'http://proxy.example:3128' },
  none: { http_proxy: '' },
};
const told: Container = { name: 'app', envFrom: [{ configMapRef: { name: 'mesh' } }] };
const single = (name: string, from: string): Container => ({
  name,
  env: [{ name: 'http_proxy', valueFrom: { configMapKeyRef: { name: from, key: 'http_proxy' } } }],
});

const found = (
  template: PodTemplate,
  resolve = (_kind: string, name: string): Record<string, string> | undefined => data[name],
) => {
  const of = { kind: 'Deployment', name: 'web', namespace: 'shop', namespaceKeys: { labels: {}, annotations: {} } };
  return Linkerd1.workloadFindings({ ...of, template, resolve }, {}, spec, 'source').map(
    ({ severity, reason, message, remedy }) => ({ severity, reason, message, remedy }),
  );
};
const beside = (...containers: Container[]): PodTemplate => ({ spec: { containers: [told, ...containers] } });

describe('a variable that two containers take from different places', () => {
  it('lists the workload with the exact edit when the other value is not Linkerd 1’s', () => {
    expect(found(beside(single('cache', 'company')))).to.deep.equal([
      {
        severity: 'list',
        reason: 'VariableShared',
        message:
          "spec.containers[cache].env[http_proxy] is not Linkerd 1's, and the key meshmigration.io/linkerd1-variables, which holds for all containers, would empty it with those that are",
        remedy: 'write the value of http_proxy into spec.containers[cache].env itself: plain values of others are left alone',
      },
    ]);
  });

  const lists: readonly (readonly [string, PodTemplate, string])[] = [
    [
      'a whole ConfigMap',
      beside({ name: 'cache', envFrom: [{ configMapRef: { name: 'company' } }] }),
      'spec.containers[cache].envFrom[company] (http_proxy)',
    ],
    [
      'a whole ConfigMap with a prefix',
      beside({ name: 'cache', envFrom: [{ prefix: 'http', configMapRef: { name: 'suffix' } }] }),
      'spec.containers[cache].envFrom[suffix] (http_proxy)',
    ],
    [
      'the last of two ConfigMaps, which wins',
      beside({ name: 'cache', envFrom: [{ configMapRef: { name: 'mesh' } }, { configMapRef: { name: 'company' } }] }),
      'spec.containers[cache].envFrom[company] (http_proxy)',
    ],
    [
      'an init container',
      { spec: { containers: [told], initContainers: [single('setup', 'company')] } },
      'spec.initContainers[setup].env[http_proxy]',
    ],
    [
      'the application, beside an init container that uses Linkerd 1',
      { spec: { containers: [single('app', 'company')], initContainers: [{ ...told, name: 'setup' }] } },
      'spec.containers[app].env[http_proxy]',
    ],
  ];
  for (const [what, template, place] of lists) {
    it(`is found in ${what}`, () => {
      const [first, ...more] = found(template);

      expect(more).to.deep.equal([]);
      expect(first?.reason).to.equal('VariableShared');
      expect(first?.message).to.match(new RegExp(`^${place.replace(/[[\]()]/g, '\\$&')} is not`));
    });
  }

  const moves: readonly (readonly [string, PodTemplate])[] = [
    ['both values are Linkerd 1’s', beside(single('cache', 'mesh'))],
    ['the other one is empty anyway', beside(single('cache', 'none'))],
    [
      'the other one is a plain value',
      beside({ name: 'cache', env: [{ name: 'http_proxy', value: 'http://proxy.example:3128' }] }),
    ],
    [
      'the ConfigMap is hidden by a plain value',
      beside({
        name: 'cache',
        env: [{ name: 'http_proxy', value: 'http://proxy.example:3128' }],
        envFrom: [{ configMapRef: { name: 'company' } }],
      }),
    ],
    ['nothing of the template is Linkerd 1’s', { spec: { containers: [single('cache', 'company')] } }],
    [
      'the last of two ConfigMaps is Linkerd 1’s',
      {
        spec: {
          containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'company' } }, { configMapRef: { name: 'mesh' } }] }],
        },
      },
    ],
  ];
  for (const [what, template] of moves) {
    it(`is no obstacle where ${what}`, () => {
      expect(found(template)).to.deep.equal([]);
    });
  }

  it('is unknown, and listed so, where the other value can not be read', () => {
    const template = beside({
      name: 'cache',
      env: [{ name: 'http_proxy', valueFrom: { secretKeyRef: { name: 'hidden', key: 'p' } } }],
    });

    expect(found(template).map(({ severity, reason }) => `${severity} ${reason}`)).to.deep.equal(['list SourceUnknown']);
  });

  it("is seen through a person's own key as well", () => {
    const template = {
      ...beside(single('cache', 'company')),
      metadata: { annotations: { 'meshmigration.io/linkerd1-variables': 'http_proxy' } },
    };

    expect(found(template).map(({ reason }) => reason)).to.deep.equal(['VariableShared']);
  });
});

// What must be true of every generated policy, whatever the meshes say, and that the files are what the code says.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderAdmission } from '../../build/admission-files.ts';
import { fenceFiles, podPolicyFiles } from '../../src/admission/policy/manifests.ts';
import type { PolicyManifest } from '../../src/admission/policy/manifest.ts';
import { webhookConfiguration } from '../../src/admission/webhook/configuration.ts';
import { allAdapters } from '../../src/mesh/registry.ts';

const pods = podPolicyFiles(allAdapters).flatMap(({ objects }) => objects);
const fences = fenceFiles(allAdapters).flatMap(({ objects }) => objects);
const specOf = (manifest: PolicyManifest): Record<string, unknown> => (manifest.spec ?? {}) as Record<string, unknown>;
const policies = [...pods, ...fences].filter(({ kind }) => kind.endsWith('Policy'));
const bindings = [...pods, ...fences].filter(({ kind }) => kind.endsWith('Binding'));

describe('the generated policies', () => {
  for (const [path, content] of renderAdmission()) {
    it(`${path} is what the code says`, () => {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).to.equal(content);
    });
  }

  it('have no parameters, which would make them fail after each restart of the API server', () => {
    for (const policy of policies) expect(specOf(policy), policy.metadata.name).to.not.have.property('paramKind');
    for (const binding of bindings) expect(specOf(binding), binding.metadata.name).to.not.have.property('paramRef');
  });

  it('are bound, each once and by its name', () => {
    expect(bindings.map((binding) => specOf(binding)['policyName'])).to.deep.equal(policies.map(({ metadata }) => metadata.name));
  });

  it('that change pods let them pass when they fail; joining acts once, leaving again when the injector has acted', () => {
    const mutating = policies.filter(({ kind }) => kind === 'MutatingAdmissionPolicy');
    const how = mutating.map(
      (policy) =>
        `${policy.metadata.name} ${String(specOf(policy)['failurePolicy'])} ${String(specOf(policy)['reinvocationPolicy'])}`,
    );
    expect(how).to.deep.equal([
      'meshmigration-join-linkerd2 Ignore Never',
      'meshmigration-leave-linkerd1 Ignore IfNeeded',
      'meshmigration-leave-linkerd2 Ignore IfNeeded',
    ]);
  });

  it('that fence the token fail closed and act on it alone', () => {
    for (const policy of fences.filter(({ kind }) => kind.endsWith('Policy'))) {
      expect(specOf(policy)).to.include({ failurePolicy: 'Fail' });
      expect(JSON.stringify(specOf(policy)['matchConditions'])).to.contain(
        'system:serviceaccount:meshmigration-system:meshmigration',
      );
    }
  });
});

describe('the configuration of the webhook', () => {
  it("is called before those of the meshes' injectors and never stops a pod", () => {
    const { metadata, webhooks } = webhookConfiguration();
    expect(metadata.name < 'linkerd-proxy-injector-webhook-config').to.equal(true);
    for (const webhook of webhooks as Record<string, unknown>[])
      expect(webhook).to.include({ failurePolicy: 'Ignore', reinvocationPolicy: 'IfNeeded', sideEffects: 'None' });
  });
});

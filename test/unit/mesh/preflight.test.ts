// Whether the meshes are able to serve, judged on recorded and on broken objects.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike, PreflightFacts } from '../../../src/mesh/adapter.ts';
import { adapters, sharedNamespaceFindings } from '../../../src/mesh/registry.ts';

const { Linkerd2 } = adapters;
const recording = (file: string): KubeObjectLike[] =>
  (
    JSON.parse(readFileSync(join(import.meta.dirname, '../../recordings/linkerd2/control-plane', file), 'utf8')) as {
      items: KubeObjectLike[];
    }
  ).items;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const objects = (...items: KubeObjectLike[]) => ({ kind: 'objects' as const, items });

const labelled = recording('namespaces.json').filter(
  ({ metadata }) => metadata?.labels?.['linkerd.io/is-control-plane'] === 'true',
);
const recorded: PreflightFacts = {
  'linkerd2 namespaces': objects(...labelled),
  'linkerd2 Deployments': objects(...recording('svc-eps-deploy-sa.json').filter(({ kind }) => kind === 'Deployment')),
  'linkerd2 webhooks': objects(
    ...recording('webhookconfigurations.json').filter(({ kind }) => kind === 'MutatingWebhookConfiguration'),
  ),
  'linkerd2 configuration': objects(
    ...recording('configmaps.json').filter(({ metadata }) => metadata?.name === 'linkerd-config'),
  ),
};
const verdictOf = (change: PreflightFacts = {}): string => {
  const { verdict } = Linkerd2.preflight({ ...recorded, ...change }, spec, 'target');
  return verdict.kind === 'pass' ? 'pass' : `${verdict.kind} ${verdict.reason}: ${verdict.message}`;
};
const deployments = (change: (deployment: KubeObjectLike) => KubeObjectLike | undefined): PreflightFacts => ({
  'linkerd2 Deployments': objects(
    ...recording('svc-eps-deploy-sa.json')
      .filter(({ kind }) => kind === 'Deployment')
      .map(change)
      .filter((each) => each !== undefined),
  ),
});
const available =
  (status: string, of: string) =>
  (each: KubeObjectLike): KubeObjectLike =>
    each.metadata?.name === of ? { ...each, status: { conditions: [{ type: 'Available', status }] } } : each;

describe('the preflight of Linkerd 2', () => {
  it('passes on the recorded control plane and says where it lives', () => {
    expect(verdictOf()).to.equal('pass');
    expect(Linkerd2.preflight(recorded, spec, 'target')).to.deep.include({ findings: [], controlPlaneNamespaces: ['linkerd'] });
  });

  it('fails when a Deployment is not available, and names it', () => {
    expect(verdictOf(deployments(available('False', 'linkerd-destination')))).to.equal(
      'fail TargetNotReady: Deployment linkerd/linkerd-destination is not Available',
    );
  });

  it('is unknown when a Deployment does not say so', () => {
    expect(verdictOf(deployments(available('Unknown', 'linkerd-identity')))).to.match(/^unknown TargetNotReady/);
  });

  it('fails when a part of the control plane is missing', () => {
    const without = deployments((each) => (each.metadata?.name === 'linkerd-proxy-injector' ? undefined : each));
    expect(verdictOf(without)).to.equal('fail TargetNotReady: Linkerd 2 has no Deployment of the proxy-injector in linkerd');
  });

  it('asks for namespaces with the label of the installation, or for the named one', () => {
    const asked = (of: MeshMigrationSpec): unknown =>
      Linkerd2.questions(of, 'target').filter(({ plural }) => plural === 'namespaces');
    const question = { name: 'linkerd2 namespaces', group: '', version: 'v1', plural: 'namespaces' };
    expect(asked(spec)).to.deep.equal([{ ...question, labelSelector: 'linkerd.io/is-control-plane=true' }]);
    const named = { ...spec, target: { mesh: 'Linkerd2', linkerd2: { namespace: 'mesh' } } } as MeshMigrationSpec;
    expect(asked(named)).to.deep.equal([{ ...question, objectName: 'mesh' }]);
  });

  it('believes nothing that somebody makes in a namespace without the label', () => {
    const foreign = (component: string): KubeObjectLike => ({
      metadata: { name: component, namespace: 'shop', labels: { 'linkerd.io/control-plane-component': component } },
      status: { conditions: [{ type: 'Available', status: 'False' }] },
    });
    const all = recording('svc-eps-deploy-sa.json').filter(({ kind }) => kind === 'Deployment');
    const config = { metadata: { name: 'linkerd-config', namespace: 'shop' }, data: { values: 'cniEnabled: true' } };
    const facts: PreflightFacts = {
      ...recorded,
      'linkerd2 Deployments': objects(...all, ...['hello', 'identity', 'destination', 'proxy-injector'].map(foreign)),
      'linkerd2 configuration': objects(config, ...recording('configmaps.json')),
    };
    expect(Linkerd2.preflight(facts, spec, 'target')).to.deep.equal(Linkerd2.preflight(recorded, spec, 'target'));
    const alone = { ...facts, 'linkerd2 namespaces': objects(), 'linkerd2 webhooks': objects() };
    expect(verdictOf(alone)).to.match(/^fail TargetNotReady: Linkerd 2: there is no namespace of its control plane/);
    expect(Linkerd2.preflight(alone, spec, 'target').controlPlaneNamespaces).to.deep.equal([]);
    expect(verdictOf({ 'linkerd2 namespaces': { kind: 'error', message: 'forbidden' } })).to.match(/^unknown TargetNotReady/);
  });

  it('believes the namespace in which the injector is registered where none has the label, as after an installation by Helm', () => {
    const unlabelled = { ...recorded, 'linkerd2 namespaces': objects() };
    expect(Linkerd2.preflight(unlabelled, spec, 'target')).to.deep.equal(Linkerd2.preflight(recorded, spec, 'target'));
    expect(Linkerd2.preflight(unlabelled, spec, 'target').controlPlaneNamespaces).to.deep.equal(['linkerd']);
  });

  it('takes the whole one of two namespaces with the label, and asks which of two whole ones', () => {
    const all = recording('svc-eps-deploy-sa.json').filter(({ kind }) => kind === 'Deployment');
    const second = all.map((each) => ({ ...each, metadata: { ...each.metadata, namespace: 'second' } }));
    const two = objects(...labelled, { metadata: { name: 'second' } });
    expect(verdictOf({ 'linkerd2 namespaces': two })).to.equal('pass');
    const facts = { ...recorded, 'linkerd2 namespaces': two, 'linkerd2 Deployments': objects(...all, ...second) };
    const { verdict, findings, controlPlaneNamespaces } = Linkerd2.preflight(facts, spec, 'target');
    expect(verdict.kind).to.equal('unknown');
    expect(controlPlaneNamespaces).to.deep.equal(['linkerd', 'second']);
    expect(findings[0]).to.include({ severity: 'block', reason: 'TargetAmbiguous' });
    expect(findings[0]?.message).to.contain('linkerd, second');
    expect(findings[0]?.remedy).to.contain('spec.target.linkerd2.namespace');
  });

  it('fails when the injector is not registered', () => {
    expect(verdictOf({ 'linkerd2 webhooks': objects() })).to.contain('is not registered');
  });

  it('is unknown when the answer is an error', () => {
    expect(verdictOf({ 'linkerd2 Deployments': { kind: 'error', message: 'forbidden' } })).to.equal(
      'unknown TargetNotReady: forbidden',
    );
  });

  it('says when the configuration is not known', () => {
    for (const change of [
      objects(),
      { kind: 'error' as const, message: 'forbidden' },
      objects({ metadata: { name: 'linkerd-config', namespace: 'linkerd' }, data: { values: ': :' } }),
    ]) {
      const { findings } = Linkerd2.preflight({ ...recorded, 'linkerd2 configuration': change }, spec, 'target');
      expect(findings.map(({ severity, reason }) => `${severity} ${reason}`)).to.deep.equal(['warn TargetConfigurationUnknown']);
    }
  });

  const namespace = (labels: Record<string, string>): KubeObjectLike => ({
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop', ...labels } },
  });
  const found = (labels: Record<string, string>, facts = recorded): string[] =>
    Linkerd2.namespaceFindings(namespace(labels), facts, 'target').map(({ severity, reason }) => `${severity} ${reason}`);

  it('blocks a namespace that the injector passes over', () => {
    expect(found({})).to.deep.equal([]);
    expect(found({ 'config.linkerd.io/admission-webhooks': 'disabled' })).to.deep.equal(['block TargetSkipsNamespace']);
  });

  it('blocks Pod Security that forbids its init container, unless its CNI plugin is used', () => {
    const enforce = (level: string): Record<string, string> => ({ 'pod-security.kubernetes.io/enforce': level });
    const withCni = {
      ...recorded,
      'linkerd2 configuration': objects({
        metadata: { name: 'linkerd-config', namespace: 'linkerd' },
        data: { values: '{ cniEnabled: true, proxy: { nativeSidecar: true } }' },
      }),
    };
    expect(found(enforce('restricted'))).to.deep.equal(['block PodSecurity']);
    expect(found(enforce('baseline'))).to.deep.equal(['block PodSecurity']);
    expect(found(enforce('privileged'))).to.deep.equal([]);
    expect(found(enforce('restricted'), withCni)).to.deep.equal([]);
    expect(found(enforce('restricted'), { ...recorded, 'linkerd2 configuration': objects() })).to.deep.equal([
      'block PodSecurity',
    ]);
  });
});

describe('two meshes', () => {
  it('may not have their control planes in one namespace', () => {
    const answer = (...controlPlaneNamespaces: string[]) => ({
      verdict: { kind: 'pass' as const },
      findings: [],
      controlPlaneNamespaces,
    });
    expect(sharedNamespaceFindings(answer('linkerd'), answer('linkerd2'))).to.deep.equal([]);
    const [finding] = sharedNamespaceFindings(answer('linkerd'), answer('linkerd'));
    expect(finding).to.include({
      severity: 'block',
      reason: 'SharedNamespace',
      message: 'the control planes of both meshes are in the namespace linkerd',
    });
  });
});

// Whether Linkerd 1 is able to serve, and which of the objects that look like it is meant.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike } from '../../../src/mesh/adapter.ts';
import type { NamesIo } from '../../../src/mesh/names.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const { Linkerd1 } = adapters;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const objects = (...items: KubeObjectLike[]) => ({ kind: 'objects' as const, items });

describe('the preflight of Linkerd 1', () => {
  const daemonSet = (status: object, image = 'buoyantio/linkerd:1.7.5', name = 'l5d'): KubeObjectLike => ({
    metadata: { name, namespace: 'linkerd1' },
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'l5d', image },
            { name: 'kubectl', image: 'buoyantio/kubectl' },
          ],
        },
      },
    },
    status,
  });
  const healthy = { desiredNumberScheduled: 3, numberReady: 3 };
  const verdict = (items: KubeObjectLike[], of = spec): string => {
    const answer = Linkerd1.preflight({ 'linkerd1 DaemonSets': objects(...items) }, of, 'source').verdict;
    return answer.kind === 'pass' ? 'pass' : `${answer.kind}: ${answer.message}`;
  };

  it('finds the DaemonSet by its image', () => {
    expect(verdict([daemonSet(healthy), daemonSet(healthy, 'other:1', 'other')])).to.equal('pass');
    expect(verdict([daemonSet(healthy, 'registry.example/mirror/linkerd:1.6.4@sha256:00ff')])).to.equal('pass');
    expect(verdict([daemonSet(healthy, 'cr.l5d.io/linkerd/proxy:1')])).to.contain('no DaemonSet with an image linkerd:1.x');
  });

  it('finds it by its name, whatever its image', () => {
    const named = {
      ...spec,
      source: { mesh: 'Linkerd1', linkerd1: { namespace: 'linkerd1', daemonSet: 'old' } },
    } as MeshMigrationSpec;
    expect(verdict([daemonSet(healthy, 'custom:7', 'old')], named)).to.equal('pass');
    expect(verdict([daemonSet(healthy)], named)).to.equal(
      'fail: no DaemonSet named old in linkerd1; set spec.source.linkerd1.namespace and daemonSet',
    );
    expect(Linkerd1.questions(named, 'source')).to.deep.include({
      name: 'linkerd1 DaemonSets',
      group: 'apps',
      version: 'v1',
      plural: 'daemonsets',
      namespace: 'linkerd1',
      objectName: 'old',
    });
  });

  it('fails when it does not run on every node, and is unknown without a status', () => {
    expect(verdict([daemonSet({ desiredNumberScheduled: 3, numberReady: 2 })])).to.equal(
      'fail: DaemonSet linkerd1/l5d: 2 of 3 pods are Ready',
    );
    expect(verdict([daemonSet({ desiredNumberScheduled: 0, numberReady: 0 })])).to.equal(
      'fail: DaemonSet linkerd1/l5d runs on no node',
    );
    expect(verdict([daemonSet({})])).to.equal('unknown: DaemonSet linkerd1/l5d has no status yet');
  });

  const answerTo = (items: KubeObjectLike[], linkerd1?: object) =>
    Linkerd1.preflight(
      { 'linkerd1 DaemonSets': objects(...items) },
      { ...spec, source: { mesh: 'Linkerd1', ...(linkerd1 && { linkerd1 }) } },
      'source',
    );

  it('does not know the health from before the last change', () => {
    const changed = (observedGeneration: number): KubeObjectLike => {
      const set = daemonSet({ ...healthy, observedGeneration });
      return { ...set, metadata: { ...set.metadata, generation: 2 } } as KubeObjectLike;
    };
    expect(verdict([changed(1)])).to.equal('unknown: DaemonSet linkerd1/l5d was changed, and its status is from before that');
    expect(verdict([changed(2)])).to.equal('pass');
  });

  it('warns of two of them in one namespace, and both must be healthy', () => {
    const second = (status: object): KubeObjectLike => daemonSet(status, 'linkerd:1.7', 'second');
    const answer = answerTo([daemonSet(healthy), second(healthy)]);
    expect(answer).to.deep.include({
      verdict: { kind: 'pass' },
      controlPlaneNamespaces: ['linkerd1'],
      assumedNamespaces: ['linkerd1'],
      installations: ['linkerd1/l5d', 'linkerd1/second'],
    });
    expect(answer.findings.map(({ severity, reason }) => `${severity} ${reason}`)).to.deep.equal(['warn SourceAmbiguous']);
    expect(answerTo([daemonSet(healthy), second({ ...healthy, numberReady: 0 })]).verdict.kind).to.equal('fail');
  });

  describe('with a DaemonSet of somebody else that looks like it', () => {
    const foreign = (status: object): KubeObjectLike => ({
      ...daemonSet(status, 'evil.example/linkerd:1.7.5'),
      metadata: { name: 'l5d', namespace: 'shop' },
    });

    it('asks a person to name the one to leave, and takes no namespace for its own', () => {
      const answer = answerTo([daemonSet(healthy), foreign(healthy)]);
      expect(answer.verdict.kind).to.equal('pass');
      expect(answer.controlPlaneNamespaces).to.deep.equal([]);
      expect(answer.findings).to.deep.equal([
        {
          severity: 'block',
          reason: 'SourceAmbiguous',
          message: 'more than one DaemonSet could be the Linkerd 1 to leave: linkerd1/l5d, shop/l5d',
          remedy: 'Name the one to leave in spec.source.linkerd1.namespace and daemonSet.',
        },
      ]);
    });

    it('does not know whether the source is healthy while one of them is not', () => {
      const { verdict: health } = answerTo([daemonSet(healthy), foreign({ ...healthy, numberReady: 0 })]);
      expect(health).to.deep.include({ kind: 'unknown', reason: 'SourceNotHealthy' });
    });

    it('looks only at the one that is named', () => {
      for (const named of [{ namespace: 'linkerd1' }, { namespace: 'linkerd1', daemonSet: 'l5d' }])
        expect(answerTo([daemonSet(healthy), foreign({ ...healthy, numberReady: 0 })], named)).to.deep.equal({
          verdict: { kind: 'pass' },
          findings: [],
          controlPlaneNamespaces: ['linkerd1'],
          installations: ['linkerd1/l5d'],
        });
    });

    it('is not told apart by a name that both have', () => {
      const { findings } = answerTo([daemonSet(healthy), foreign(healthy)], { daemonSet: 'l5d' });
      expect(findings.map(({ severity }) => severity)).to.deep.equal(['block']);
    });

    it('neither asks its pods nor reads its configuration', async () => {
      const asked: string[] = [];
      const io: NamesIo = {
        list: ({ plural, namespace }) => {
          asked.push(`${plural} in ${namespace ?? 'all'}`);
          return Promise.resolve(plural === 'daemonsets' ? objects(daemonSet(healthy), foreign(healthy)) : objects());
        },
        http: () => Promise.reject(new Error('nobody is asked')),
      };
      const why = 'more than one DaemonSet could be the Linkerd 1 to leave: linkerd1/l5d, shop/l5d.';
      const reading = await Linkerd1.names?.read(spec, io);
      expect(reading?.traffic).to.contain(why);
      expect((await Linkerd1.names?.read(spec, { ...io, offline: true }))?.traffic).to.contain(why);
      expect(asked.filter((one) => one.startsWith('pods') || one.startsWith('configmaps'))).to.deep.equal([]);
    });
  });

  it('is taken out of service by the name it has', () => {
    expect(Linkerd1.names?.retirement(['mesh/proxies'])).to.deep.equal(['kubectl -n mesh delete daemonset/proxies']);
  });

  it('can not be joined', () => {
    expect(Linkerd1.preflight({}, spec, 'target').verdict).to.deep.include({ kind: 'fail', reason: 'UnsupportedTarget' });
  });

  it('warns of traffic that enters through it', () => {
    const ingress = (metadata: object, of: object = {}): KubeObjectLike => ({
      metadata: { namespace: 'shop', ...metadata },
      spec: of,
    });
    const facts = {
      ingresses: objects(
        ingress({ name: 'old', annotations: { 'kubernetes.io/ingress.class': 'linkerd' } }),
        ingress({ name: 'new' }, { ingressClassName: 'linkerd' }),
        ingress({ name: 'other' }, { ingressClassName: 'nginx' }),
      ),
    };
    const [finding, ...more] = Linkerd1.namespaceFindings({ metadata: { name: 'shop' } }, facts, 'source');
    expect(finding?.message).to.equal('traffic enters through Linkerd 1 by the Ingress shop/old, shop/new');
    expect(more).to.deep.equal([]);
  });
});

// What would go wrong for a workload that joins Linkerd 2, found before anything is written.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike, PodTemplate, PreflightFacts, WorkloadForPreflight } from '../../../src/mesh/adapter.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const { Linkerd2 } = adapters;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const objects = (...items: KubeObjectLike[]) => ({ kind: 'objects' as const, items });
const configuration = (values: string) =>
  objects({ metadata: { name: 'linkerd-config', namespace: 'linkerd' }, data: { values } });
const ordinary: PreflightFacts = {
  'linkerd2 namespaces': objects({ metadata: { name: 'linkerd' } }),
  'linkerd2 configuration': configuration(
    '{ cniEnabled: false, proxy: { nativeSidecar: true, resources: { cpu: { request: "" } } } }',
  ),
  resourcequotas: objects(),
  limitranges: objects(),
  horizontalpodautoscalers: objects(),
  networkpolicies: objects(),
};
const template = (change: object = {}, metadata: object = {}): PodTemplate => ({
  metadata: { labels: { app: 'web' }, ...metadata },
  spec: { containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu: '250m' } } }], ...change },
});
const workload = (change: Partial<WorkloadForPreflight> = {}): WorkloadForPreflight => ({
  kind: 'Deployment',
  name: 'web',
  namespace: 'shop',
  namespaceKeys: { labels: {}, annotations: {} },
  template: template(),
  ...change,
});
const found = (of: WorkloadForPreflight, facts: PreflightFacts = {}): string[] =>
  Linkerd2.workloadFindings(of, { ...ordinary, ...facts }, spec, 'target').map(({ severity, reason }) => `${severity} ${reason}`);
const inShop = (name: string, body: object): KubeObjectLike => ({ metadata: { name, namespace: 'shop' }, ...body });

describe('what would go wrong for a workload that joins Linkerd 2', () => {
  it('nothing for an ordinary one', () => {
    expect(found(workload())).to.deep.equal([]);
  });

  it('the network of the host', () => {
    expect(found(workload({ template: template({ hostNetwork: true }) }))).to.deep.equal(['list HostNetwork']);
  });

  it('a refusal of its own, in any spelling that does not ask', () => {
    const says = (value: string): string[] =>
      found(workload({ template: template({}, { annotations: { 'linkerd.io/inject': value } }) }));
    expect(says('disabled')).to.deep.equal(['list OptedOut']);
    expect(says('enable')).to.deep.equal(['list OptedOut']);
    expect(says('ingress')).to.deep.equal([]);
  });

  it('another injector', () => {
    expect(found(workload({ template: template({ containers: [{ name: 'istio-proxy' }] }) }))).to.deep.equal([
      'list ForeignMesh',
    ]);
    expect(found(workload({ template: template({}, { annotations: { 'sidecar.istio.io/inject': 'true' } }) }))).to.deep.equal([
      'list ForeignMesh',
    ]);
    const labelled = { namespaceKeys: { labels: { 'istio-injection': 'enabled' }, annotations: {} } };
    expect(found(workload(labelled))).to.deep.equal(['list ForeignMesh']);
    expect(
      found(workload({ ...labelled, template: template({}, { labels: { 'sidecar.istio.io/inject': 'false' } }) })),
    ).to.deep.equal([]);
  });

  it('a port of the proxy that the application has taken', () => {
    const listening = (port: object): string[] =>
      found(workload({ template: template({ containers: [{ name: 'app', ports: [port] }] }) }));
    expect(listening({ containerPort: 4191 })).to.deep.equal(['list PortTaken']);
    expect(listening({ containerPort: 4191, protocol: 'UDP' })).to.deep.equal([]);
    expect(listening({ containerPort: 8080 })).to.deep.equal([]);
  });

  it('a default inbound policy that refuses who has not moved yet, by template, namespace or installation', () => {
    const says = (value: string): object => ({ annotations: { 'config.linkerd.io/default-inbound-policy': value } });
    const installed = {
      'linkerd2 configuration': configuration('{ proxy: { nativeSidecar: true, defaultInboundPolicy: deny } }'),
    };
    const closed = ['list NetworkPolicyClosesProxy'];
    expect(found(workload({ template: template({}, says('all-authenticated')) }))).to.deep.equal(closed);
    expect(found(workload({ namespaceKeys: { labels: {}, annotations: {}, ...says('cluster-authenticated') } }))).to.deep.equal(
      closed,
    );
    expect(found(workload(), installed)).to.deep.equal(closed);
    expect(found(workload({ template: template({}, says('all-unauthenticated')) }), installed)).to.deep.equal([]);
  });

  describe('autoscalers', () => {
    const scaler = (resource: string, kind = 'Deployment'): PreflightFacts => ({
      horizontalpodautoscalers: objects(
        inShop('web', {
          spec: {
            scaleTargetRef: { kind, name: 'web' },
            metrics: [
              { type: 'Resource', resource: { name: resource, target: { type: 'Utilization', averageUtilization: 80 } } },
            ],
          },
        }),
      ),
    });
    const withRequest = (value: string): WorkloadForPreflight =>
      workload({ template: template({}, { annotations: { 'config.linkerd.io/proxy-cpu-request': value } }) });

    it('that would stop for want of a request of the proxy', () => {
      expect(found(workload(), scaler('cpu'))).to.deep.equal(['list NoProxyRequest']);
      expect(found(workload(), scaler('memory'))).to.deep.equal(['list NoProxyRequest']);
      expect(found(workload(), scaler('cpu', 'StatefulSet'))).to.deep.equal([]);
    });

    it('that have one: by the template, by the namespace, by the installation, by a LimitRange', () => {
      expect(found(withRequest('100m'), scaler('cpu'))).to.deep.equal([]);
      expect(
        found(
          workload({ namespaceKeys: { labels: {}, annotations: { 'config.linkerd.io/proxy-cpu-limit': '1' } } }),
          scaler('cpu'),
        ),
      ).to.deep.equal([]);
      expect(
        found(workload(), {
          ...scaler('cpu'),
          'linkerd2 configuration': configuration('{ proxy: { nativeSidecar: true, resources: { cpu: { request: 20m } } } }'),
        }),
      ).to.deep.equal([]);
      const limits = objects(inShop('defaults', { spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '50m' } }] } }));
      expect(found(workload(), { ...scaler('cpu'), limitranges: limits })).to.deep.equal([]);
    });

    it('a request that can not be read is none, as for the injector', () => {
      expect(found(withRequest('much'), scaler('cpu'))).to.deep.equal(['list NoProxyRequest']);
    });
  });

  describe('quotas', () => {
    const quota = (hard: object, used: object = {}): PreflightFacts => ({
      resourcequotas: objects(inShop('quota', { spec: { hard }, status: { used } })),
    });
    const requesting = (cpu: string): WorkloadForPreflight =>
      workload({ template: template({}, { spec: {}, annotations: { 'config.linkerd.io/proxy-cpu-request': cpu } }) });

    it('that ask every container for what the proxy does not say', () => {
      expect(found(workload(), quota({ 'requests.cpu': '10' }))).to.deep.equal(['list QuotaNeedsProxyResources']);
      expect(found(workload(), quota({ 'limits.memory': '10Gi' }))).to.deep.equal(['list QuotaNeedsProxyResources']);
      expect(found(workload(), quota({ pods: '10' }))).to.deep.equal([]);
    });

    it('that have no room for the proxy, or none for one more pod', () => {
      expect(found(requesting('100m'), quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1950m' }))).to.deep.equal([
        'list QuotaTooSmall',
      ]);
      expect(found(requesting('100m'), quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1800m' }))).to.deep.equal([
        'warn QuotaTooSmall',
      ]);
      expect(found(requesting('100m'), quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1' }))).to.deep.equal([]);
    });
  });

  describe('NetworkPolicies', () => {
    const policy = (body: object): PreflightFacts => ({
      networkpolicies: objects(inShop('policy', { spec: { podSelector: { matchLabels: { app: 'web' } }, ...body } })),
    });
    const ingress = (...ports: object[]): PreflightFacts => policy({ policyTypes: ['Ingress'], ingress: [{ ports }] });

    it('that close the ports of the proxy', () => {
      expect(found(workload(), ingress({ port: 8080 }))).to.deep.equal(['list NetworkPolicyClosesProxy']);
      expect(found(workload(), policy({ policyTypes: ['Ingress'] }))).to.deep.equal(['list NetworkPolicyClosesProxy']);
      expect(found(workload(), ingress({ port: 4143 }))).to.deep.equal(['list NetworkPolicyClosesProxy']);
    });

    it('that leave them open: by number, range, name, or without any port', () => {
      expect(found(workload(), ingress({ port: 4143 }, { port: 4191 }))).to.deep.equal([]);
      expect(found(workload(), ingress({ port: 4000, endPort: 4200 }))).to.deep.equal([]);
      expect(found(workload(), ingress({ port: 'linkerd-proxy' }, { port: 'linkerd-admin' }))).to.deep.equal([]);
      expect(found(workload(), policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] }))).to.deep.equal([]);
      expect(found(workload(), ingress({ port: 4143, protocol: 'UDP' }, { port: 4191 }))).to.deep.equal([
        'list NetworkPolicyClosesProxy',
      ]);
    });

    it('that keep it from other proxies and from its control plane', () => {
      expect(found(workload(), policy({ policyTypes: ['Egress'], egress: [{ ports: [{ port: 53 }] }] }))).to.deep.equal([
        'list NetworkPolicyClosesProxy',
      ]);
      expect(found(workload(), policy({ policyTypes: ['Egress'], egress: [{}] }))).to.deep.equal([]);
    });

    it('of other pods and other namespaces are no matter', () => {
      const other = {
        spec: {
          podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
          policyTypes: ['Ingress'],
        },
      };
      expect(found(workload(), { networkpolicies: objects(inShop('other', other)) })).to.deep.equal([]);
      expect(
        found(workload(), {
          networkpolicies: objects({ metadata: { name: 'x', namespace: 'else' }, spec: { podSelector: {} } }),
        }),
      ).to.deep.equal([]);
    });
  });

  it('what can not be read is said', () => {
    const error = { kind: 'error' as const, message: 'forbidden' };
    const unread = { networkpolicies: error, resourcequotas: error, limitranges: error, horizontalpodautoscalers: error };
    expect(found(workload(), unread)).to.deep.equal([
      'warn NetworkPoliciesUnknown',
      'warn ResourcesUnknown',
      'warn ResourcesUnknown',
      'warn ResourcesUnknown',
    ]);
  });

  it('a proxy that stands in the template itself is for a person when Linkerd 2 is left', () => {
    const byHand = workload({ template: template({ containers: [{ name: 'linkerd-proxy' }] }) });
    const findings = Linkerd2.workloadFindings(byHand, ordinary, spec, 'source');
    expect(findings.map(({ reason, message }) => `${reason} ${message}`)).to.deep.equal([
      'SourceNeedsPerson Linkerd 2 is used in spec.containers[linkerd-proxy]',
    ]);
  });
});

// NetworkPolicies that admit only some: whether the operator gets to the proxy, and the proxy to its control plane and to DNS.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { KubeObjectLike, PreflightFacts, WorkloadForPreflight } from '../../../src/mesh/adapter.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const objects = (...items: KubeObjectLike[]) => ({ kind: 'objects' as const, items });
const own = { metadata: { name: 'movers', labels: { team: 'platform' } } };
const ordinary: PreflightFacts = {
  'operator namespace': objects(own),
  'linkerd2 namespaces': objects({ metadata: { name: 'linkerd', labels: { team: 'mesh' } } }),
  'linkerd2 configuration': objects({
    metadata: { name: 'linkerd-config', namespace: 'linkerd' },
    data: { values: '{ proxy: { nativeSidecar: true } }' },
  }),
  ...{ resourcequotas: objects(), limitranges: objects(), horizontalpodautoscalers: objects() },
};
const workload = (annotations: Readonly<Record<string, string>> = {}): WorkloadForPreflight => ({
  ...{ kind: 'Deployment', name: 'web', namespace: 'shop', namespaceKeys: { labels: {}, annotations: {} } },
  template: { metadata: { labels: { app: 'web' }, annotations }, spec: { containers: [{ name: 'app', image: 'app:1' }] } },
});

/** What is found where there are policies with these bodies. */
function findings(bodies: readonly object[], facts: PreflightFacts = {}, of = workload()): readonly Finding[] {
  const policies = bodies.map((body, i) => ({
    metadata: { name: `policy-${i}`, namespace: 'shop' },
    spec: { podSelector: {}, ...body },
  }));
  return adapters.Linkerd2.workloadFindings(of, { ...ordinary, networkpolicies: objects(...policies), ...facts }, spec, 'target');
}
const reasons = (found: readonly Finding[]): string[] => found.map(({ severity, reason }) => `${severity} ${reason}`);
const closed = ['list NetworkPolicyClosesProxy'];
const doubtful = ['warn NetworkPolicyInDoubt'];

describe('a NetworkPolicy that admits only some into the pods', () => {
  const from = (...peers: object[]): object => ({ policyTypes: ['Ingress'], ingress: [{ from: peers }] });
  const fromNamespaces = (selector: object, more: object = {}): object => from({ namespaceSelector: selector, ...more });
  const named = (...values: string[]): object => ({
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }],
  });
  const into = (body: object, facts: PreflightFacts = {}): string[] => reasons(findings([body], facts));

  it('keeps the operator out where it admits pods of its own namespace alone', () => {
    const [finding] = findings([{ policyTypes: ['Ingress'] }, from({ podSelector: {} })]);
    expect(finding).to.deep.include({
      severity: 'list',
      reason: 'NetworkPolicyClosesProxy',
      message:
        'NetworkPolicy shop/policy-0, shop/policy-1 lets the operator not in on 4191, where the proxy answers about its health',
      remedy:
        'Add a NetworkPolicy that allows ingress to its pods on TCP 4191 from a namespaceSelector with kubernetes.io/metadata.name: movers.',
    });
  });

  it('keeps it out where it admits other namespaces, or other pods of all of them', () => {
    expect(into(fromNamespaces({ matchLabels: { team: 'web' } }))).to.deep.equal(closed);
    expect(into(fromNamespaces(named('ingress', 'monitoring')))).to.deep.equal(closed);
    const prometheus = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } };
    expect(into(fromNamespaces({}, prometheus))).to.deep.equal(closed);
  });

  it('lets it in where any rule admits its namespace, by name or by another label', () => {
    expect(into(fromNamespaces({}))).to.deep.equal([]);
    expect(into(fromNamespaces(named('ingress', 'movers')))).to.deep.equal([]);
    expect(into(fromNamespaces({ matchLabels: { team: 'platform' } }))).to.deep.equal([]);
    const operators = { podSelector: { matchLabels: { 'app.kubernetes.io/component': 'operator' } } };
    expect(into(fromNamespaces({}, operators))).to.deep.equal([]);
    expect(into(from({ podSelector: {} }, { namespaceSelector: named('movers') }))).to.deep.equal([]);
  });

  it('lets it in where another policy for the same pods does, by the port’s number, range or name', () => {
    const also = (...ports: object[]): object => ({ ingress: [{ from: [{ namespaceSelector: named('movers') }], ports }] });
    for (const port of [{ port: 4191 }, { port: 4100, endPort: 4200 }, { port: 'linkerd-admin' }])
      expect(reasons(findings([from({ podSelector: {} }), also(port)]))).to.deep.equal([]);
    for (const port of [{ port: 9090 }, { port: 4191, protocol: 'UDP' }, { port: 'metrics' }])
      expect(reasons(findings([from({ podSelector: {} }), also(port)]))).to.deep.equal(closed);
  });

  it('is no more than doubtful by addresses, by labels that pods may have, or where only the name of the namespace is known', () => {
    expect(into(from({ ipBlock: { cidr: '10.0.0.0/8' } }))).to.deep.equal(doubtful);
    expect(into(fromNamespaces({}, { podSelector: { matchLabels: { scrapes: 'true' } } }))).to.deep.equal(doubtful);
    const byLabel = fromNamespaces({ matchLabels: { team: 'web' } });
    const nameAlone = { 'operator namespace': objects({ metadata: { name: 'movers' } }) };
    expect(into(byLabel, nameAlone)).to.deep.equal(doubtful);
    expect(into(fromNamespaces(named('web')), nameAlone)).to.deep.equal(closed);
    expect(into(byLabel, { 'operator namespace': objects() })).to.deep.equal(doubtful);
    expect(into(from({ podSelector: {} }), { 'operator namespace': objects() })).to.deep.equal(closed);
  });

  it('is asked about the port to which annotation or installation moved the proxy’s', () => {
    const onlyAt = (port: number): object[] => [
      from({ podSelector: {} }),
      { ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port }] }] },
    ];
    const moved = workload({ 'config.linkerd.io/admin-port': '9191' });
    expect(reasons(findings(onlyAt(4191), {}, moved))).to.deep.equal(closed);
    expect(reasons(findings(onlyAt(9191), {}, moved))).to.deep.equal([]);
    const installed = objects({
      metadata: { name: 'linkerd-config', namespace: 'linkerd' },
      data: { values: '{ proxy: { nativeSidecar: true, ports: { admin: 9292 } } }' },
    });
    expect(reasons(findings(onlyAt(9292), { 'linkerd2 configuration': installed }))).to.deep.equal([]);
  });
});

describe('a NetworkPolicy that lets the pods call only some', () => {
  const dns = { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] };
  const out = (...egress: object[]): readonly Finding[] => findings([{ policyTypes: ['Egress'], egress }]);
  const home = { to: [{ podSelector: {} }] };

  it('keeps the proxy from its control plane where they are of its own or of other namespaces', () => {
    const [finding] = out(home, dns);
    expect(finding).to.deep.include({
      severity: 'list',
      message:
        'NetworkPolicy shop/policy-0 lets nothing out on 8080, 8086, 8090 to the control plane (identity 8080, destination 8086, policy 8090)',
      remedy: 'Allow TCP 8080, 8086, 8090 out of its pods to the namespace linkerd.',
    });
    expect(reasons(out(home, dns, { to: [{ namespaceSelector: { matchLabels: { team: 'web' } } }] }))).to.deep.equal(closed);
  });

  it('is no matter where the control plane may be among them', () => {
    const ports = [{ port: 8080 }, { port: 'dest-grpc' }, { port: 8090 }];
    const toMesh = { to: [{ namespaceSelector: { matchLabels: { team: 'mesh' } } }], ports };
    expect(reasons(out(home, dns, toMesh))).to.deep.equal([]);
    expect(reasons(out(home, dns, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }))).to.deep.equal([]);
  });

  it('may keep it from DNS, which is said and no more', () => {
    const toMesh = { to: [{ namespaceSelector: {} }], ports: [{ port: 4143 }, { port: 8080, endPort: 8090 }] };
    expect(reasons(out(home, toMesh))).to.deep.equal(doubtful);
    expect(reasons(out(home, toMesh, { ports: [{ port: 53 }] }))).to.deep.equal([]);
  });
});

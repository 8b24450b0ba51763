// What goes wrong in Linkerd 2 where the proxy is an ordinary container: Jobs never end, and calls are lost at the end of a pod.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike, LivePod, PreflightFacts, WorkloadForPreflight } from '../../../src/mesh/adapter.ts';
import { isAtLeast } from '../../../src/mesh/linkerd2/version.ts';
import { adapters } from '../../../src/mesh/registry.ts';
import { recordedJson } from '../../support/recordings.ts';

const { Linkerd2 } = adapters;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const objects = (...items: KubeObjectLike[]) => ({ kind: 'objects' as const, items });
const installed = (values: string): PreflightFacts => ({
  'linkerd2 namespaces': objects({ metadata: { name: 'linkerd' } }),
  'linkerd2 configuration': objects({ metadata: { name: 'linkerd-config', namespace: 'linkerd' }, data: { values } }),
  ...{ resourcequotas: objects(), limitranges: objects(), horizontalpodautoscalers: objects(), networkpolicies: objects() },
});
const withVersion = (version: string, proxy = '{ nativeSidecar: false }'): PreflightFacts =>
  installed(`{ linkerdVersion: ${version}, proxy: ${proxy} }`);
const native = withVersion('edge-26.8.3', '{ nativeSidecar: true }');
const notNative = withVersion('edge-26.8.3');
const unread: PreflightFacts = { ...notNative, 'linkerd2 configuration': objects() };

type Annotations = Readonly<Record<string, string>>;

const workload = (kind: string, annotations: Annotations = {}, ofNamespace: Annotations = {}): WorkloadForPreflight => ({
  kind,
  name: 'web',
  namespace: 'shop',
  namespaceKeys: { labels: {}, annotations: ofNamespace },
  template: { metadata: { annotations }, spec: { containers: [{ name: 'app' }] } },
});
const cronJob = (annotations?: Annotations, ofNamespace?: Annotations): WorkloadForPreflight =>
  workload('CronJob', annotations, ofNamespace);
const findings = (of: WorkloadForPreflight, facts: PreflightFacts) => Linkerd2.workloadFindings(of, facts, spec, 'target');
const found = (of: WorkloadForPreflight, facts: PreflightFacts): string[] =>
  findings(of, facts).map(({ severity, reason }) => `${severity} ${reason}`);
const key = (spelling: string): string => `${spelling}.linkerd.io/proxy-enable-native-sidecar`;
const optOut = { 'linkerd.io/inject': 'disabled' };
const never = ['list NotNativeSidecar'];

describe('CronJobs whose Jobs would never end', () => {
  it('are those of a proxy that is no native sidecar, and not of one that is', () => {
    expect(found(cronJob(), native)).to.deep.equal([]);
    expect(found(cronJob(), notNative)).to.deep.equal(never);
  });

  it('are those of versions without the field, of versions that do not know it, and of unknown ones', () => {
    expect(found(cronJob(), withVersion('stable-2.14.10', '{}'))).to.deep.equal(never);
    expect(found(cronJob(), withVersion('stable-2.14.10', '{ nativeSidecar: true }'))).to.deep.equal(never);
    expect(found(cronJob(), unread)).to.deep.equal(never);
  });

  for (const spelling of ['config', 'config.beta', 'config.alpha']) {
    it(`are none where ${key(spelling)} asks on template or namespace, and are where it refuses`, () => {
      expect(found(cronJob({ [key(spelling)]: 'true' }), notNative)).to.deep.equal([]);
      expect(found(cronJob({}, { [key(spelling)]: 'true' }), notNative)).to.deep.equal([]);
      expect(found(cronJob({ [key(spelling)]: 'false' }), native)).to.deep.equal(never);
    });
  }

  it('are told by the newest spelling, and by the template before its namespace', () => {
    expect(found(cronJob({ [key('config')]: 'true', [key('config.beta')]: 'false' }), notNative)).to.deep.equal([]);
    expect(found(cronJob({ [key('config')]: 'false' }, { [key('config')]: 'true' }), notNative)).to.deep.equal(never);
  });

  it('are told by no spelling that the installed version does not heed, or that nobody knows whether it heeds', () => {
    const asks = (spelling: string, version: string): string | undefined =>
      findings(cronJob({ [key(spelling)]: 'true' }), withVersion(version))[0]?.message;

    expect(asks('config', 'enterprise-2.19.4')).to.contain(`2.19.4 is not known to heed ${key('config')}`);
    expect(asks('config.beta', 'enterprise-2.19.4')).to.equal(undefined);
    expect(asks('config.beta', 'edge-25.9.1')).to.contain('edge-25.9.1 is not known to heed');
    expect(asks('config.alpha', 'edge-25.9.1')).to.equal(undefined);
    expect(asks('config.alpha', 'stable-2.14.10')).to.contain('not known to heed');
    expect(asks('config.alpha', 'dev-1a2b3c')).to.contain('not known to heed');
    expect(findings(cronJob({ [key('config')]: 'true' }), installed('{ proxy: {} }'))[0]?.message).to.contain(
      'the version of Linkerd 2 is not known',
    );
  });

  it('have a remedy in the spelling that is heeded, and are told to refuse the proxy before they are accepted', () => {
    const remedy = (version: string): string => findings(cronJob(), withVersion(version))[0]?.remedy ?? '';

    expect(remedy('edge-26.8.3')).to.contain(key('config'));
    expect(remedy('edge-25.10.7')).to.contain(key('config.beta'));
    expect(remedy('edge-24.11.8')).to.contain(key('config.alpha'));
    expect(remedy('stable-2.14.10')).to.contain('2.15').and.not.to.contain('native-sidecar');
    expect(remedy('edge-26.8.3')).to.contain('set linkerd.io/inject: disabled on its template and then accept');
    expect(found(cronJob(optOut), notNative)).to.deep.equal(['list OptedOut']);
  });
});

describe('a Job that runs while its namespace moves', () => {
  const { jobs } = Linkerd2;
  const exception = (annotations: Annotations, facts: PreflightFacts) => jobs?.exception(workload('Job', annotations), facts);
  const recorded = (name: string): LivePod =>
    (recordedJson(`linkerd2/jobs/${name}.pod.json`) as { items: LivePod[] }).items[0] ?? {};

  it('is an exception where its next pods would never end', () => {
    expect(exception({}, notNative)?.reason).to.equal('NotNativeSidecar');
    expect(exception({}, unread)?.message).to.contain('not known');
    expect(exception({}, native)).to.equal(undefined);
  });

  it('is none where its template refuses the proxy or asks for a native sidecar', () => {
    expect(exception(optOut, notNative)).to.equal(undefined);
    expect(exception({ [key('config')]: 'true' }, notNative)).to.equal(undefined);
  });

  it('does not end by itself where the proxy is an ordinary container, as recorded', () => {
    expect(jobs?.endless(recorded('native-true'))).to.equal(undefined);
    expect(jobs?.endless(recorded('native-false'))).to.deep.include({ over: true });
    expect(jobs?.endless({ spec: { containers: [{ name: 'app' }, { name: 'linkerd-proxy' }] } })).to.deep.include({
      over: false,
    });
  });
});

describe('the namespace of Jobs to come', () => {
  const warned = (facts: PreflightFacts, annotations: Annotations = {}): string[] =>
    Linkerd2.namespaceFindings({ metadata: { name: 'shop', annotations } }, facts, 'target').map(
      ({ severity, reason, message }) => `${severity} ${reason} ${message}`,
    );

  it('is warned of once where they would never end', () => {
    expect(warned(native)).to.deep.equal([]);
    expect(warned(notNative, { [key('config')]: 'true' })).to.deep.equal([]);
    expect(warned(notNative)).to.have.length(1);
    expect(warned(notNative)[0]).to.contain('warn NotNativeSidecar').and.to.contain('linkerd.io/inject: disabled');
  });
});

describe('calls of an application that is ending', () => {
  const wait = 'config.alpha.linkerd.io/proxy-wait-before-exit-seconds';
  const lost = ['warn CallsLostAtTheEnd'];

  it('are lost where the proxy is no native sidecar', () => {
    expect(found(workload('Deployment'), notNative)).to.deep.equal(lost);
    expect(found(workload('Deployment'), native)).to.deep.equal([]);
    expect(found(workload('Deployment', optOut), notNative)).to.deep.equal(['list OptedOut']);
    expect(found(workload('Deployment'), unread)).to.deep.equal([]);
  });

  it('are not where the proxy waits, by the template, by the namespace, by the installation', () => {
    const waits = withVersion('edge-26.8.3', '{ nativeSidecar: false, waitBeforeExitSeconds: 20 }');

    expect(found(workload('Deployment', { [wait]: '20' }), notNative)).to.deep.equal([]);
    expect(found(workload('Deployment', {}, { [wait]: '20' }), notNative)).to.deep.equal([]);
    expect(found(workload('Deployment'), waits)).to.deep.equal([]);
    expect(found(workload('Deployment', { [wait]: '0' }), waits)).to.deep.equal(lost);
  });
});

describe('a version of Linkerd 2', () => {
  const first = { release: [2, 19], edge: [25, 10, 7] };

  for (const version of [
    'stable-2.19.0',
    'enterprise-2.19.1',
    'enterprise-2.20.0',
    '2.19.0',
    'v2.20',
    'edge-25.10.7',
    'edge-26.1.1',
  ])
    it(`${version} is no older than another one`, () => {
      expect(isAtLeast(version, first)).to.equal(true);
    });
  for (const version of ['stable-2.14.10', 'enterprise-2.18.9', 'edge-25.10.6', 'edge-25.9.9', '2.9.1'])
    it(`${version} is older than another one`, () => {
      expect(isAtLeast(version, first)).to.equal(false);
    });
  for (const version of [undefined, '', 'dev-0123', 'edge-x'])
    it(`${String(version)} can not be told`, () => {
      expect(isAtLeast(version, first)).to.equal(undefined);
    });
});

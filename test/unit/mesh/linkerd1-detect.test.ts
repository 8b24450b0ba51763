// Every use of Linkerd 1 that a pod template can show, with its kind, its place and who can take it away.

import { expect } from 'chai';
import type { MeshMigrationSpec } from '../../../src/api/v1alpha1/mesh-migration.ts';
import type { Container, EnvVar, PodTemplate } from '../../../src/mesh/adapter.ts';
import { adapters } from '../../../src/mesh/registry.ts';

const { Linkerd1 } = adapters;
const spec = { source: { mesh: 'Linkerd1' }, target: { mesh: 'Linkerd2' }, waves: [] } as MeshMigrationSpec;
const onPorts = (...proxyPorts: number[]): MeshMigrationSpec => ({
  ...spec,
  source: { mesh: 'Linkerd1', linkerd1: { proxyPorts } },
});
const nodeName: EnvVar = { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } };
const hostIp: EnvVar = { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } };
const app = (parts: Partial<Container>): PodTemplate => ({ spec: { containers: [{ name: 'app', image: 'app:1', ...parts }] } });
const withEnv = (...env: EnvVar[]): PodTemplate => app({ env });
const uses = (template: PodTemplate, of = spec): string[] =>
  Linkerd1.detect(template, of).uses.map(({ kind, place, removedBy }) => `${kind} ${place} ${removedBy}`);

type Row = readonly [what: string, template: PodTemplate, expected: readonly string[], spec?: MeshMigrationSpec];

const inEnv = (name: string, by: string, kind = 'Env'): string => `${kind} spec.containers[app].env[${name}] ${by}`;

const rows: readonly Row[] = [
  [
    'http_proxy on the node by its name',
    withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4140' }),
    [inEnv('http_proxy', 'admission')],
  ],
  [
    'a scheme and a trailing slash',
    withEnv(hostIp, { name: 'HTTPS_PROXY', value: 'https://$(HOST_IP):4140/' }),
    [inEnv('HTTPS_PROXY', 'admission')],
  ],
  [
    'any name of the variable that holds the node',
    withEnv({ ...nodeName, name: 'WHERE' }, { name: 'http_proxy', value: '$(WHERE):4140' }),
    [inEnv('http_proxy', 'admission')],
  ],
  [
    'the Service of Linkerd 1',
    withEnv({ name: 'http_proxy', value: 'http://l5d.linkerd.svc.cluster.local:4140' }),
    [inEnv('http_proxy', 'admission')],
  ],
  [
    'a variable that is only another name for it',
    withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4140' }, { name: 'P', value: '$(http_proxy)' }),
    [inEnv('http_proxy', 'admission'), inEnv('P', 'admission')],
  ],
  [
    'a variable that has it inside',
    withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4140' }, { name: 'FLAGS', value: '--proxy=$(http_proxy)' }),
    [inEnv('http_proxy', 'person'), inEnv('FLAGS', 'person')],
  ],
  [
    'a port that the migration does not know',
    withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4240' }),
    [inEnv('http_proxy', 'person')],
  ],
  [
    'the same port once it is known',
    withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4240' }),
    [inEnv('http_proxy', 'admission')],
    onPorts(4140, 4240),
  ],
  [
    'a target of the application itself',
    withEnv(hostIp, { name: 'TARGET', value: '$(HOST_IP):4340' }),
    [inEnv('TARGET', 'person')],
  ],
  [
    'a proxy whose host is hidden',
    withEnv({ name: 'http_proxy', value: 'http://$(L5D_SERVICE_HOST):4140' }),
    [inEnv('http_proxy', 'unknown')],
  ],
  [
    'a proxy somewhere on its port',
    withEnv({ name: 'http_proxy', value: 'http://10.0.0.7:4140' }),
    [inEnv('http_proxy', 'unknown')],
  ],
  [
    'a host behind a plain variable',
    withEnv({ name: 'HOST', value: 'l5d.linkerd1' }, { name: 'http_proxy', value: 'http://$(HOST):4140' }),
    [inEnv('http_proxy', 'person')],
  ],
  [
    'a proxy of somebody else',
    withEnv({ name: 'http_proxy', value: 'http://proxy.example:3128' }, { name: 'no_proxy', value: 'localhost' }),
    [],
  ],
  ['an address of somebody else on its port', withEnv({ name: 'UPSTREAM', value: 'db.example:4140' }), []],
  [
    'flags of a JVM in a variable',
    withEnv(nodeName, { name: 'JAVA_OPTS', value: '-Dhttp.proxyHost=$(NODE_NAME) -Dhttp.proxyPort=4140' }),
    [inEnv('JAVA_OPTS', 'person', 'JvmFlag')],
  ],
  ['flags of a JVM for another proxy', withEnv({ name: 'JAVA_OPTS', value: '-Dhttp.proxyHost=proxy -Dhttp.proxyPort=3128' }), []],
  [
    'flags of a JVM in arguments',
    app({ args: ['-Dhttp.proxyHost=l5d.linkerd1', '-Dhttp.proxyHost=l5d -Dhttp.proxyPort=4140'] }),
    ['JvmFlag spec.containers[app].args[1] person'],
  ],
  [
    'an argument',
    app({ env: [nodeName], args: ['-target=$(NODE_NAME):4140', '-x'] }),
    ['Argument spec.containers[app].args[0] person'],
  ],
  [
    'an argument as a shell writes it',
    app({ env: [nodeName], command: ['sh', '-c', 'app --grpc-proxy=${NODE_NAME}:4340'] }),
    ['Argument spec.containers[app].command[2] person'],
  ],
  [
    'a proxy that a shell sets for one command',
    app({ args: ['http_proxy=`hostIP.sh`:4140 app'] }),
    ['Argument spec.containers[app].args[0] person'],
  ],
  [
    'its Service in an argument',
    app({ args: ['--upstream=http://l5d.linkerd1.svc:4140'] }),
    ['Argument spec.containers[app].args[0] person'],
  ],
  ['another host of a similar name', app({ args: ['--upstream=my-l5d:4140', 'not.l5d.linkerd1:4140'] }), []],
  [
    'the container that redirects all traffic',
    { spec: { containers: [], initContainers: [{ name: 'init-linkerd', image: 'linkerd/istio-init:v1' }] } },
    ['InitContainer spec.initContainers[init-linkerd] admission'],
  ],
  [
    'the same under another name',
    { spec: { containers: [], initContainers: [{ name: 'redirect', image: 'docker.io/linkerd/istio-init:v1' }] } },
    ['InitContainer spec.initContainers[redirect] person'],
  ],
  [
    'a proxy in the pod and what points at it',
    {
      spec: {
        containers: [
          { name: 'app', env: [{ name: 'http_proxy', value: 'localhost:4140' }] },
          { name: 'l5d', image: 'registry.example/linkerd:1.7.5' },
        ],
      },
    },
    [inEnv('http_proxy', 'person'), 'Sidecar spec.containers[l5d] person'],
  ],
  [
    'the proxy of Linkerd 2, which is not it',
    { spec: { containers: [{ name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy:edge-26.8.3' }] } },
    [],
  ],
  [
    'a variable out of a ConfigMap',
    withEnv({ name: 'http_proxy', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }),
    [inEnv('http_proxy', 'unknown', 'Reference')],
  ],
  [
    'a variable out of a Secret',
    withEnv({ name: 'JAVA_TOOL_OPTIONS', valueFrom: { secretKeyRef: { name: 'c', key: 'k' } } }),
    [inEnv('JAVA_TOOL_OPTIONS', 'unknown', 'Reference')],
  ],
  [
    'a variable out of a Secret that is no proxy',
    withEnv({ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'c', key: 'k' } } }),
    [],
  ],
  [
    'a whole ConfigMap',
    app({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
    ['Reference spec.containers[app].envFrom[settings] unknown'],
  ],
  [
    'an init container',
    { spec: { containers: [], initContainers: [{ name: 'setup', env: [{ name: 'http_proxy', value: 'l5d:4140' }] }] } },
    ['Env spec.initContainers[setup].env[http_proxy] admission'],
  ],
];

describe('uses of Linkerd 1 in a pod template', () => {
  for (const [what, template, expected, of] of rows) {
    it(`${what}: ${expected.length === 0 ? 'no use' : expected.join(', ')}`, () => {
      expect(uses(template, of)).to.have.members(expected);
    });
  }

  it('a use that a person must take away comes with the exact edit', () => {
    const [use] = Linkerd1.detect(withEnv(nodeName, { name: 'http_proxy', value: '$(NODE_NAME):4240' }), spec).uses;
    expect(use?.remedy).to.equal('add 4240 to spec.source.linkerd1.proxyPorts, or remove spec.containers[app].env[http_proxy]');
    const [argument] = Linkerd1.detect(app({ args: ['--upstream=l5d:4140'] }), spec).uses;
    expect(argument?.remedy).to.equal('take l5d:4140 out of spec.containers[app].args[0] and call the Service directly');
  });

  it('a template is unknown as long as nothing certain was found in it', () => {
    const hidden = { envFrom: [{ secretRef: { name: 's' } }] };
    expect(Linkerd1.detect(app(hidden), spec).state).to.equal('unknown');
    expect(Linkerd1.detect(app({ ...hidden, env: [{ name: 'http_proxy', value: 'l5d:4140' }] }), spec).state).to.equal('present');
  });

  it('lists a workload with the uses that admission can not take away', () => {
    const template = app({
      args: ['--upstream=l5d:4140'],
      envFrom: [{ secretRef: { name: 's' } }],
      env: [{ name: 'http_proxy', value: 'l5d:4140' }],
    });
    const workload = {
      kind: 'Deployment',
      name: 'web',
      namespace: 'shop',
      namespaceKeys: { labels: {}, annotations: {} },
      template,
    };
    const findings = Linkerd1.workloadFindings(workload, {}, spec, 'source').map(
      ({ severity, workload: of, reason }) => `${severity} ${of} ${reason}`,
    );
    expect(findings).to.deep.equal(['list Deployment/web SourceUnknown', 'list Deployment/web SourceNeedsPerson']);
  });
});

describe('variables of ConfigMaps and Secrets', () => {
  const data: Record<string, Record<string, string>> = {
    proxies: { http_proxy: 'http://l5d.linkerd1:4140', COLOUR: 'blue', https_proxy: 'http://proxy.example:3128' },
    java: { JAVA_OPTS: '-Dhttp.proxyHost=l5d -Dhttp.proxyPort=4140' },
    files: { 'nginx.conf': 'upstream x { server l5d.linkerd1.svc.cluster.local:4140; }' },
  };
  const resolve = (_kind: string, name: string): Record<string, string> | undefined => data[name];
  const seen = (template: PodTemplate): string[] =>
    Linkerd1.detect(template, spec, { resolve }).uses.map(({ place, removedBy }) => `${place} ${removedBy}`);

  it('are known where the operator may look, and hidden by an explicit empty value', () => {
    const template = app({ envFrom: [{ configMapRef: { name: 'proxies' } }] });
    expect(seen(template)).to.deep.equal(['spec.containers[app].envFrom[proxies] (http_proxy) admission']);
    expect(Linkerd1.settings(spec, template, { resolve })).to.deep.equal({ 'meshmigration.io/linkerd1-variables': 'http_proxy' });
  });

  it('carry the prefix under which the container sees them', () => {
    const template = app({ envFrom: [{ prefix: 'HTTP', configMapRef: { name: 'suffix' } }] });
    const context = { resolve: () => ({ _PROXY: 'l5d:4140' }) };
    expect(Linkerd1.settings(spec, template, context)).to.deep.equal({ 'meshmigration.io/linkerd1-variables': 'HTTP_PROXY' });
  });

  it('are beaten by a variable of the container itself', () => {
    const template = app({ env: [{ name: 'http_proxy', value: '' }], envFrom: [{ configMapRef: { name: 'proxies' } }] });
    expect(seen(template)).to.deep.equal([]);
  });

  it('are not hidden by a variable that goes', () => {
    const template = app({ env: [{ name: 'http_proxy', value: 'l5d:4140' }], envFrom: [{ configMapRef: { name: 'proxies' } }] });
    expect(seen(template)).to.include('spec.containers[app].envFrom[proxies] (http_proxy) admission');
    expect(Linkerd1.settings(spec, template, { resolve })).to.deep.equal({ 'meshmigration.io/linkerd1-variables': 'http_proxy' });
  });

  it('that hold flags or files are for a person', () => {
    expect(seen(app({ envFrom: [{ secretRef: { name: 'java' } }] }))).to.deep.equal([
      'spec.containers[app].envFrom[java] (JAVA_OPTS) person',
    ]);
    const mounted = { spec: { containers: [{ name: 'app' }], volumes: [{ name: 'conf', configMap: { name: 'files' } }] } };
    expect(seen(mounted)).to.deep.equal(['spec.volumes[conf].configMap files (nginx.conf) person']);
  });

  it('stay unknown where the ConfigMap can not be read', () => {
    expect(seen(app({ envFrom: [{ configMapRef: { name: 'missing' } }] }))).to.deep.equal([
      'spec.containers[app].envFrom[missing] unknown',
    ]);
  });

  it("are what the template's own key says, also that there are none", () => {
    const say = (value: string): PodTemplate => ({
      ...app({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
      metadata: { annotations: { 'meshmigration.io/linkerd1-variables': value } },
    });
    expect(uses(say('http_proxy'))).to.deep.equal(['Reference spec.containers[app].envFrom (http_proxy) admission']);
    expect(uses(say(''))).to.deep.equal([]);
  });
});

describe('settings of Linkerd 1', () => {
  it('are only what differs from the default', () => {
    expect(Linkerd1.settings(spec, {})).to.deep.equal({});
    expect(Linkerd1.settings(onPorts(4140), {})).to.deep.equal({});
    expect(Linkerd1.settings(onPorts(4140, 4240), {})).to.deep.equal({ 'meshmigration.io/linkerd1-ports': '4140,4240' });
  });
});

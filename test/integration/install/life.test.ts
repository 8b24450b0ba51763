// The life of an installation on a real API server, from helm install to helm uninstall and back: what stays, and what goes.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../../cluster/cluster.ts';
import { startCluster } from '../../cluster/cluster.ts';
import { kubectl as runKubectl } from '../../cluster/kubectl.ts';
import { startOperator } from '../../support/operator-process.ts';
import { until } from '../../support/until.ts';
import { CHART, INSTALL_FILE, installers, objectsIn, RELEASE } from './programs.ts';
import type { Installed, Programs } from './programs.ts';

const root = join(import.meta.dirname, '../../..');
const COLUMN = 'name: Failed';
const HOOK_POD = 'app.kubernetes.io/component=uninstall';
// Pods of Jobs end when the test says so.
const VALUES = ['--set', 'podAnnotations.fake-node\\.test/complete-after=1h', '--wait', '--timeout', '60s'];

const keys = { 'meshmigration.io/to': 'linkerd2', 'meshmigration.io/from': 'linkerd1' };
const moved = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: keys } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { ...keys, 'meshmigration.io/cutover': '12345678-1' } },
        spec: { containers: [{ name: 'app', image: 'app:1' }] },
      },
    },
  },
  {
    apiVersion: 'meshmigration.io/v1alpha1',
    kind: 'MeshMigration',
    metadata: { name: 'leave', finalizers: ['meshmigration.io/rollback', 'example.com/theirs'] },
    spec: {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaces: ['shop'] }],
      deletionPolicy: 'Rollback',
    },
  },
];

interface Workload extends Installed {
  readonly spec: { readonly template: { readonly spec: object } };
}

/** What no fence but that of places would refuse. */
const event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'x', namespace: 'legacy' },
  ...{ eventTime: '2026-01-01T00:00:00.000000Z', type: 'Normal', reason: 'X', action: 'X', note: 'x' },
  ...{ reportingController: 'meshmigration.io/operator', reportingInstance: 'x' },
  regarding: { kind: 'Pod', namespace: 'legacy', name: 'x' },
};

describe('an installation with Helm', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let programs: Programs;
  let folder: string;
  const kubectl = (args: string, input?: object): Promise<string> => runKubectl(cluster, args.split(' '), input);
  const isThere = async (object: string): Promise<boolean> =>
    (await kubectl(`get -n ${RELEASE.namespace} ${object} --ignore-not-found -o name`)) !== '';

  before(async function () {
    this.timeout(900_000);
    cluster = await startCluster({ nodes: 1 });
    programs = await installers(cluster.kubeconfig);
    folder = await mkdtemp(join(tmpdir(), 'chart-'));
    // As after `kubectl create namespace` and the label that the chart's notes tell of.
    await kubectl(`apply -f ${join(root, 'config/rbac/namespace.yaml')}`);
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await cluster.stop();
  });

  it('is accepted by the server as install.yaml, object by object', async () => {
    const answer = await kubectl(`apply --server-side --dry-run=server -f ${INSTALL_FILE}`);

    expect(answer.trim().split('\n')).to.have.length(objectsIn(await readFile(INSTALL_FILE, 'utf8')).length);
    expect(answer).to.include('deployment.apps/meshmigration serverside-applied (server dry run)');
  });

  it('gets its pods past the Pod Security standard "restricted", and its rights are enough to lead', async () => {
    await programs.helm('install', RELEASE.name, await olderChart(folder), ...VALUES);

    expect(await kubectl(`get -n ${RELEASE.namespace} deployment/meshmigration -o jsonpath={.status.readyReplicas}`)).to.equal(
      '2',
    );
    const operator = await startOperator(cluster);
    await operator.kill();
    expect(await isThere('lease/meshmigration')).to.equal(true);
  });

  it('has its lease calls served by the priority level of elections', async () => {
    const kubeconfig = await cluster.serviceAccountKubeconfig(RELEASE.namespace, 'meshmigration');
    const uid = await kubectl('get flowschema/meshmigration-leases -o jsonpath={.metadata.uid}');
    const get = ['--kubeconfig', kubeconfig, '-n', RELEASE.namespace, 'get', 'lease/meshmigration', '-v=8'];
    const file = cluster.binaries['kubectl'] ?? '';

    await until(async () => (await promisify(execFile)(file, get)).stderr.includes(uid), {
      what: 'the answer names the FlowSchema',
    });
  });

  it('has no pod that the standard "restricted" refuses, the webhook’s and the Job’s among them', async () => {
    const objects = (await programs.template('--set', 'admission=both')) as readonly Workload[];
    const workloads = objects.filter(({ kind }) => ['Deployment', 'Job'].includes(kind));
    expect(workloads.map(({ metadata }) => metadata.name)).to.have.members([
      ...['meshmigration', 'meshmigration-admission', 'meshmigration-uninstall'],
    ]);
    for (const { metadata, spec } of workloads) {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec.template.spec, serviceAccountName: 'default' } };
      expect(await kubectl('create --dry-run=server -f -', pod)).to.include('created');
    }
  });

  it('takes new values and new definitions with an upgrade', async () => {
    expect(await kubectl('get crd/meshmigrations.meshmigration.io -o yaml')).to.not.include(COLUMN);
    await programs.helm('upgrade', RELEASE.name, CHART, ...VALUES, '--set', 'replicas=3,excludedNamespaces={legacy}');

    expect(await kubectl('get crd/meshmigrations.meshmigration.io -o yaml')).to.include(COLUMN);
    expect(await kubectl(`get -n ${RELEASE.namespace} deployment/meshmigration -o jsonpath={.status.readyReplicas}`)).to.equal(
      '3',
    );
    await kubectl('create namespace legacy');
    const kubeconfig = await cluster.serviceAccountKubeconfig(RELEASE.namespace, 'meshmigration');
    await until(
      async () => {
        const attempt = runKubectl({ ...cluster, kubeconfig }, ['create', '--dry-run=server', '-f', '-'], event);
        return (await attempt.catch(String)).includes('excluded by the values of its installation');
      },
      { what: 'the token is held out of the excluded namespace' },
    );
  });

  it('leaves no lease, no finalizer, no fence and no right behind, and keeps what keeps moved workloads moved', async () => {
    await kubectl('apply -f -', { apiVersion: 'v1', kind: 'List', items: moved });
    const uninstalled = programs.helm('uninstall', RELEASE.name, '--wait', '--timeout', '60s');
    await Promise.all([uninstalled, letGo(cluster)]);

    const kept = (await programs.template()).filter(
      ({ metadata }) => metadata.annotations?.['helm.sh/resource-policy'] === 'keep',
    );
    expect(await installed(cluster)).to.have.members(kept.map(({ kind, metadata: { name } }) => `${kind}/${name}`));
    expect(await isThere('lease/meshmigration')).to.equal(false);
    expect(await kubectl('get meshmigration/leave -o jsonpath={.metadata.finalizers}')).to.equal('["example.com/theirs"]');
    expect(await kubectl('get namespace/shop -o jsonpath={.metadata.labels}')).to.include('"meshmigration.io/to":"linkerd2"');
    const keyed = await kubectl('get -n shop deployment/web -o jsonpath={.spec.template.metadata.annotations}');
    expect(JSON.parse(keyed)).to.include(keys);
    const pod = await kubectl('run x -n shop --image=x --dry-run=server -o jsonpath={.metadata.annotations}');
    expect(pod).to.include('"linkerd.io/inject":"enabled"');
  });

  it('is possible again over what was kept', async () => {
    await programs.helm('install', RELEASE.name, CHART, ...VALUES);

    expect(await kubectl(`get -n ${RELEASE.namespace} deployment/meshmigration -o jsonpath={.status.readyReplicas}`)).to.equal(
      '2',
    );
    expect(await isThere('meshmigration/leave')).to.equal(true);
  });
});

/** The chart as it may have been before: a column of the definition is missing. */
async function olderChart(folder: string): Promise<string> {
  const chart = join(folder, 'meshmigration');
  await cp(CHART, chart, { recursive: true });
  const file = join(chart, 'templates/crds/meshmigration.io_meshmigrations.yaml');
  const text = await readFile(file, 'utf8');
  expect(text).to.include(COLUMN);
  await writeFile(file, text.replace(COLUMN, 'name: Unlucky'));
  return chart;
}

/** Plays the pod of the Job that an uninstallation runs: the same program with the rights of the same account. */
async function letGo(cluster: Cluster): Promise<void> {
  const pods = ['-n', RELEASE.namespace, 'pods', '-l', HOOK_POD, '-o', 'name'];
  const pod = await until(async () => (await runKubectl(cluster, ['get', ...pods])).trim() || undefined, {
    what: 'the pod that lets go',
  });
  const kubeconfig = await cluster.serviceAccountKubeconfig(RELEASE.namespace, 'meshmigration-uninstall');
  await promisify(execFile)(process.execPath, [join(root, 'src/main.ts'), '--let-go', '--kubeconfig', kubeconfig]);
  const ended = ['--subresource=status', '-p', '{"status":{"phase":"Succeeded"}}'];
  await runKubectl(cluster, ['patch', '-n', RELEASE.namespace, pod, ...ended]);
}

/** Everything of ours that is in the cluster, but for pods and what stands in for the kubelet. */
async function installed(cluster: Cluster): Promise<string[]> {
  const namespaced = 'deployments,services,serviceaccounts,roles,rolebindings,poddisruptionbudgets,networkpolicies,jobs,leases';
  const admission = ['mutating', 'validating'].flatMap((kind) => [`${kind}admissionpolicies`, `${kind}admissionpolicybindings`]);
  const kinds = [namespaced, 'crds,clusterroles,clusterrolebindings,flowschemas,mutatingwebhookconfigurations', ...admission];
  const selected = ['get', kinds.join(','), '-A', '-l', 'app.kubernetes.io/name=meshmigration', '-o', 'json'];
  const { items } = JSON.parse(await runKubectl(cluster, selected)) as { items: { kind: string; metadata: { name: string } }[] };
  return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

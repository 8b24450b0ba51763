// The real nodes: pods run on both, find each other by name through Services, and reach nothing else. Run inside.ts around it.
import { expect } from 'chai';
import { apply, kubectl } from '../kubectl.ts';
import { PROGRAM_IMAGE } from '../images/program.ts';
import { until } from '../../cluster/readiness.ts';
import { finish } from './kept.ts';
import { startRealCluster, type RealCluster } from './real-cluster.ts';

const READY_WITHIN = 30_000;

/** A service of one pod on a node of its own, whose /chain calls the other. */
function service(name: string, node: string, calls: string): readonly object[] {
  const labels = { app: name };
  const container = {
    name: 'app',
    image: PROGRAM_IMAGE,
    imagePullPolicy: 'Never',
    args: ['app', `--name=${name}`, `--calls=${calls}`, '--grace=0s'],
    ports: [{ containerPort: 8080, hostPort: 4999 }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const template = { metadata: { labels }, spec: { nodeName: node, containers: [container] } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}

describe('A cluster with two real nodes', () => {
  let cluster: RealCluster;

  before(async () => {
    cluster = await startRealCluster(2);
    await apply(cluster, [
      ...service('left', 'node-1', 'http://right'),
      ...service('right', 'node-2', 'http://left.default.svc.cluster.local'),
    ]);
    for (const name of ['left', 'right']) await kubectl(cluster, ['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
  });

  after(async function () {
    // With KEEP=1 it stays until a person ends it.
    this.timeout(0);
    await finish(cluster);
  });

  it(`is ready within ${String(READY_WITHIN / 1000)} s when everything is built`, () => {
    expect(cluster.readyAfter).to.be.below(READY_WITHIN);
  });

  it('lets pods of either node call the other by the name of a Service', async () => {
    const addresses = await kubectl(cluster, ['get', 'pods', '-o', 'jsonpath={.items[*].status.podIP}']);
    const ask = async (address: string): Promise<string> => {
      const answer = await (await fetch(`http://${address}:8080/chain`)).text();
      return answer.replace(/ host=.*/, '').trimEnd();
    };
    // A node learns of a ready pod a moment after the rollout has ended.
    let answers: string[] = [];
    await until('pods answer through Services', 10_000, async () => {
      answers = (await Promise.all(addresses.split(' ').map(ask))).sort();
      return !answers.some((answer) => answer.includes('→'));
    });
    expect(answers).to.deep.equal(['left\nright', 'right\nleft']);
  });

  it('answers the hostPort of a pod at the address of its node', async () => {
    const answers = cluster.nodes.map(async (node) => await (await fetch(`http://${node.address}:4999/`)).text());
    expect((await Promise.all(answers)).map((answer) => answer.split(' ')[0])).to.deep.equal(['left', 'right']);
  });

  it('has no way out', async () => {
    const outside = await fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(5000) }).catch((error: unknown) => error);
    expect(outside).to.be.instanceOf(Error);
  });
});

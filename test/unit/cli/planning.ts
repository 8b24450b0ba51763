// What tests of plans start from: the manifests of a small application, and the command over a folder of manifests. It judges nothing.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { planCommand } from '../../../src/cli/plan/command.ts';
import type { Plan } from '../../../src/cli/plan/plan.ts';
import { answerOf } from './answer-of.ts';

export const migration = {
  apiVersion: 'meshmigration.io/v1alpha1',
  kind: 'MeshMigration',
  metadata: { name: 'all' },
  spec: {
    source: { mesh: 'Linkerd1' },
    target: { mesh: 'Linkerd2' },
    waves: [{ name: 'first', namespaceSelector: { matchLabels: { team: 'shop' } } }],
  },
};
export const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop' } } };
export const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello', namespace: 'default' } },
  spec: { selector: { app: 'hello' }, ports: [{ name: 'http', port: 7777, targetPort: 8080 }] },
};
export const configuration = (key: string, name = 'l5d-config'): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'linkerd' } },
  data: {
    [key]: stringify({
      namers: [{ kind: 'io.l5d.k8s' }],
      routers: [
        {
          ...{ protocol: 'http', label: 'outgoing', servers: [{ port: 4140, ip: '0.0.0.0' }] },
          dtab: '/svc => /#/io.l5d.k8s/default/http',
          service: { totalTimeoutMs: 900 },
        },
      ],
    }),
  },
});
export const daemonSet = {
  ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'l5d', namespace: 'linkerd' } },
  spec: {
    template: {
      spec: {
        containers: [{ name: 'l5d', image: 'buoyantio/linkerd:1.7.5' }],
        volumes: [{ name: 'config', configMap: { name: 'l5d-config' } }],
      },
    },
  },
};
export const deployment = (name: string, container: object): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' } },
  spec: {
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'app:1', ...container }] } },
  },
});
export const web = deployment('web', {
  env: [
    { name: 'http_proxy', value: 'l5d.linkerd:4140' },
    { name: 'URL', value: 'http://hello' },
  ],
});

/** Runs the command over these manifests. */
export function plan(format: string, ...objects: readonly object[]): Promise<{ code: number; text: string }> {
  return planOf(migration, format, objects);
}

/** As `plan`, of a migration of one's own. */
export async function planOf(
  wanted: object,
  format: string,
  objects: readonly object[],
): Promise<{ code: number; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-mm-'));
  writeFileSync(join(folder, 'all.yaml'), objects.map((object) => stringify(object)).join('---\n'));
  const args = ['-f', '-', '--from-files', folder, '-o', format];
  try {
    return await answerOf(planCommand, args, { input: stringify(wanted), columns: 120 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The plan as data. */
export async function planned(...objects: readonly object[]): Promise<{ code: number } & Plan> {
  const { code, text } = await plan('yaml', ...objects);
  return { code, ...(parse(text) as Plan) };
}

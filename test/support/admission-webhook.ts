// Runs the product's webhook as the program that users run, on a loopback port, with its own account and nothing more,
// and registers it as users do but for the address. For tests of servers where policies do not act.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Manifest } from '../../src/kube/object.ts';
import { MUTATING_WEBHOOK_CONFIGURATION } from '../../src/kube/resource-kind.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { applyManifests } from './apply-manifests.ts';
import { issueCertificate } from './certificate.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'config/admission/webhook');

/** A running webhook. */
export interface AdmissionWebhook {
  /** Takes the registration away and ends the program; answers its exit code. */
  close(): Promise<number | null>;
}

/** Starts the program and registers it. */
export async function startAdmissionWebhook(cluster: Cluster, client: KubeClient): Promise<AdmissionWebhook> {
  await applyManifests(cluster, [join(root, 'config/rbac/namespace.yaml'), join(folder, 'rbac.yaml')]);
  const certificate = issueCertificate({ dnsNames: ['localhost'], addresses: ['127.0.0.1'], now: new Date() });
  const directory = await mkdtemp(join(tmpdir(), 'meshmigration-webhook-'));
  await writeFile(join(directory, 'tls.crt'), certificate.certPem);
  await writeFile(join(directory, 'tls.key'), certificate.keyPem);
  const kubeconfig = await cluster.serviceAccountKubeconfig('meshmigration-system', 'meshmigration-admission');
  const flags = ['--certificate-directory', directory, '--kubeconfig', kubeconfig, '--host', '127.0.0.1', '--port', '0'];
  const child = spawn(process.execPath, [join(root, 'src/admission/main.ts'), ...flags, '--health-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await Promise.race([
    portOf(child.stderr),
    ended.then((code) => Promise.reject(new Error(`the webhook ended with ${code}`))),
  ]);
  try {
    await client.create(MUTATING_WEBHOOK_CONFIGURATION, await registration(port, certificate.caPem));
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    async close() {
      await client.delete(MUTATING_WEBHOOK_CONFIGURATION, { name: '00-meshmigration' });
      child.kill('SIGTERM');
      const code = await ended;
      await rm(directory, { recursive: true });
      return code;
    },
  };
}

async function portOf(log: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: log })) {
    if (!line.startsWith('{')) throw new Error(line);
    const { msg, port } = JSON.parse(line) as { msg?: string; port?: number };
    if (msg === 'listening' && port !== undefined) {
      log.resume();
      return port;
    }
  }
  throw new Error('the webhook ended before it listened');
}

async function registration(port: number, caPem: string): Promise<Manifest> {
  const text = await readFile(join(folder, 'configuration.yaml'), 'utf8');
  const [document] = parseAllDocuments(text);
  const manifest = parse(String(document)) as Manifest & { webhooks: Record<string, unknown>[] };
  const clientConfig = { url: `https://127.0.0.1:${port}/pods`, caBundle: Buffer.from(caPem).toString('base64') };
  return { ...manifest, webhooks: manifest.webhooks.map((webhook) => ({ ...webhook, clientConfig })) };
}

// The webhook's composition root, for servers without mutating admission policies: reads arguments and environment,
// creates everything once, and ends the process.

import { createKubeClient } from '../kube/create-client.ts';
import { loadKubeConfig } from '../kube/kubeconfig.ts';
import { allAdapters } from '../mesh/registry.ts';
import { systemClock } from '../runtime/clock.ts';
import { createHealthServer } from '../runtime/health-server.ts';
import { runLifecycle } from '../runtime/lifecycle.ts';
import { createLog } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { parseWebhookConfig, WebhookUsageError } from './config.ts';
import { createCertificateWatch } from './webhook/certificate.ts';
import { mutate } from './webhook/mutate.ts';
import { createWebhookServer } from './webhook/server.ts';

async function main(): Promise<number> {
  const config = parseWebhookConfig(process.argv.slice(2), process.env);
  const log = createLog({ level: config.logLevel, wallMs: () => Date.now() });
  const metrics = createMetrics('meshmigration_admission');
  const endpoint = await loadKubeConfig({ kubeconfig: config.kubeconfig, env: process.env });
  const client = createKubeClient(endpoint, {
    userAgent: 'meshmigration-admission',
    onRequest: (record) => metrics.request(record),
  });
  const answer = (body: string): Promise<string> => mutate(body, { reader: client, adapters: allAdapters });
  const server = createWebhookServer({ host: config.host, port: config.port, answer, log });
  const certificate = createCertificateWatch({
    directory: config.certificateDirectory,
    clock: systemClock,
    log,
    onPair: (pair) => server.serveWith(pair),
  });
  const listening = { name: 'webhook', check: () => (server.port() === 0 ? 'not listening' : undefined) };
  const health = createHealthServer({ host: config.host, port: config.healthPort, alive: [], ready: [listening], metrics });
  const components = [
    { name: 'client', start: () => undefined, stop: () => client.close() },
    health,
    certificate,
    server,
    { name: 'announcement', start: () => log.info('listening', { port: server.port(), healthPort: health.port() }) },
  ];
  return runLifecycle({ components, signals: process, clock: systemClock, log }).exitCode;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof WebhookUsageError ? error.code : 1;
    // What was asked for is no complaint.
    const stream = code === 0 ? process.stdout : process.stderr;
    stream.write(message.endsWith('\n') ? message : `meshmigration-admission: ${message}\n`);
    process.exit(code);
  },
);

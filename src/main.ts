// The operator's composition root: reads arguments and environment, creates everything once, and ends the process.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { parseConfig, UsageError } from './config.ts';
import type { Config } from './config.ts';
import { createOperator } from './controller/operator.ts';
import type { Operator } from './controller/operator.ts';
import { createHttpGet } from './controller/http-get.ts';
import { letGo } from './controller/let-go.ts';
import { createKubeClient } from './kube/create-client.ts';
import type { KubeClient } from './kube/client.ts';
import { loadKubeConfig } from './kube/kubeconfig.ts';
import { systemClock } from './runtime/clock.ts';
import { createEventRecorder } from './runtime/event-recorder.ts';
import type { EventRecorder } from './runtime/event-recorder.ts';
import { createHealthServer, freshnessCheck, syncCheck } from './runtime/health-server.ts';
import { createElection } from './runtime/leader-election.ts';
import type { Election } from './runtime/leader-election.ts';
import { kubeLease } from './runtime/lease.ts';
import { runLifecycle } from './runtime/lifecycle.ts';
import type { Component } from './runtime/lifecycle.ts';
import type { Log } from './runtime/log.ts';
import { createLog } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';

const name = 'meshmigration';

/** Everything that components share. */
interface Shared {
  config: Config;
  client: KubeClient;
  log: Log;
  metrics: Metrics;
}

async function main(): Promise<number> {
  const config = parseConfig(process.argv.slice(2), { env: process.env, hostname: hostname(), pid: process.pid });
  const log = createLog({ level: config.logLevel, wallMs: () => Date.now() });
  const metrics = createMetrics(name);
  const endpoint = await loadKubeConfig({ kubeconfig: config.kubeconfig, env: process.env });
  const client = createKubeClient(endpoint, {
    userAgent: `${name}-operator`,
    onRequest: (record) => metrics.request(record),
    inFlight: 12,
  });
  const shared = { config, client, log, metrics };
  return config.letGo ? leave(shared) : run(shared);
}

// After this nothing holds a MeshMigration back from being deleted, and nothing is rolled back by it.
async function leave({ config, client, log }: Shared): Promise<number> {
  const released = await letGo(client, { namespace: config.namespace, name });
  log.info('let go', { migrations: released });
  await client.close();
  return 0;
}

function run(shared: Shared): Promise<number> {
  const { client, log } = shared;
  const events = recorderOf(shared);
  const election = electionOf(shared, (reason) => lifecycle.fail(reason));
  const operator = operatorOf(shared, events, election);
  const components: Component[] = [
    { name: 'client', start: () => undefined, stop: () => client.close() },
    healthOf(shared, operator.reflectors),
    { name: 'events', start: () => undefined, stop: () => events.stop() },
    { name: 'watches', start: () => operator.watch() },
    {
      name: 'election',
      async start(signal) {
        election.start();
        await Promise.race([election.acquired, aborted(signal)]);
      },
      stop: () => election.release(),
    },
    {
      name: 'controllers',
      start: (signal) => (signal.aborted ? undefined : operator.lead()),
      stop: () => operator.stop(),
    },
  ];
  const lifecycle = runLifecycle({ components, signals: process, clock: systemClock, log });
  return lifecycle.exitCode;
}

function operatorOf({ config, client, log, metrics }: Shared, events: EventRecorder, election: Election): Operator {
  return createOperator({
    client,
    log,
    metrics,
    events,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    httpGet: createHttpGet(),
    fence: () => fenceBy(election),
    isExcluded: exclusionOf(config),
    namespace: config.namespace,
    admission: config.admission,
  });
}

function recorderOf({ config, client, log, metrics }: Shared): EventRecorder {
  return createEventRecorder({
    writer: client,
    reportingController: 'meshmigration.io/operator',
    reportingInstance: config.identity,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    log,
    onOutcome: (outcome) => metrics.event(outcome),
  });
}

function electionOf({ config, client, log, metrics }: Shared, onLost: (reason: string) => void): Election {
  return createElection({
    lease: kubeLease(client, { namespace: config.namespace, name }),
    identity: config.identity,
    clock: systemClock,
    random: Math.random,
    log,
    onLost,
    onChange: (leading) => metrics.leader(name, leading),
  });
}

// A process that was stopped and went on may have lost its lease without knowing; every write asks.
function fenceBy(election: Election): void {
  if (!election.isLeader()) throw new Error('not the leader any more: nothing is written');
}

function exclusionOf(config: Config): (namespace: string) => boolean {
  const excluded = new Set([...config.excluded, config.namespace]);
  return (namespace) => namespace.startsWith('kube-') || excluded.has(namespace);
}

function healthOf({ config, metrics }: Shared, reflectors: Operator['reflectors']): Component {
  return createHealthServer({
    host: config.metricsHost,
    port: config.metricsPort,
    alive: reflectors.map((reflector, i) => freshnessCheck(`watch ${i + 1}`, reflector)),
    ready: reflectors.map((reflector, i) => syncCheck(`watch ${i + 1}`, reflector)),
    metrics,
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof UsageError ? error.code : 1;
    // What was asked for is no complaint.
    const stream = code === 0 ? process.stdout : process.stderr;
    stream.write(message.endsWith('\n') ? message : `meshmigration-operator: ${message}\n`);
    process.exit(code);
  },
);

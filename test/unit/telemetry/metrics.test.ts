import { expect } from 'chai';
import { Gauge } from 'prom-client';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

describe('metrics', () => {
  const sample = (text: string, line: string): string | undefined =>
    text
      .split('\n')
      .find((row) => row.startsWith(`${line} `))
      ?.slice(line.length + 1);

  it('counts under the names of controller-runtime, work queues and client-go', async () => {
    const metrics = createMetrics('meshmigration');
    const reconcile = metrics.reconcile('migration');
    reconcile.workers(3);
    for (const outcome of ['success', 'requeue_after', 'error', 'terminal'] as const) {
      reconcile.started();
      reconcile.finished(outcome, 0.02);
    }
    reconcile.panicked();
    reconcile.started();
    const queue = metrics.queue('migration', () => ({
      depth: () => 7,
      running: () => ({ keys: 1, totalSeconds: 4, longestSeconds: 3 }),
    }));
    queue.added();
    queue.retried();
    queue.started(0.01);
    queue.finished(0.02);
    const request = { verb: 'patch', resource: 'pods', host: 'api:443', dryRun: false, durationMs: 20 };
    metrics.request({ ...request, method: 'PATCH', status: 200 });
    metrics.request({ ...request, method: 'PATCH', status: 0 });
    metrics.leader('operator', true);
    const text = await metrics.text();
    const want: Readonly<Record<string, string>> = {
      'controller_runtime_reconcile_total{controller="migration",result="success"}': '1',
      'controller_runtime_reconcile_total{controller="migration",result="requeue_after"}': '1',
      'controller_runtime_reconcile_total{controller="migration",result="error"}': '2',
      'controller_runtime_reconcile_errors_total{controller="migration"}': '2',
      'controller_runtime_terminal_reconcile_errors_total{controller="migration"}': '1',
      'controller_runtime_reconcile_panics_total{controller="migration"}': '1',
      'controller_runtime_reconcile_time_seconds_count{controller="migration"}': '4',
      'controller_runtime_max_concurrent_reconciles{controller="migration"}': '3',
      'controller_runtime_active_workers{controller="migration"}': '1',
      'workqueue_depth{name="migration"}': '7',
      'workqueue_adds_total{name="migration"}': '1',
      'workqueue_retries_total{name="migration"}': '1',
      'workqueue_queue_duration_seconds_count{name="migration"}': '1',
      'workqueue_work_duration_seconds_count{name="migration"}': '1',
      'workqueue_unfinished_work_seconds{name="migration"}': '4',
      'workqueue_longest_running_processor_seconds{name="migration"}': '3',
      'rest_client_requests_total{code="200",method="PATCH",host="api:443"}': '1',
      'rest_client_requests_total{code="<error>",method="PATCH",host="api:443"}': '1',
      'rest_client_request_duration_seconds_count{verb="patch",host="api:443"}': '2',
      'leader_election_master_status{name="operator"}': '1',
    };
    const seen = Object.fromEntries(Object.keys(want).map((line) => [line, sample(text, line)]));
    expect(seen).to.deep.equal(want);
  });

  it('shows the oldest age of a resource, and none when its reflectors are stopped', async () => {
    const metrics = createMetrics('meshmigration');
    const first = metrics.reflector('pods', () => 1_000);
    const second = metrics.reflector('pods', () => 9_000);
    first.relisted('gone');
    const age = 'meshmigration_informer_last_event_age_seconds{resource="pods"}';
    expect(sample(await metrics.text(), age)).to.equal('9');
    expect(sample(await metrics.text(), 'meshmigration_informer_relists_total{resource="pods",reason="gone"}')).to.equal('1');
    second.stopped();
    expect(sample(await metrics.text(), age)).to.equal('1');
    first.stopped();
    expect(sample(await metrics.text(), age)).to.equal(undefined);
  });

  it('takes further metrics, and keeps those of two registries apart', async () => {
    const [one, other] = [createMetrics('meshmigration'), createMetrics('meshmigration')];
    new Gauge({
      name: 'meshmigration_namespaces',
      help: 'Namespaces by state.',
      labelNames: ['state'],
      registers: [one.registry],
    }).set({ state: 'migrated' }, 12);
    expect(sample(await one.text(), 'meshmigration_namespaces{state="migrated"}')).to.equal('12');
    expect(await other.text()).not.to.contain('meshmigration_namespaces');
    expect(await other.text()).to.contain('process_resident_memory_bytes');
  });
});

// A workload whose calls used to succeed in the source is held to that: what Linkerd 1 counted before its namespace began to move
// counts, and where nothing was counted nothing is compared.

import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { createAll } from '../../support/api-objects.ts';
import { until } from '../../support/until.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { migrate, reaches } from './words.ts';

describe('what the source counted before a move', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
  });

  /** Resolves once the operator has read the counters so many times more. */
  const looks = async (wanted: number): Promise<void> => {
    const { traffic } = stage.linkerd1;
    const counts = traffic.countsOf.bind(traffic);
    const seen = new Map<string | undefined, number>();
    traffic.countsOf = (pod) => {
      seen.set(pod.metadata.name, (seen.get(pod.metadata.name) ?? 0) + 1);
      return counts(pod);
    };
    await until(() => Promise.resolve([...seen.values()].some((count) => count >= wanted) || undefined), { what: 'it looked' });
    traffic.countsOf = counts;
  };

  it('takes a workload back that fails more often now, and lets one pass of which nothing was counted', async () => {
    const failing = (name: string): ReturnType<typeof build.deployment>[] => {
      const spec = { selector: { app: name }, ports: [{ name: 'http', port: 7777, targetPort: 8080 }] };
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'sold' }, spec };
      return [service, build.deployment({ name, namespace: 'sold', proxy: 'failing' })];
    };
    await createAll(stage.client, [build.namespace('sold'), ...failing('called'), ...failing('uncalled')]);
    stage.linkerd1.traffic.call({ name: 'called.sold', requestsPerSecond: 500 });
    await migrate(stage.client, 'sold', {
      paused: true,
      source: { mesh: 'Linkerd1', linkerd1: { quietSeconds: 4 } },
      health: { soakSeconds: 0, minimumRequests: 20, minimumSuccessPercent: 0 },
      rollback: { onFailure: 'Workload', maximumFailedNamespaces: 1 },
    });
    await looks(4);
    await stage.client.mergePatch(MESH_MIGRATION, { name: 'sold' }, { spec: { paused: false } });

    const status = await reaches(stage.client, 'sold', 'PartiallyMigrated');
    stage.linkerd1.traffic.call({ name: 'called.sold', requestsPerSecond: 0 });
    const rows = status['workloads'] as readonly { name: string; state: string; reason: string; message: string }[];
    expect(rows.map(({ name, state, reason }) => `${name}: ${state} ${reason}`)).to.deep.equal([
      'called: Restored WorseThanBefore',
    ]);
    expect(rows[0]?.message).to.match(/in the source it was 100\.0 % of \d+$/);
    expect(status['counts']).to.deep.include({ verified: 1 });
  });
});

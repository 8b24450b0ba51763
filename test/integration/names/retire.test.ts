// Whether the source may be taken out of service: not while templates point at it, not while requests reach it, not while nobody
// knows; then with the commands, which nobody runs but a person.

import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { DAEMON_SET, DEPLOYMENT, POD } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import { until } from '../../support/until.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { migrate, reaches } from './words.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

describe('taking the source out of service', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
    const { items } = await stage.client.list(DEPLOYMENT);
    const users = items.filter((item) => JSON.stringify(item['spec']).includes('$(NODE_NAME):4140'));
    for (const { metadata } of users) await stage.client.delete(DEPLOYMENT, metadata);
  });

  const sourceInUse = async (): Promise<Condition | undefined> => {
    const migration = await stage.client.get(MESH_MIGRATION, { name: 'last' });
    const { conditions = [] } = (migration['status'] ?? {}) as { conditions?: readonly Condition[] };
    return conditions.find(({ type }) => type === 'SourceInUse');
  };
  const anL5dPod = async (): Promise<string> => {
    const { items } = await stage.client.list(POD, { namespace: 'l5d-system', labelSelector: 'app=l5d' });
    return items[0]?.metadata.name ?? '';
  };
  const becomes = (status: string): Promise<Condition> =>
    until(
      async () => {
        const condition = await sourceInUse();
        return condition?.status === status ? condition : undefined;
      },
      { what: `SourceInUse is ${status}` },
    );

  it('is offered once templates, traffic and time allow it, and taken back when a request arrives', async () => {
    await createAll(stage.client, [build.namespace('last'), build.deployment({ name: 'web', namespace: 'last' })]);
    await migrate(stage.client, 'last', { source: { mesh: 'Linkerd1', linkerd1: { quietSeconds: 4 } } });
    expect((await becomes('True')).message).to.contain('templates still use it: last/web');
    await reaches(stage.client, 'last', 'Migrated');

    const quiet = await becomes('False');
    expect(quiet.reason).to.equal('SourceQuiet');
    expect(quiet.message)
      .to.contain('all 3 proxies of the source have seen no request since')
      .and.to.contain('kubectl -n l5d-system delete daemonset/l5d')
      .and.to.contain('take its variables out of these templates in Git: last/web');

    stage.linkerd1.traffic.add('hello', { requests: 3 });
    expect((await becomes('True')).message).to.contain('requests have reached it within 4 s');
    await becomes('False');

    const pod = await anL5dPod();
    stage.linkerd1.fail({ down: true }, pod);
    expect((await becomes('Unknown')).message).to.contain(`l5d pod l5d-system/${pod}`);
    stage.linkerd1.fail({}, pod);
    await becomes('False');

    stage.linkerd1.traffic.restart();
    expect((await becomes('Unknown')).message).to.contain('began anew');
    expect((await stage.client.get(DAEMON_SET, { name: 'l5d', namespace: 'l5d-system' })).metadata.name).to.equal('l5d');
  });
});

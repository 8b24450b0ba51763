// A Linkerd 1 whose admin port is not as it should be: said within the deadline, in little memory, with nothing written and nothing
// lost; and one that restarts while moved pods are watched.

import { expect } from 'chai';
import { MESH_MIGRATION } from '../../../src/api/v1alpha1/group.ts';
import { POD, SERVICE } from '../../../src/kube/resource-kind.ts';
import { createAll } from '../../support/api-objects.ts';
import type { AdminFaults } from '../../support/linkerd1/admin.ts';
import { usageOf, watchMemory } from '../../support/process-stats.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';
import { theStage } from './stage.ts';
import { answerNames, caller } from './world.ts';
import { migrate, reaches, rolledBack } from './words.ts';

const faults: readonly (readonly [string, AdminFaults, string])[] = [
  ['never answers', { silent: true }, 'no whole answer within 3 s'],
  ['answers one byte a second', { slow: true }, 'no whole answer within 3 s'],
  ['closes every connection', { down: true }, '/config.json does not answer'],
  ['lies about its length', { lyingLength: true }, '/config.json does not answer'],
  ['answers what is no UTF-8', { bytes: Buffer.from([0xff, 0xfe, 0x00, 0x80]) }, "/config.json can't be read"],
  ['answers 5 MB', { bytes: Buffer.alloc(5_000_000, '{"a":') }, '/config.json does not answer: its answer is longer than'],
];

describe('an admin port of Linkerd 1', function () {
  this.timeout(180_000);
  let stage: Stage;
  before(async () => {
    stage = await theStage();
    answerNames(stage.linkerd1);
    // Migrations of earlier files would read Linkerd 1 as well, and what they read counts for memory.
    for (const { metadata } of (await stage.client.list(MESH_MIGRATION)).items)
      await stage.client.delete(MESH_MIGRATION, { name: metadata.name });
  });
  afterEach(() => stage.linkerd1.fail({}));

  it('that is broken holds its callers where they are and says how, costs no memory, and once mended nothing is lost', async () => {
    await createAll(stage.client, [build.namespace('blind'), caller('blind', ['http://hello'])]);
    const idleMiB = usageOf(stage.operator.pid).residentMiB;
    const memory = watchMemory(stage.operator.pid);
    stage.linkerd1.fail(faults[0]?.[1] ?? {});
    await migrate(stage.client, 'blind');
    for (const [what, fault, says] of faults) {
      stage.linkerd1.fail(fault);
      const status = await reaches(stage.client, 'blind', 'Prepare', ({ message }) => String(message).includes(says));
      expect(status['reason'], what).to.equal('NamesUnknown');
      expect(status['message'], what).to.contain('l5d pod l5d-system/');
    }
    expect((await stage.client.list(SERVICE, { namespace: 'blind' })).items).to.deep.equal([]);
    stage.linkerd1.fail({});
    await reaches(stage.client, 'blind', 'Migrated');
    // Answers of 5 MB, from every node, again and again: what was kept of them would be several hundred.

    expect(memory.stop() - idleMiB, 'MiB').to.be.below(96);
    await rolledBack(stage.client, 'blind');
  });

  it('that is dead on one node of several costs seconds and is told with its name, and the move goes on', async () => {
    const { items } = await stage.client.list(POD, { namespace: 'l5d-system', labelSelector: 'app=l5d' });
    const dead = items[0]?.metadata.name ?? '';
    expect(items).to.have.length.above(1);
    stage.linkerd1.fail({ silent: true }, dead);
    await createAll(stage.client, [build.namespace('oneeyed'), caller('oneeyed', ['http://hello'])]);
    await migrate(stage.client, 'oneeyed', { source: { mesh: 'Linkerd1', linkerd1: { quietSeconds: 4 } } });
    await reaches(stage.client, 'oneeyed', 'Migrated');
    stage.linkerd1.fail({}, dead);
    await rolledBack(stage.client, 'oneeyed');
  });

  it('that begins anew in mid-soak is taken for unknown, never for quiet or for a failure', async () => {
    await createAll(stage.client, [build.namespace('renewed'), caller('renewed', ['http://hello'])]);
    stage.linkerd1.traffic.call({ name: 'hello', requestsPerSecond: 50 });
    await migrate(stage.client, 'renewed', {
      source: { mesh: 'Linkerd1', linkerd1: { quietSeconds: 8 } },
      health: { soakSeconds: 15, minimumRequests: 1 },
    });
    await reaches(stage.client, 'renewed', 'Soak');
    stage.linkerd1.traffic.call({ name: 'hello', requestsPerSecond: 0 });
    stage.linkerd1.traffic.restart();
    const status = await reaches(stage.client, 'renewed', 'Migrated');
    expect(status).to.deep.include({ attempt: 1, reason: 'Migrated' });
    const { conditions = [] } = (await stage.client.get(MESH_MIGRATION, { name: 'renewed' }))['status'] as {
      conditions?: readonly { type: string; status: string }[];
    };
    expect(conditions.find(({ type }) => type === 'Stalled')?.status).not.to.equal('True');
    await rolledBack(stage.client, 'renewed');
  });
});

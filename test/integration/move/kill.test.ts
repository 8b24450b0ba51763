// The operator is killed without warning in every step, on the way there and back. The end is the same, and nothing is done
// twice: the observer counts template changes and evictions.
import { expect } from 'chai';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { make } from './scene.ts';
import type { Scene } from './scene.ts';
import { scenariosOf } from './scenarios.ts';
import { replaceOperator } from './stage.ts';

const seed = Number(process.env['SEED'] ?? randomInt(1_000_000));
const steps = {
  there: ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Migrated'],
  back: ['Restore', 'RolledBack'],
} as const;

describe(`killed in every step (SEED=${String(seed)})`, () => {
  const { alone } = scenariosOf('kill');

  for (const step of [...steps.there, ...steps.back]) {
    alone(`in ${step}: same end, nothing done twice`, async (s) => {
      const moment = random(step);
      const shop = await s.namespace('shop', [make.deployment('web'), make.statefulSet('db'), make.cronJob('report')]);
      await s.migrate({ health: { soakSeconds: 1, minimumRequests: 1 } });
      if ((steps.there as readonly string[]).includes(step)) await kill(s, shop, { from: step, moment });
      await s.gets('Migrated');
      await s.carries(shop, ['CronJob/report', 'Deployment/web', 'StatefulSet/db']);
      expect(s.rows(shop)).to.deep.equal(['CronJob/report: Armed NoPods']);
      await s.change({ spec: { desiredState: 'RolledBack' } });
      if ((steps.back as readonly string[]).includes(step)) await kill(s, shop, { from: step, moment });
      await s.gets('RolledBack');
      await s.carries(shop, []);
      expect(s.record(shop)['status']).to.deep.include({ attempt: 1, step: 'RolledBack' });
      await s.seen('all its pods serve', () => s.unserved(shop).length === 0);
    });
  }

  alone('many times in one cutover: same end, nothing done twice', async (s) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shop = await s.namespace(
      'shop',
      names.map((name) => make.deployment(name)),
    );
    await s.migrate({ pace: { maxConcurrentWorkloads: 2 } });
    for (const count of [1, 3, 5]) {
      await s.seen(`${count} workloads carry keys`, () => s.keyed(shop).length >= count);
      await pause(random(`many${count}`));
      await replaceOperator(s.stage);
    }
    await s.gets('Migrated');
    await s.carries(
      shop,
      names.map((name) => `Deployment/${name}`),
    );
    expect(s.record(shop)['status']).to.deep.include({ attempt: 1 });
  });
});

/** Kills the operator some milliseconds after the namespace has come to a step, or has passed it. */
async function kill(s: Scene, namespace: string, { from, moment }: { from: string; moment: number }): Promise<void> {
  const all: readonly string[] = [...steps.there, ...steps.back];
  await s.seen(`${namespace} has come to ${from}`, () => all.indexOf(s.step(namespace)) >= all.indexOf(from));
  await pause(moment);
  await replaceOperator(s.stage);
}

/** Milliseconds from 0 to 199, the same for the same seed and word. */
function random(word: string): number {
  let state = seed;
  for (const letter of word) state = (Math.imul(state ^ letter.charCodeAt(0), 2_654_435_761) >>> 0) ^ (state >>> 13);
  return (state >>> 0) % 200;
}

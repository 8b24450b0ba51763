// Scenarios in which people and autoscalers work on workloads and namespaces while they move.

import { keys } from '../../src/api/v1alpha1/group.ts';
import { addNamespace, addWorkload, annotateNamespace, deleteNamespace, recreateWorkload } from './people.ts';
import { isKeyed, shop, stands } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import { changeWorkload, drop } from './world.ts';
import type { ModelWorkload, World } from './world.ts';

const web = 'shop/Deployment/web';
const change = (name: string, to: Partial<ModelWorkload>) => ({
  name,
  act: (world: World): void => changeWorkload(world, web, to),
});
const keyed = isKeyed(web);

function scenario(name: string, happenings: Scenario['happenings'], ends: readonly string[]): Scenario {
  return { name, build: shop(), happenings, ends, exact: false };
}

/** Scenarios in which somebody else works on the same objects. */
export function withPeople(): readonly Scenario[] {
  return [
    scenario('a deploy in mid-move', [{ ...change('deploy', { template: 'v2' }), when: keyed }], ['shop:Migrated']),
    scenario(
      'a deploy before the first key',
      [{ ...change('deploy', { template: 'v2' }), when: (world) => world.objects.records.has('shop') }],
      ['shop:Migrated'],
    ),
    scenario(
      'a broken deploy in mid-move',
      [{ ...change('broken deploy', { template: 'v2-bad' }), when: keyed }],
      ['shop:Halted', 'shop:Migrated'],
    ),
    scenario(
      'a broken deploy in mid-move that is mended',
      [
        { ...change('broken deploy', { template: 'v2-bad' }), when: keyed },
        { ...change('mended', { template: 'v3' }), when: stands('shop', 'Halted', 'Migrated') },
      ],
      ['shop:Migrated'],
    ),
    scenario(
      'keys that vanish in mid-move',
      [{ ...change('replace', { keys: {} }), when: keyed }],
      ['shop:PartiallyMigrated', 'shop:Migrated'],
    ),
    scenario(
      'keys that vanish after the commit',
      [{ ...change('replace', { keys: {} }), when: stands('shop', 'Soak') }],
      ['shop:Migrated'],
    ),
    scenario('a scale-up in mid-move', [{ ...change('scale', { replicas: 3 }), when: keyed }], ['shop:Migrated']),
    scenario('a scale-down to zero in mid-move', [{ ...change('scale', { replicas: 0 }), when: keyed }], ['shop:Migrated']),
    scenario(
      'a scale-up while its keys are planned',
      [{ ...change('scale', { replicas: 3 }), when: stands('shop', 'Cutover') }],
      ['shop:Migrated'],
    ),
    scenario('a pause in mid-move', [{ ...change('pause', { paused: true }), when: keyed }], ['shop:Halted', 'shop:Migrated']),
    scenario(
      'a hold on the namespace in mid-move, taken away later',
      [
        { name: 'hold', when: keyed, act: (world) => annotateNamespace(world, 'shop', keys.hold, 'audit') },
        {
          name: 'free',
          when: (world) => world.objects.records.get('shop')?.status?.reason === 'Held' || stands('shop', 'Migrated')(world),
          act: (world) => annotateNamespace(world, 'shop', keys.hold, undefined),
        },
      ],
      ['shop:Migrated'],
    ),
    scenario(
      'a workload that is deleted in mid-move',
      [{ name: 'delete', when: keyed, act: (world) => deleteWorkload(world) }],
      ['shop:Migrated'],
    ),
    scenario(
      'a workload that is recreated in mid-move',
      [{ name: 'recreate', when: keyed, act: (world) => recreateWorkload(world, web) }],
      ['shop:Migrated'],
    ),
    scenario(
      'a workload that appears in mid-move',
      [{ name: 'create', when: keyed, act: (world) => void addWorkload(world, 'shop', { name: 'young' }) }],
      ['shop:Migrated'],
    ),
    scenario(
      'a namespace key that somebody sets in mid-move',
      [{ name: 'set', when: keyed, act: (world) => annotateNamespace(world, 'shop', 'linkerd.io/inject', 'ingress') }],
      ['shop:Halted', 'shop:Migrated'],
    ),
    {
      ...scenario(
        'a namespace that is deleted and made again in mid-move',
        [
          { name: 'delete', when: keyed, act: (world) => deleteNamespace(world, 'shop') },
          {
            name: 'make again',
            when: (world) => !world.objects.namespaces.has('shop'),
            act: (world) => {
              addNamespace(world, 'shop');
              addWorkload(world, 'shop');
            },
          },
        ],
        ['shop:Migrated'],
      ),
      twoActive: ['shop:-'],
    },
  ];
}

function deleteWorkload(world: World): void {
  drop(world, 'workloads', web);
  for (const [key, pod] of world.objects.pods) if (pod.workload === 'Deployment/web') drop(world, 'pods', key);
}

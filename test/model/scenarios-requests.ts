// Scenarios in which a person asks for something else: the source again, a pause, an approval, another spec, a deletion.

import { addMigration, addNamespace, addWorkload, deleteMigration, editMigration, requestNamespace } from './people.ts';
import { isKeyed, shop, stands } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import type { World } from './world.ts';

const back = { name: 'all shall go back', act: (world: World): void => editMigration(world, { desiredState: 'RolledBack' }) };
const forward = { name: 'all shall move again', act: (world: World): void => editMigration(world, { desiredState: 'Migrated' }) };
const web = isKeyed('shop/Deployment/web');

/** Scenarios in which a person asks for something else. */
export function requests(): readonly Scenario[] {
  return [
    {
      name: 'back after the end',
      build: shop(),
      happenings: [{ ...back, when: stands('shop', 'Migrated') }],
      ends: ['shop:RolledBack'],
      exact: true,
    },
    {
      name: 'names that callers need are there first and go last',
      build: (world) => {
        world.environment.callers.add('shop');
        shop()(world);
      },
      happenings: [{ ...back, when: stands('shop', 'Migrated') }],
      ends: ['shop:RolledBack'],
      exact: true,
    },
    { name: 'back in mid-move', build: shop(), happenings: [{ ...back, when: web }], ends: ['shop:RolledBack'], exact: false },
    {
      name: 'back, and forward again in mid-restore',
      build: shop(),
      happenings: [
        { ...back, when: stands('shop', 'Migrated') },
        { ...forward, when: stands('shop', 'Restore') },
      ],
      ends: ['shop:Migrated'],
      exact: false,
      twoActive: ['shop:Halted', 'shop:PartiallyMigrated'],
    },
    {
      name: 'back and forth from end to end',
      build: shop(),
      happenings: [
        { ...back, when: stands('shop', 'Migrated') },
        { ...forward, when: stands('shop', 'RolledBack') },
      ],
      ends: ['shop:Migrated'],
      exact: true,
    },
    {
      name: 'one namespace back, the others stay',
      build: (world) => {
        for (const name of ['a', 'b']) {
          addNamespace(world, name);
          addWorkload(world, name, { replicas: 1 });
        }
        addMigration(world, {});
      },
      happenings: [
        { name: 'one shall go back', when: stands('a', 'Migrated'), act: (world) => requestNamespace(world, 'a', 'RolledBack') },
      ],
      ends: ['a:RolledBack b:Migrated'],
      exact: true,
    },
    {
      name: 'what joined by the namespace alone goes back too',
      build: shop(),
      happenings: [
        {
          name: 'a workload is born',
          when: stands('shop', 'Migrated'),
          act: (world) => void addWorkload(world, 'shop', { name: 'young' }),
        },
        { ...back, when: (world) => world.objects.workloads.has('shop/Deployment/young') },
      ],
      ends: ['shop:RolledBack'],
      exact: true,
      twoActive: [],
    },
    {
      name: 'paused in mid-move and resumed',
      build: shop({ pace: { maxConcurrentWorkloads: 1 } }),
      happenings: [
        { name: 'paused', when: isKeyed('shop/Deployment/web'), act: (world) => editMigration(world, { paused: true }) },
        {
          name: 'resumed',
          when: (world) => world.objects.records.get('shop')?.status?.reason === 'Paused' || stands('shop', 'Migrated')(world),
          act: (world) => editMigration(world, { paused: false }),
        },
      ],
      ends: ['shop:Migrated'],
      exact: false,
    },
    {
      name: 'the pace is changed in mid-move',
      build: shop({ pace: { maxConcurrentWorkloads: 2 } }),
      happenings: [{ name: 'slower', when: web, act: (world) => editMigration(world, { pace: { maxConcurrentWorkloads: 1 } }) }],
      ends: ['shop:Migrated'],
      exact: false,
    },
    {
      name: 'a wave that waits for approval',
      build: (world) => {
        for (const name of ['a', 'b']) {
          addNamespace(world, name);
          addWorkload(world, name, { replicas: 1 });
        }
        const waves = [
          { name: 'first', namespaces: ['a'] },
          { name: 'second', namespaces: ['b'], requireApproval: true },
        ];
        addMigration(world, { waves });
      },
      happenings: [
        {
          name: 'approved',
          when: (world) =>
            world.objects.migrations.get('move')?.status?.conditions?.some((c) => c.reason === 'AwaitingApproval') === true,
          act: (world) => editMigration(world, { advanceThrough: 'second' }),
        },
      ],
      ends: ['a:Migrated b:Migrated'],
      exact: true,
    },
    {
      name: 'deleted with Retain and made again under the same name in mid-move',
      build: shop(),
      happenings: [
        { name: 'deleted', when: web, act: (world) => deleteMigration(world) },
        { name: 'made again', when: () => true, act: (world) => addMigration(world, {}) },
      ],
      ends: ['shop:Migrated'],
      exact: false,
    },
    {
      name: 'deleted with Rollback after the end',
      build: shop({ deletionPolicy: 'Rollback' }),
      happenings: [{ name: 'deleted', when: stands('shop', 'Migrated'), act: (world) => deleteMigration(world) }],
      ends: ['shop:-'],
      exact: true,
    },
    {
      name: 'deleted with Rollback in mid-move',
      build: shop({ deletionPolicy: 'Rollback' }),
      happenings: [{ name: 'deleted', when: web, act: (world) => deleteMigration(world) }],
      ends: ['shop:-'],
      exact: false,
    },
    {
      name: 'two migrations want one namespace',
      build: (world) => {
        shop()(world);
        addMigration(world, {}, 'other');
      },
      happenings: [],
      ends: ['shop:Migrated'],
      exact: false,
    },
  ];
}

// Scenarios in which a workload fails in the target, or a mesh is down.

import { keys } from '../../src/api/v1alpha1/group.ts';
import { addMigration, addNamespace, addWorkload, annotateMigration, requestNamespace } from './people.ts';
import type { Happening } from './run.ts';
import { isKeyed, shop, stands } from './scenarios.ts';
import type { Scenario } from './scenarios.ts';
import type { Behaviour, World } from './world.ts';

type Spec = Parameters<typeof addMigration>[1];

function broken(key: string, behaviour: Behaviour, spec: Spec = {}): (world: World) => void {
  return (world) => {
    world.environment.behaviours.set(key, behaviour);
    shop(spec)(world);
  };
}

function twoNamespaces(spec: Spec): (world: World) => void {
  return (world) => {
    for (const name of ['a', 'b']) {
      addNamespace(world, name);
      addWorkload(world, name, { replicas: 1 });
    }
    world.environment.behaviours.set('a/Deployment/web', 'neverReady');
    addMigration(world, spec);
  };
}

const repair = {
  name: 'repaired, and another try is asked for',
  act: (world: World): void => {
    world.environment.behaviours.clear();
    annotateMigration(world, { [keys.retryAt]: '2026-01-02' });
  },
};

function hasMoved(world: World): boolean {
  const pods = [...world.objects.pods.values()].filter((pod) => pod.workload === 'Deployment/web');
  return pods.every((pod) => pod.inTarget && pod.ready);
}

const perWorkload = { rollback: { onFailure: 'Workload' as const, maximumFailedNamespaces: 1 } };
const halting = { rollback: { onFailure: 'None' as const } };

/** Scenarios in which something fails. */
export function failing(): readonly Scenario[] {
  return [
    {
      name: 'a proxy that never gets ready',
      build: broken('shop/Deployment/web', 'neverReady'),
      happenings: [],
      ends: ['shop:RolledBack'],
      exact: false,
    },
    {
      name: 'responses that fail',
      build: broken('shop/Deployment/web', 'failing'),
      happenings: [],
      ends: ['shop:RolledBack'],
      exact: false,
    },
    {
      name: 'a StatefulSet that is stuck goes back alone',
      build: broken('shop/StatefulSet/db', 'neverReady', perWorkload),
      happenings: [],
      ends: ['shop:PartiallyMigrated'],
      exact: true,
    },
    {
      name: 'a container that restarts goes back alone',
      build: broken('shop/Deployment/web', 'restarts', perWorkload),
      happenings: [],
      ends: ['shop:PartiallyMigrated'],
      exact: false,
    },
    {
      name: 'nothing is undone',
      build: broken('shop/Deployment/web', 'neverReady', halting),
      happenings: [],
      ends: ['shop:Halted'],
      exact: true,
    },
    {
      name: 'nothing is undone, and it is repaired and tried again',
      build: broken('shop/Deployment/web', 'neverReady', halting),
      happenings: [{ ...repair, when: stands('shop', 'Halted') }],
      ends: ['shop:Migrated'],
      exact: false,
    },
    {
      name: 'the failure budget is spent',
      build: twoNamespaces({}),
      happenings: [],
      ends: ['a:RolledBack b:Pending'],
      exact: true,
    },
    {
      name: 'within the failure budget the rest goes on',
      build: twoNamespaces({ rollback: { maximumFailedNamespaces: 1 } }),
      happenings: [],
      ends: ['a:RolledBack b:Migrated'],
      exact: true,
    },
    {
      name: 'a failed namespace is repaired and tried again',
      build: twoNamespaces({}),
      happenings: [{ ...repair, when: stands('a', 'RolledBack') }],
      ends: ['a:Migrated b:Migrated'],
      exact: true,
    },
    {
      name: 'a failed namespace that a person wants back counts no more',
      build: twoNamespaces({}),
      happenings: [
        {
          name: 'asked back',
          when: stands('a', 'RolledBack'),
          act: (world) => requestNamespace(world, 'a', 'RolledBack'),
        },
      ],
      ends: ['a:RolledBack b:Migrated'],
      exact: true,
    },
    {
      name: 'the source is down when a workload fails',
      build: broken('shop/Deployment/web', 'neverReady'),
      happenings: [goesDown('the source', isKeyed('shop/Deployment/web'))],
      ends: ['shop:Halted'],
      exact: false,
    },
    {
      name: 'the source is down for a while when a workload fails',
      build: broken('shop/Deployment/web', 'neverReady'),
      happenings: [goesDown('the source', isKeyed('shop/Deployment/web')), comesBack('the source')],
      ends: ['shop:RolledBack'],
      exact: false,
    },
    {
      name: 'the injector is down for good',
      build: shop({ pace: { maxConcurrentWorkloads: 1 } }),
      happenings: [goesDown('the injector', hasMoved)],
      ends: ['shop:Cutover', 'shop:Commit', 'shop:Soak', 'shop:Migrated'],
      exact: false,
    },
    {
      name: 'the injector is down for a while',
      build: shop(),
      happenings: [goesDown('the injector', isKeyed('shop/Deployment/web')), comesBack('the injector')],
      ends: ['shop:Migrated'],
      exact: false,
    },
  ];
}

const parts = { 'the source': 'sourceHealthy', 'the injector': 'injectorUp' } as const;

function goesDown(what: keyof typeof parts, when: Happening['when']): Happening {
  return {
    name: `${what} goes down`,
    when,
    act: (world) => {
      world.environment[parts[what]] = false;
    },
  };
}

// Once it was noticed, or came too late to matter.
function comesBack(what: keyof typeof parts): Happening {
  return {
    name: `${what} comes back`,
    when: (world) =>
      world.objects.records.get('shop')?.status?.clockStoppedTime !== undefined || stands('shop', 'Migrated')(world),
    act: (world) => {
      world.environment[parts[what]] = true;
    },
  };
}

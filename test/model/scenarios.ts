// Scenarios: a world, what happens in it and when, and the ends that are right. The first end is the undisturbed one; the
// others are right too where people came earlier or later.

import { keys } from '../../src/api/v1alpha1/group.ts';
import type { Step } from '../../src/api/v1alpha1/namespace-migration.ts';
import { addMigration, addNamespace, addWorkload, annotateWorkload } from './people.ts';
import { failing } from './scenarios-failing.ts';
import { withPeople } from './scenarios-people.ts';
import { requests } from './scenarios-requests.ts';
import type { Happening } from './run.ts';
import type { World } from './world.ts';

/** A scenario. */
export interface Scenario {
  readonly name: string;
  readonly build: (world: World) => void;
  readonly happenings: readonly Happening[];
  /** Ends of namespaces that are right, each as `name:Step` joined by spaces. */
  readonly ends: readonly string[];
  /** Every run must end in exactly the state of the undisturbed one, with the same effective writes. */
  readonly exact: boolean;
  /**
   * Further ends, told and harmless, that are allowed where two processes act at once for longer than a person takes to decide
   * otherwise; writes may then differ, too. The Lease and its fence keep such processes apart but for moments.
   */
  readonly twoActive?: readonly string[];
}

/** The namespace stands at one of these steps. */
export function stands(namespace: string, ...steps: Step[]): (world: World) => boolean {
  return (world) => steps.includes(world.objects.records.get(namespace)?.status?.step ?? 'Pending');
}

/** The workload carries our keys. */
export function isKeyed(key: string): (world: World) => boolean {
  return (world) => world.objects.workloads.get(key)?.keys[keys.to] !== undefined;
}

/** One namespace `shop` with a Deployment and a StatefulSet. */
export function shop(spec: Parameters<typeof addMigration>[1] = {}): (world: World) => void {
  return (world) => {
    addNamespace(world, 'shop');
    addWorkload(world, 'shop');
    addWorkload(world, 'shop', { kind: 'StatefulSet', name: 'db', surge: 0 });
    addMigration(world, spec);
  };
}

const undisturbed: readonly Scenario[] = [
  { name: 'a Deployment and a StatefulSet', build: shop(), happenings: [], ends: ['shop:Migrated'], exact: true },
  {
    name: 'one workload at a time',
    build: shop({ pace: { maxConcurrentWorkloads: 1 } }),
    happenings: [],
    ends: ['shop:Migrated'],
    exact: true,
  },
  {
    name: 'pods only, the namespace is never written',
    build: shop({ gitOps: { onManagedField: 'PodOnly' } }),
    happenings: [],
    ends: ['shop:Migrated'],
    exact: true,
  },
  {
    name: 'every kind, a single pod and one that is accepted',
    build: (world) => {
      addNamespace(world, 'shop');
      addNamespace(world, 'kube-system');
      addNamespace(world, 'linkerd');
      addWorkload(world, 'kube-system', { name: 'dns' });
      addWorkload(world, 'shop', { kind: 'DaemonSet', name: 'agent', surge: 0 });
      addWorkload(world, 'shop', { kind: 'CronJob', name: 'night' });
      addWorkload(world, 'shop', { name: 'idle', replicas: 0 });
      const single = addWorkload(world, 'shop', { kind: 'StatefulSet', name: 'one', replicas: 1, surge: 0 });
      annotateWorkload(world, `shop/${single.kind}/${single.name}`, keys.accept, 'retired soon');
      addMigration(world, {});
    },
    happenings: [],
    ends: ['shop:Migrated'],
    exact: true,
  },
  {
    name: 'minReadySeconds that somebody else owns',
    build: (world) => {
      addNamespace(world, 'shop');
      addWorkload(world, 'shop', { minReadySeconds: 1, minReadyOwner: 'other' });
      addWorkload(world, 'shop', { kind: 'StatefulSet', name: 'db', surge: 0 });
      addMigration(world, { restart: { progressDeadlineSeconds: 20, minReadySeconds: 5 } });
    },
    happenings: [],
    ends: ['shop:Migrated'],
    exact: true,
  },
  {
    name: 'two waves of two namespaces, one at a time',
    build: (world) => {
      for (const name of ['a', 'b', 'c']) {
        addNamespace(world, name);
        addWorkload(world, name, { replicas: 1 });
      }
      addMigration(world, {
        waves: [
          { name: 'first', namespaces: ['a', 'b'] },
          { name: 'second', namespaceSelector: {} },
        ],
      });
    },
    happenings: [],
    ends: ['a:Migrated b:Migrated c:Migrated'],
    exact: true,
  },
  {
    name: 'two namespaces at once',
    build: (world) => {
      for (const name of ['a', 'b', 'c']) {
        addNamespace(world, name);
        addWorkload(world, name, { replicas: 1 });
      }
      addMigration(world, { pace: { maxConcurrentNamespaces: 2 } });
    },
    happenings: [],
    ends: ['a:Migrated b:Migrated c:Migrated'],
    exact: true,
  },
];

/** All scenarios. */
export function allScenarios(): readonly Scenario[] {
  return [...undisturbed, ...failing(), ...requests(), ...withPeople()];
}

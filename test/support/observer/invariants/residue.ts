// Observer: what must be gone when all is over: the label of a namespace on the move, and finalizers nobody waits for.
import { textAt } from '../fields.ts';
import type { Invariant } from '../invariant.ts';
import { key } from '../keys.ts';
import { idOf, stepOf } from '../world.ts';
import type { Seen, World } from '../world.ts';

const ends: readonly string[] = ['Migrated', 'PartiallyMigrated', 'RolledBack', 'Halted'];

/** No namespace at an end, or without a migration, carries the moving label; finalizers exist with deletionPolicy Rollback only. */
export function residue(): Invariant {
  return {
    name: 'no residue',
    end({ world, report }) {
      for (const namespace of world.all('namespaces').filter((one) => isLeftMoving(one, world)))
        report(
          `${idOf(namespace)} still has the label ${key.moving}`,
          JSON.stringify(world.record(namespace.metadata.name) ?? null),
        );
      for (const migration of world.all('migrations').filter(hasNeedlessFinalizer))
        report(`${idOf(migration)} has a finalizer`, JSON.stringify(migration.metadata.finalizers));
    },
  };
}

function isLeftMoving(namespace: Seen, world: World): boolean {
  if (namespace.metadata.labels?.[key.moving] === undefined) return false;
  const record = world.record(namespace.metadata.name);
  return record === undefined || world.migrationOf(record) === undefined || ends.includes(stepOf(record));
}

function hasNeedlessFinalizer(migration: Seen): boolean {
  const ours = migration.metadata.finalizers?.some((finalizer) => finalizer.startsWith('meshmigration.io/')) ?? false;
  return ours && textAt(migration, 'spec', 'deletionPolicy') !== 'Rollback';
}

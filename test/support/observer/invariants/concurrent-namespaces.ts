// Observer: never more namespaces of one migration in flight than its spec allows.
import { textAt, valueAt } from '../fields.ts';
import type { Context, Invariant } from '../invariant.ts';
import { stepOf } from '../world.ts';
import type { Seen } from '../world.ts';
import { Limits } from './limits.ts';

const moving: readonly string[] = ['Preflight', 'Prepare', 'Cutover', 'Commit', 'Soak', 'Restore'];
// A first pod that fails after the end is dealt with at once, and so is one namespace that a person wants back.
const afterTheEnd: readonly string[] = ['Migrated', 'PartiallyMigrated'];

/** Namespaces in flight per migration stay within the limit of the wave whose namespace starts. */
export function concurrentNamespaces(): Invariant {
  const limits = new Limits();
  return {
    name: 'namespaces at once',
    change(change, context) {
      limits.note(change);
      const { collection, old, now } = change;
      if (collection !== 'records' || now === undefined || !isInFlight(now)) return;
      if (old !== undefined && (isInFlight(old) || isExempt(old, now))) return;
      const uid = textAt(now, 'spec', 'migrationRef', 'uid') ?? '';
      const others = othersInFlight(now, uid, context);
      const limit = limits.namespaces(uid, context.now, isFromHalted(old) ? undefined : textAt(now, 'spec', 'wave'));
      if (others.length + 1 <= limit) return;
      const names = others.map((record) => `${record.metadata.name} (${stepOf(record)})`).join(', ');
      context.report(
        `${others.length + 1} namespaces in flight, ${limit} allowed`,
        `${now.metadata.name} starts beside ${names}`,
      );
    },
  };
}

function othersInFlight(record: Seen, uid: string, { world }: Context): Seen[] {
  return world
    .all('records')
    .filter((other) => other.metadata.uid !== record.metadata.uid && textAt(other, 'spec', 'migrationRef', 'uid') === uid)
    .filter((other) => isInFlight(other) && isAlive(world.namespace(other.metadata.name)));
}

function isAlive(namespace: Seen | undefined): boolean {
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
}

function isInFlight(record: Seen): boolean {
  const step = stepOf(record);
  const blocked = valueAt(record, 'status', 'blocked') === true && (step === 'Preflight' || step === 'Prepare');
  return moving.includes(step) && !blocked;
}

function isExempt(old: Seen, now: Seen): boolean {
  if (afterTheEnd.includes(stepOf(old)) && stepOf(now) !== 'Preflight') return stepOf(now) !== 'Restore' || !isByRequest(now);
  return stepOf(now) === 'Restore' && textAt(now, 'spec', 'desiredState') === 'RolledBack';
}

function isByRequest(record: Seen): boolean {
  return textAt(record, 'status', 'restoreCause') === 'Request' && textAt(record, 'spec', 'desiredState') !== 'RolledBack';
}

function isFromHalted(old: Seen | undefined): boolean {
  return old !== undefined && stepOf(old) === 'Halted';
}

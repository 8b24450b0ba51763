// Observer: every status that the API server shows adds up, speaks of no spec that does not exist yet, and follows kstatus
// (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md).
import { fieldsAt, listAt, numberAt, textAt } from '../fields.ts';
import type { Fields } from '../fields.ts';
import type { Invariant } from '../invariant.ts';
import { idOf } from '../world.ts';
import type { Seen } from '../world.ts';

/** Statuses of both kinds are honest in themselves. */
export function honestStatus(): Invariant {
  return {
    name: 'honest status',
    change({ collection, now }, { report }) {
      if (now === undefined) return;
      const troubles = collection === 'migrations' ? inMigration(now) : collection === 'records' ? inRecord(now) : [];
      for (const trouble of troubles) report(`${idOf(now)}: ${trouble}`, JSON.stringify(now['status'] ?? {}).slice(0, 2_000));
    },
  };
}

function inRecord(record: Seen): string[] {
  const counts = fieldsAt(record, 'status', 'counts');
  return [...generations(record), ...sums('counts', counts), ...rowsBeyond(record, counts)];
}

function rowsBeyond(record: Seen, counts: Fields): string[] {
  const rows = listAt(record, 'status', 'workloads');
  const states = Map.groupBy(rows, (row) => textAt(row, 'state') ?? '');
  const tooMany = [...states].filter(([state, found]) => found.length > (numberAt(counts, state.toLowerCase()) ?? 0));
  return tooMany.map(([state, found]) => `${found.length} rows ${state}, and counts say ${String(counts[state.toLowerCase()])}`);
}

function inMigration(migration: Seen): string[] {
  const status = fieldsAt(migration, 'status');
  const namespaces = fieldsAt(status, 'namespaces');
  const waves = listAt(status, 'waves');
  const inWaves = waves.reduce((sum, wave) => sum + (numberAt(wave, 'namespaces', 'total') ?? 0), 0);
  return [
    ...generations(migration),
    ...sums('namespaces', namespaces),
    ...sums('workloads', fieldsAt(status, 'workloads')),
    ...waves.flatMap((wave) => sums(`wave ${textAt(wave, 'name') ?? ''}`, fieldsAt(wave, 'namespaces'))),
    ...(waves.length > 0 && inWaves !== numberAt(namespaces, 'total') && !hasLostWave(migration)
      ? [`its waves have ${inWaves} namespaces, and it says ${String(namespaces['total'])}`]
      : []),
    ...conditions(migration),
  ];
}

// Namespaces of a wave that a person took out of the spec are counted, and no wave is left to say so.
function hasLostWave(migration: Seen): boolean {
  return listAt(migration, 'status', 'conditions').some((c) => c['type'] === 'Stalled' && c['reason'] === 'InvalidSpec');
}

function sums(what: string, counts: Fields): string[] {
  const { total: _total, ...parts } = counts;
  const total = numberAt(counts, 'total');
  if (total === undefined) return [];
  const sum = Object.values(parts).reduce<number>((all, part) => all + (typeof part === 'number' ? part : 0), 0);
  return sum === total ? [] : [`${what}: the parts are ${sum}, the total is ${total}`];
}

function generations(object: Seen): string[] {
  const { generation = 0 } = object.metadata;
  const observed = [fieldsAt(object, 'status'), ...listAt(object, 'status', 'conditions')].map((part) =>
    numberAt(part, 'observedGeneration'),
  );
  return observed.some((value) => value !== undefined && value > generation)
    ? [`it speaks of generation ${String(observed.find((value) => (value ?? 0) > generation))}, and there are ${generation}`]
    : [];
}

function conditions(migration: Seen): string[] {
  const all = listAt(migration, 'status', 'conditions');
  if (all.length === 0) return [];
  const status = (type: string): string | undefined =>
    textAt(
      all.find((c) => c['type'] === type),
      'status',
    );
  const busy = status('Reconciling') === 'True';
  const stuck = status('Stalled') === 'True';
  const ready = status('Ready');
  const rules: readonly (readonly [boolean, string])[] = [
    [ready === undefined, 'it has no condition Ready'],
    [busy && stuck, 'Reconciling and Stalled are both True'],
    [ready === 'True' && (busy || stuck), `Ready is True beside ${busy ? 'Reconciling' : 'Stalled'}`],
    [ready === 'False' && status('Succeeded') === 'True', 'Succeeded is True and Ready is False'],
    [all.some((c) => c['status'] === 'True' && textAt(c, 'message') === ''), 'a condition that is True has no message'],
  ];
  return rules.filter(([broken]) => broken).map(([, message]) => message);
}

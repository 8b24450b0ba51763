// Observer: a migration that says Ready has every one of its namespaces where it says, by what templates and pods show.
import { listAt, textAt } from '../fields.ts';
import type { Context, Invariant } from '../invariant.ts';
import { key } from '../keys.ts';
import { hasEnded, hasProxy, idOf, isKeyed, isReady, ownerOf, sourceTrace, stepOf, templateAnnotations } from '../world.ts';
import type { Seen, World } from '../world.ts';

/** Ready=True means: all namespaces verified live, in the target or, after a rollback, in the source. */
export function readyMeansVerified(): Invariant {
  return {
    name: 'ready means verified',
    change({ collection, old, now }, context) {
      if (collection !== 'migrations' || now === undefined || !isReadyMigration(now)) return;
      if (old !== undefined && isReadyMigration(old) && old.metadata.uid === now.metadata.uid) return;
      context.suspect(() => trouble(now, context), JSON.stringify(now['status']).slice(0, 1_000));
    },
  };
}

function isReadyMigration(migration: Seen): boolean {
  return listAt(migration, 'status', 'conditions').some((c) => c['type'] === 'Ready' && c['status'] === 'True');
}

function trouble(migration: Seen, { world }: Context): string | undefined {
  const latest = world.all('migrations').find(({ metadata }) => metadata.uid === migration.metadata.uid);
  if (latest === undefined || !isReadyMigration(latest)) return undefined;
  const records = world
    .all('records')
    .filter((record) => textAt(record, 'spec', 'migrationRef', 'uid') === migration.metadata.uid);
  const unrecorded = missing(latest, records, world);
  if (unrecorded !== undefined) return `it says Ready, and ${unrecorded} has no record`;
  const back = textAt(latest, 'spec', 'desiredState') === 'RolledBack';
  for (const record of records) {
    const found = back || stepOf(record) === 'RolledBack' ? notBack(record, world) : notThere(record, latest, world);
    if (found !== undefined) return `it says Ready, and ${found}`;
  }
  return undefined;
}

// Only names are looked at: what a selector would have matched when its wave started can't be told afterwards.
function missing(migration: Seen, records: readonly Seen[], world: World): string | undefined {
  const told = listAt(migration, 'status', 'failures').map((failure) => textAt(failure, 'namespace'));
  const named = listAt(migration, 'spec', 'waves').flatMap((wave): unknown[] =>
    Array.isArray(wave['namespaces']) ? wave['namespaces'] : [],
  );
  const known = new Set(records.map(({ metadata }) => metadata.name));
  return named
    .filter((name): name is string => typeof name === 'string')
    .find((name) => world.namespace(name) !== undefined && !known.has(name) && !told.includes(name));
}

function notThere(record: Seen, migration: Seen, world: World): string | undefined {
  const name = record.metadata.name;
  const namespace = world.namespace(name);
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
  if (stepOf(record) !== 'Migrated') return `${name} is ${stepOf(record)}`;
  const podOnly = textAt(migration, 'spec', 'gitOps', 'onManagedField') === 'PodOnly';
  const committed = namespace.metadata.labels?.[key.to] !== undefined;
  if (!committed && !podOnly) return `${name} is not committed`;
  const excused = new Set(
    listAt(record, 'status', 'workloads')
      .filter((row) => row['accepted'] !== undefined || row['state'] === 'Armed')
      .map((row) => `${textAt(row, 'kind') ?? ''}/${textAt(row, 'name') ?? ''}`),
  );
  const proxied = textAt(migration, 'spec', 'target', 'mesh') !== 'None';
  const strays = world.all('pods', name).filter((pod) => ownerOf(pod) !== undefined && !excused.has(ownerOf(pod) ?? ''));
  const stray = strays.find(
    (pod) => !hasEnded(pod) && (hasProxy(pod) !== proxied || sourceTrace(pod) !== undefined || !isReady(pod)),
  );
  return stray === undefined || stray.metadata.deletionTimestamp !== undefined
    ? undefined
    : `${idOf(stray)} is not in the target`;
}

function notBack(record: Seen, world: World): string | undefined {
  const name = record.metadata.name;
  const namespace = world.namespace(name);
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
  if (stepOf(record) !== 'RolledBack') return `${name} is ${stepOf(record)}`;
  if (namespace.metadata.labels?.[key.to] !== undefined) return `${name} is still committed`;
  const drifted = new Set(
    listAt(record, 'status', 'workloads')
      .filter((row) => row['state'] === 'Drifted' || row['state'] === 'Listed')
      .map((row) => textAt(row, 'uid')),
  );
  const keyed = world.all('workloads', name).find((w) => isKeyed(templateAnnotations(w)) && !drifted.has(w.metadata.uid));
  return keyed === undefined ? undefined : `${idOf(keyed)} still carries keys`;
}

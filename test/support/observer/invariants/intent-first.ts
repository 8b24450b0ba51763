// Observer: before anything of a namespace is written its record is stored, with what its keys were, and before a
// workload is written the record says so.
import { listAt, textAt } from '../fields.ts';
import type { Fields } from '../fields.ts';
import type { Invariant } from '../invariant.ts';
import { key } from '../keys.ts';
import { idOf } from '../world.ts';
import type { Change } from '../world.ts';
import type { Context } from '../invariant.ts';
import { inWords, succeeded, uidOf } from '../write.ts';
import type { Write } from '../write.ts';
import { cutoverOf, isPlanned, Ledger, workloadKind } from './ledger.ts';
import type { Said } from './ledger.ts';

/** Snapshot and intent come first. */
export function intentFirst(): Invariant {
  const ledger = new Ledger();
  const recorded = new Set<string>();
  return {
    name: 'intent first',
    write(write, context) {
      ledger.note(write);
      if (!succeeded(write)) return;
      if (isCreation(write)) recorded.add(write.name);
      const namespace = namespaceOf(write);
      if (namespace === undefined) return;
      if (!recorded.has(namespace) && context.world.record(namespace) === undefined)
        context.report(`${namespace} is written before it has a record`, inWords(write));
      const trouble = unannounced(write, ledger.of(namespace, context));
      if (trouble !== undefined) context.report(trouble, inWords(write));
    },
    change: originalsAreRight,
  };
}

function isCreation({ verb, resource }: Write): boolean {
  return verb === 'create' && resource === 'namespacemigrations.meshmigration.io';
}

function unannounced(write: Write, said: Said | undefined): string | undefined {
  const state = said?.states.get(uidOf(write) ?? '');
  if (cutoverOf(write) === undefined || state === 'Moving' || isPlanned(write, said)) return undefined;
  return `a cutover that the record does not announce: it says ${state ?? 'nothing'} of the workload`;
}

function namespaceOf(write: Write): string | undefined {
  if (write.resource === 'namespaces') return write.name;
  return workloadKind(write) === undefined ? undefined : write.namespace;
}

function originalsAreRight(change: Change, context: Context): void {
  const { collection, old, now } = change;
  if (collection !== 'records' || old !== undefined || now === undefined) return;
  const namespace = context.world.namespace(now.metadata.name);
  // A namespace that is committed already lost its record; what its keys were can't be told from it.
  if (namespace === undefined || namespace.metadata.labels?.[key.to] !== undefined) return;
  for (const map of ['labels', 'annotations'] as const) {
    for (const original of listAt(now, 'spec', 'originals', map)) {
      const trouble = misnoted(original, namespace.metadata[map]);
      if (trouble !== undefined) context.report(`${idOf(now)} ${trouble}`, JSON.stringify(original));
    }
  }
}

function misnoted(original: Fields, found: Readonly<Record<string, string>> = {}): string | undefined {
  const name = textAt(original, 'key') ?? '';
  const noted = original['present'] === true ? textAt(original, 'value') : undefined;
  return found[name] === noted ? undefined : `notes ${name} as ${String(noted)}, and it is ${String(found[name])}`;
}

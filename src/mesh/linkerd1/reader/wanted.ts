// Reader room: a plan as the writes that the operator is asked for: one write an object, since a second apply by the same field manager
// would take back what the first one set. Pure.

import type { NameManifest } from '../../../core/names.ts';
import type { WantedObject } from '../../names.ts';
import type { PlannedObject } from '../translate/planned.ts';

/** The objects of a plan. */
export function wantedOf(objects: readonly PlannedObject[]): readonly WantedObject[] {
  const merged = new Map<string, WantedObject>();
  for (const { how, manifest } of objects) {
    const key = `${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`;
    const known = merged.get(key);
    const as = how === 'create' ? 'create' : 'apply';
    merged.set(
      key,
      known === undefined ? { how: as, manifest } : { how: known.how, manifest: together(known.manifest, manifest) },
    );
  }
  return [...merged.values()];
}

function together(a: NameManifest, b: NameManifest): NameManifest {
  const annotations = { ...a.metadata.annotations, ...b.metadata.annotations };
  const metadata = Object.keys(annotations).length === 0 ? a.metadata : { ...a.metadata, annotations };
  const ports = [...portsOf(a), ...portsOf(b)];
  const distinct = [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
  const spec = { ...a.spec, ...b.spec, ...(distinct.length > 0 && { ports: distinct }) };
  return { ...a, metadata, ...(Object.keys(spec).length > 0 && { spec }) };
}

function portsOf({ spec }: NameManifest): readonly unknown[] {
  const ports = spec?.['ports'];
  return Array.isArray(ports) ? ports : [];
}

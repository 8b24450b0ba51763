// What is missing of what callers need, and what a namespace that went back still holds. Compares live objects; writes nothing.

import { conflictIn, isOnlyAdvice } from '../../core/closed-places.ts';
import type { ClosedPlaces, PlaceConflict } from '../../core/closed-places.ts';
import { contains, namesIn, namesManager, neededBy, ownLabel } from '../../core/names.ts';
import type { NameManifest, NameRelease, NameWrite, SeenObject } from '../../core/names.ts';
import type { Unstructured } from '../../kube/object.ts';
import type { WantedObject } from '../../mesh/names.ts';
import { isManagedBy } from './managed.ts';

/** What is missing, and what stands in the way. */
export interface Missing {
  readonly writes: readonly NameWrite[];
  readonly conflicts: readonly PlaceConflict[];
  /** What is not done, and need not be; sentences. */
  readonly leftOut: readonly string[];
}

/** Where things stand. */
export interface Place {
  readonly namespace: string;
  readonly live: readonly Unstructured[];
  readonly closed: ClosedPlaces;
}

/** Compares what callers of a namespace need with what is there. */
export function missingOf(wanted: readonly WantedObject[], { namespace, live, closed }: Place): Missing {
  const at = new Map(live.map((object) => [keyOf(object), object]));
  const writes: NameWrite[] = [];
  const conflicts: PlaceConflict[] = [];
  const leftOut: string[] = [];
  for (const object of wanted) {
    const found = at.get(keyOf(object.manifest));
    const step = object.how === 'apply' ? applied(namespace, object.manifest, found) : created(namespace, object.manifest, found);
    if (step === undefined) continue;
    const closedConflict = conflictIn(closed, object.manifest);
    if (closedConflict === undefined) {
      if (typeof step === 'string') conflicts.push({ message: step });
      else writes.push(step);
    } else if (isOnlyAdvice(object.manifest)) leftOut.push(closedConflict.message);
    else if (!isThere(found, object)) conflicts.push(closedConflict);
  }
  return { writes, conflicts, leftOut };
}

// By whoever's hand.
function isThere(found: Unstructured | undefined, { how, manifest }: WantedObject): boolean {
  if (found === undefined || isOwn(found)) return false;
  return how === 'apply' ? holds(found, manifest) : contains(found['spec'], manifest.spec ?? {});
}

function applied(namespace: string, manifest: NameManifest, found: Unstructured | undefined): NameWrite | string | undefined {
  if (found === undefined) return `${shown(manifest)} is gone`;
  const there = holds(found, manifest) && isManagedBy(found, namesManager(namespace));
  return there ? undefined : { how: 'apply', manifest, uid: found.metadata.uid };
}

// Ports are entries of a list that others have their own entries in.
function holds(found: Unstructured, { metadata, spec }: NameManifest): boolean {
  const wanted = (spec?.['ports'] ?? []) as readonly object[];
  const ports = ((found['spec'] as { ports?: unknown } | undefined)?.ports ?? []) as readonly unknown[];
  return (
    wanted.every((port) => ports.some((live) => contains(live, port))) &&
    contains(found.metadata.annotations ?? {}, metadata.annotations ?? {})
  );
}

function created(namespace: string, manifest: NameManifest, found: Unstructured | undefined): NameWrite | string | undefined {
  if (found === undefined) return { how: 'create', manifest: stamped(manifest, namespace) };
  if (!isOwn(found)) return `${shown(manifest)} is there already and is somebody else's`;
  const needing = needersOf(found);
  if (!contains(found['spec'], manifest.spec ?? {})) {
    const conflict = whyNotChanged(namespace, manifest, found);
    if (conflict !== undefined) return conflict;
  } else if (needing.includes(namespace)) return undefined;
  return { how: 'share', manifest, seen: seenOf(found), neededBy: [...new Set([...needing, namespace])].sort().join() };
}

// What others need is not changed under them, and a Service can't become one of another kind.
function whyNotChanged(namespace: string, manifest: NameManifest, found: Unstructured): string | undefined {
  const others = needersOf(found).filter((other) => other !== namespace);
  if (others.length > 0) return `${shown(manifest)} is made differently for callers in ${others.join(', ')}`;
  return typeOf(found) === manifest.spec?.['type']
    ? undefined
    : `${shown(manifest)} would have to become another kind of Service; delete it to have it made again`;
}

function typeOf(found: Unstructured): unknown {
  return (found['spec'] as { type?: unknown } | undefined)?.type;
}

/** What a namespace holds of names, routes first. */
export function heldBy(namespace: string, live: readonly Unstructured[]): NameRelease[] {
  return live.flatMap((object): NameRelease[] => {
    const { apiVersion = '', kind = '' } = object;
    const { name, namespace: place = '' } = object.metadata;
    const base = { apiVersion, kind, name, namespace: place, seen: seenOf(object) };
    if (isOwn(object)) {
      const needing = needersOf(object);
      if (!needing.includes(namespace)) return [];
      const left = needing.filter((other) => other !== namespace);
      return [left.length === 0 ? { ...base, how: 'delete' } : { ...base, how: 'unshare', neededBy: left.join() }];
    }
    return isManagedBy(object, namesManager(namespace)) ? [{ ...base, how: 'retract' }] : [];
  });
}

/** The operator made it. */
export function isOwn(object: Unstructured): boolean {
  return object.metadata.labels?.[ownLabel.key] === ownLabel.value && object.metadata.annotations?.[neededBy] !== undefined;
}

function needersOf(object: Unstructured): readonly string[] {
  return namesIn(object.metadata.annotations?.[neededBy]);
}

function stamped(manifest: NameManifest, namespace: string): NameManifest {
  const { labels, annotations, ...place } = manifest.metadata;
  return {
    ...manifest,
    metadata: {
      ...place,
      labels: { ...labels, [ownLabel.key]: ownLabel.value },
      annotations: { ...annotations, [neededBy]: namespace },
    },
  };
}

function seenOf({ metadata }: Unstructured): SeenObject {
  return { uid: metadata.uid, resourceVersion: metadata.resourceVersion ?? '' };
}

function keyOf({ kind = '', metadata }: { kind?: string; metadata: { name: string; namespace?: string } }): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function shown({ kind, metadata }: NameManifest): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

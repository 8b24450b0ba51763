// What is missing of what callers need, and what a namespace that went back still holds. Compares live objects; writes nothing.

import { conflictIn, isOnlyAdvice } from '../../core/closed-places.ts';
import type { ClosedPlaces, PlaceConflict } from '../../core/closed-places.ts';
import { contains, maximumMade, namesIn, namesManager, neededBy, ownLabel, recordedIn } from '../../core/names.ts';
import type { MadeName } from '../../api/v1alpha1/namespace-migration.ts';
import type { Identity, NameManifest, NameRelease, NameWrite, SeenObject } from '../../core/names.ts';
import type { Unstructured } from '../../kube/object.ts';
import type { WantedObject } from '../../mesh/names.ts';
import { isManagedBy } from './managed.ts';

/** What is missing, and what stands in the way. */
export interface Missing {
  readonly writes: readonly NameWrite[];
  readonly conflicts: readonly PlaceConflict[];
  /** What is not done, and need not be; sentences. */
  readonly leftOut: readonly string[];
  /** What is there of ours, and what will be. */
  readonly made: readonly MadeName[];
}

/** Where things stand. */
export interface Place {
  readonly namespace: string;
  readonly live: readonly Unstructured[];
  readonly closed: ClosedPlaces;
  /** What records say that was made. */
  readonly recorded: ReturnType<typeof recordedIn>;
}

/** Compares what callers of a namespace need with what is there. */
export function missingOf(wanted: readonly WantedObject[], place: Place): Missing {
  const at = new Map(place.live.map((object) => [keyOf(object), object]));
  const all = wanted.map((object) => missingOne(object, at.get(keyOf(object.manifest)), place));
  const made = all.flatMap((one) => one.made ?? []);
  const tooMany = `its callers need ${made.length} objects; no more than ${maximumMade} are made for one namespace`;
  return {
    writes: all.flatMap(({ write }) => write ?? []),
    conflicts: [...all.flatMap(({ conflict }) => conflict ?? []), ...(made.length > maximumMade ? [{ message: tooMany }] : [])],
    leftOut: all.flatMap(({ leftOut }) => leftOut ?? []),
    made: made.slice(0, maximumMade),
  };
}

interface MissingOne {
  readonly write?: NameWrite;
  readonly conflict?: PlaceConflict;
  readonly leftOut?: string;
  readonly made?: MadeName;
}

function missingOne(object: WantedObject, found: Unstructured | undefined, { namespace, closed, recorded }: Place): MissingOne {
  const { how, manifest } = object;
  const mine = (one: Unstructured): boolean => isOwn(one) && isWhole(recorded(identityOf(one)));
  const step = how === 'apply' ? applied(namespace, manifest, found) : created({ namespace, mine }, manifest, found);
  const made = madeOf(object, found);
  const conflict = conflictIn(closed, manifest);
  if (conflict === undefined) {
    if (typeof step === 'string') return { conflict: { message: step } };
    return step === undefined ? { made } : { made, write: step };
  }
  // What was made before the place was closed is still to be taken away.
  if (step === undefined) return { made };
  if (isOnlyAdvice(manifest)) return { leftOut: conflict.message };
  return isThere(found, object, mine) ? {} : { conflict };
}

// By whoever's hand.
function isThere(
  found: Unstructured | undefined,
  { how, manifest }: WantedObject,
  mine: (object: Unstructured) => boolean,
): boolean {
  if (found === undefined || mine(found)) return false;
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

function created(
  { namespace, mine }: Maker,
  manifest: NameManifest,
  found: Unstructured | undefined,
): NameWrite | string | undefined {
  if (found === undefined) return { how: 'create', manifest: stamped(manifest, namespace) };
  if (!mine(found)) return somebodyElses(manifest, found);
  const needing = needersOf(found);
  if (!contains(found['spec'], manifest.spec ?? {})) {
    const conflict = whyNotChanged(namespace, manifest, found);
    if (conflict !== undefined) return conflict;
  } else if (needing.includes(namespace)) return undefined;
  return { how: 'share', manifest, seen: seenOf(found), neededBy: [...new Set([...needing, namespace])].sort().join() };
}

interface Maker {
  readonly namespace: string;
  readonly mine: (object: Unstructured) => boolean;
}

function somebodyElses(manifest: NameManifest, found: Unstructured): string {
  const text = `${shown(manifest)} is there already and is somebody else's`;
  return isOwn(found) ? `${text}: it has the operator's label, but no NamespaceMigration says that it was made` : text;
}

function madeOf({ how, manifest }: WantedObject, found: Unstructured | undefined): MadeName {
  const { kind, metadata } = manifest;
  const base = { kind, namespace: metadata.namespace, name: metadata.name };
  return { ...base, ...(found !== undefined && { uid: found.metadata.uid }), ...(how === 'apply' && { partly: true }) };
}

function isWhole(made: MadeName | undefined): boolean {
  return made !== undefined && made.partly !== true;
}

function identityOf({ kind = '', metadata: { name, namespace = '', uid } }: Unstructured): Identity {
  return { kind, name, namespace, uid };
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

/** What a namespace holds of names: of what its record lists, what is still there and not on its way out. */
export function heldBy(namespace: string, live: readonly Unstructured[], made: readonly MadeName[]): NameRelease[] {
  const recorded = recordedIn(made);
  return live.flatMap((object): NameRelease[] => {
    const known = recorded(identityOf(object));
    if (known === undefined || object.metadata.deletionTimestamp !== undefined) return [];
    return isWhole(known) ? wholeHeld(namespace, object) : partHeld(namespace, object);
  });
}

function wholeHeld(namespace: string, object: Unstructured): NameRelease[] {
  const needing = isOwn(object) ? needersOf(object) : [];
  if (!needing.includes(namespace)) return [];
  const left = needing.filter((other) => other !== namespace);
  const base = placeOf(object);
  return [left.length === 0 ? { ...base, how: 'delete' } : { ...base, how: 'unshare', neededBy: left.join() }];
}

function partHeld(namespace: string, object: Unstructured): NameRelease[] {
  return isManagedBy(object, namesManager(namespace)) ? [{ ...placeOf(object), how: 'retract' }] : [];
}

function placeOf(object: Unstructured): Omit<NameRelease, 'how' | 'neededBy'> {
  const { apiVersion = '', kind = '' } = object;
  const { name, namespace = '' } = object.metadata;
  return { apiVersion, kind, name, namespace, seen: seenOf(object) };
}

/** It says that the operator made it. So could anybody. */
function isOwn(object: Unstructured): boolean {
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

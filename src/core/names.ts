// Names that callers need in the target, as plain data: what is missing, what is held and who still needs it. Pure; knows no mesh.

import type { MadeName } from '../api/v1alpha1/namespace-migration.ts';

/** Label of every object that the operator creates for itself in namespaces of others. */
export const ownLabel = { key: 'app.kubernetes.io/managed-by', value: 'meshmigration' } as const;

/** Beginning of the names of ports that the operator adds to Services of others, or gives to their unnamed ones. */
export const ownPortPrefix = 'mm-';

/** Annotation of every such object: the namespaces whose callers need it, separated by commas. The last one to leave takes it away. */
export const neededBy = 'meshmigration.io/needed-by';

/** Field manager of what one namespace's callers need on Services of others; every namespace has its own, so none takes away what another needs. */
export function namesManager(namespace: string): string {
  return `meshmigration-names.${namespace}`;
}

/** More objects than these are not made for one namespace: its record lists them. */
export const maximumMade = 2_000;

/** An object by what nobody can give to another one. */
export interface Identity {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Tells what was made. Labels and field managers are free text that anybody may set; what records list is not. */
export function recordedIn(made: readonly MadeName[]): (object: Identity) => MadeName | undefined {
  const known = new Map<string, MadeName[]>();
  for (const one of made) known.set(madeKey(one), [...(known.get(madeKey(one)) ?? []), one]);
  return (object) => known.get(madeKey(object))?.find(({ uid }) => uid === undefined || uid === object.uid);
}

/** Both lists; where both know an object, the newer one's word counts. */
export function withMade(older: readonly MadeName[], newer: readonly MadeName[]): MadeName[] {
  return [...new Map([...older, ...newer].map((one) => [madeKey(one), one])).values()];
}

function madeKey({ kind, namespace, name }: Omit<Identity, 'uid'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** A manifest that can be printed and put into Git. */
export interface NameManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** An object as it was seen; the write is refused when it has changed since. */
export interface SeenObject {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** One write that makes a name work in the target. */
export type NameWrite =
  /** POST: an object of that name that is there already is somebody else's. */
  | { readonly how: 'create'; readonly manifest: NameManifest }
  /** Server-side apply of exactly these fields on a Service of somebody else. */
  | { readonly how: 'apply'; readonly manifest: NameManifest; readonly uid: string }
  /** It is there, made for another namespace: this one is written down as needing it too, and its spec is brought up to date. */
  | { readonly how: 'share'; readonly manifest: NameManifest; readonly seen: SeenObject; readonly neededBy: string };

/** What one namespace leaves behind when it no longer needs it. */
export type NameRelease = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly seen: SeenObject;
} &
  /** Nobody else needs it. */
  (
    | { readonly how: 'delete' }
    /** Others need it still. */
    | { readonly how: 'unshare'; readonly neededBy: string }
    /** On a Service of somebody else: the fields that only this namespace's callers needed. */
    | { readonly how: 'retract' }
  );

/** The namespaces written down in an annotation. */
export function namesIn(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((name) => name !== '');
}

/** Whether everything that `wanted` says is in `found`: objects may have more fields, lists must have the same length. */
export function contains(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(found) && found.length === wanted.length && wanted.every((item, i) => contains(found[i], item));
  }
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(found, key) && contains(found[key as never], value));
}

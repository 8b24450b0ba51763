// The pair of meshes of one move, and our keys on templates, pods and namespaces as that pair reads them.

import { GROUP, keys } from '../api/v1alpha1/group.ts';
import type { MeshName } from '../api/v1alpha1/group.ts';

/** A pair as it stands in keys: API names in lower case. */
export interface Pair {
  to: string;
  from: string;
}

/** Keys of a template, a pod or a namespace. */
export type Keys = Readonly<Record<string, string>>;

/** The pair of a move from `source` to `target`. */
export function pairOf(source: MeshName, target: MeshName): Pair {
  return { to: target.toLowerCase(), from: source.toLowerCase() };
}

/** First 8 characters of a uid. */
export function uidPrefix(uid: string): string {
  return uid.slice(0, 8);
}

/** Value of the cutover and restored keys: which migration wrote it, and in which attempt. */
export function attemptKey(migrationUid: string, attempt: number): string {
  return `${uidPrefix(migrationUid)}-${attempt}`;
}

/** The template's keys after the cutover of one workload. */
export function cutoverKeys(pair: Pair, value: string, settings: Keys): Record<string, string> {
  return { [keys.to]: pair.to, [keys.from]: pair.from, [keys.cutover]: value, ...settings };
}

/** The template or pod carries this pair's keys, whichever migration wrote them. */
export function isKeyed(present: Keys, pair: Pair): boolean {
  return present[keys.to] === pair.to && present[keys.from] === pair.from && present[keys.cutover] !== undefined;
}

/** It carries keys of another move, or only some of ours. */
export function isKeyedOtherwise(present: Keys, pair: Pair): boolean {
  const any = [keys.to, keys.from, keys.cutover].some((key) => present[key] !== undefined);
  return any && !isKeyed(present, pair);
}

/** It carries keys of this pair, all of them or what somebody left of them, and none of another pair. */
export function carriesAnyOf(present: Keys, pair: Pair): boolean {
  const any = [keys.to, keys.from, keys.cutover].some((key) => present[key] !== undefined);
  return any && [pair.to, undefined].includes(present[keys.to]) && [pair.from, undefined].includes(present[keys.from]);
}

/** Our keys that a cutover wrote and a rollback takes away. */
export function movedKeys(present: Keys): string[] {
  return Object.keys(present).filter((key) => isOwnKey(key) && key !== keys.restored);
}

const ofPeople: readonly string[] = [keys.hold, keys.accept, keys.allowDowntime, keys.retryAt];

/** A key that the operator writes, settings of meshes included; people write the others of our prefix. */
export function isOwnKey(key: string): boolean {
  return key.startsWith(`${GROUP}/`) && !ofPeople.includes(key);
}

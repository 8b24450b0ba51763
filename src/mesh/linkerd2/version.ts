// Linkerd 2 room: which version is installed, as far as it decides what an installation heeds. Pure.

/** Since when something is there: the release, and the edge release that it was made of. */
export interface FirstVersion {
  readonly release: readonly number[];
  readonly edge: readonly number[];
}

const known = /^(?:(edge)|stable|enterprise)-(\d+(?:\.\d+)+)|^v?(\d+(?:\.\d+)+)/;

/**
 * A version, for example edge-26.6.3 or enterprise-2.19.1, is no older; undefined where it can't be told. An edge release
 * between two releases counts as the earlier one.
 */
export function isAtLeast(version: string | undefined, { release, edge }: FirstVersion): boolean | undefined {
  const found = known.exec(version ?? '');
  if (found === null) return undefined;
  const numbers = (found[2] ?? found[3] ?? '').split('.').map(Number);
  const first = found[1] === undefined ? release : edge;
  const at = first.findIndex((part, index) => part !== (numbers[index] ?? 0));
  return at === -1 || (numbers[at] ?? 0) > (first[at] ?? 0);
}

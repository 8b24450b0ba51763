// Dtab room: what a namer is: it continues names below its prefix. The configured ones (`/#/…`) and the built-in ones (`/$/…`)
// both answer with this. No I/O: what a namer knows is handed to it as data.

import type { Addr } from './delegate-tree.ts';
import type { Path } from './path.ts';

/** A namer's answer. */
export type Lookup =
  /** Goes on under another name. */
  | { readonly kind: 'rewrite'; readonly path: Path }
  /** Ends here. `residual` is the part of the name that was not needed. */
  | { readonly kind: 'bound'; readonly id: Path; readonly residual: Path; readonly addr: Addr }
  /** No such name; refused; exists without endpoints. */
  | { readonly kind: 'neg' | 'fail' | 'empty' }
  /** Can't be looked up at all. */
  | { readonly kind: 'exception'; readonly message: string };

/** A namer of the configuration. */
export interface Namer {
  /** With the leading `#`. */
  readonly prefix: Path;
  /** `path` is what follows the prefix. Total. */
  lookup(path: Path): Lookup;
}

/** There is no such name. */
export const NEG: Lookup = { kind: 'neg' };

/** Goes on under `segments`, which must not be empty strings (Finagle refuses those too). */
export function rewriteTo(segments: readonly string[]): Lookup {
  if (segments.includes('')) return { kind: 'exception', message: 'requirement failed' };
  return { kind: 'rewrite', path: segments };
}

// Config room: paths and dtabs that are well-formed and yet can't mean what they say: `/$io.` for `/$/io.`, a missing slash, a namer
// that nobody configured.

import { GLOBAL_NAMERS } from '../dtab/global-namer.ts';
import { parseDtab } from '../dtab/parse.ts';
import { showPath } from '../dtab/path.ts';
import { showPrefix } from '../dtab/print.ts';
import type { Prefix } from '../dtab/syntax.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';
import { nearest } from './suggest.ts';

/** Something odd about a path. */
export interface PathComplaint {
  /** noEffect unless it works all the same. */
  readonly works?: true;
  readonly message: string;
  readonly suggestion: string;
}

/** A prefix of a service or client block. */
export function lintPrefix(text: string): PathComplaint | undefined {
  const withSlash = text.startsWith('/') ? text : `/${text}`;
  const glued = unglue(withSlash);
  if (glued !== undefined) {
    return { message: `no bound name begins with ${firstSegment(withSlash)}, so this prefix never matches`, suggestion: glued };
  }
  return text.startsWith('/')
    ? undefined
    : { message: 'a prefix is a path and begins with a slash', suggestion: withSlash, works: true };
}

/** `/$io.x/y` → `/$/io.x/y`; undefined when nothing is glued. */
function unglue(text: string): string | undefined {
  const found = /^\/([$#%])([^/]+.*)$/.exec(text);
  return found ? `/${found[1] ?? ''}/${found[2] ?? ''}` : undefined;
}

function firstSegment(text: string): string {
  return text.split('/').slice(0, 2).join('/');
}

/** Something odd in a dtab, counted from 1 inside its text. */
export interface DtabComplaint extends PathComplaint {
  readonly line: number;
  readonly column: number;
  readonly value: string;
  /** The dtab is not one at all. */
  readonly refused: boolean;
}

/**
 * Reads a dtab and lists what is odd about it.
 * @param namers prefixes after `/#/` that the configuration binds; undefined when they are not known here
 */
export function lintDtab(text: string, namers: readonly string[] | undefined): readonly DtabComplaint[] {
  const complaints: DtabComplaint[] = [];
  try {
    parseDtab(text, (seen) => {
      const complaint = seen.side === 'dst' ? lintDst(seen.path, namers) : lintLeft(seen.path);
      if (complaint)
        complaints.push({ ...complaint, ...placeOf(text, seen.offset), value: showPrefix(seen.path), refused: false });
    });
  } catch (error) {
    if (!(error instanceof DtabSyntaxError)) throw error;
    const message = `the dtab can not be read: found ${error.found}, expected ${error.expected}`;
    const value = text.slice(error.offset, error.offset + 40);
    return [
      { line: error.line, column: error.column, value, message, suggestion: `${error.expected} at this place`, refused: true },
    ];
  }
  return complaints;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function lintLeft(prefix: Prefix): PathComplaint | undefined {
  const glued = unglue(showPrefix(prefix));
  return glued === undefined ? undefined : { message: `no name begins with /${String(prefix[0])}`, suggestion: glued };
}

function lintDst(path: Prefix, namers: readonly string[] | undefined): PathComplaint | undefined {
  const shown = showPrefix(path);
  const glued = unglue(shown);
  if (glued !== undefined)
    return {
      message: `${firstSegment(shown)} is an ordinary name that nothing continues, so it leads nowhere`,
      suggestion: glued,
    };
  const [mark, kind, ...rest] = path;
  if (mark === '$' && typeof kind === 'string') return lintBuiltIn(kind, rest);
  if (mark === '#' && namers) return lintConfigured(path.slice(1), namers);
  return undefined;
}

function lintBuiltIn(kind: string, rest: Prefix): PathComplaint | undefined {
  if (GLOBAL_NAMERS.includes(kind)) return undefined;
  const meant = nearest(kind, GLOBAL_NAMERS);
  const suggestion = meant === undefined ? `one of ${GLOBAL_NAMERS.join(', ')}` : showPrefix(['$', meant, ...rest]);
  return { message: `there is no built-in namer ${kind}, so every name that comes here fails`, suggestion };
}

function lintConfigured(below: Prefix, namers: readonly string[]): PathComplaint | undefined {
  const shown = showPrefix(below);
  if (namers.some((prefix) => shown === prefix || shown.startsWith(`${prefix}/`) || prefix.startsWith(`${shown}/`)))
    return undefined;
  const first = showPath([String(below[0])]);
  const meant = nearest(first, namers) ?? namers.join(', ');
  return { message: `no namer is configured for /#${first}`, suggestion: meant === '' ? 'a namer under namers' : `/#${meant}` };
}

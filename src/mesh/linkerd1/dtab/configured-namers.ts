// Dtab room: namers that a configuration can name: rewrite, fs, and a stand-in for those whose directory can't be read here.

import type { Addr, Endpoint } from './delegate-tree.ts';
import type { Lookup, Namer } from './namer.ts';
import { NEG } from './namer.ts';
import { parsePath } from './parse.ts';
import { pathPattern, substitute } from './path-pattern.ts';
import type { Path } from './path.ts';
import { DtabSyntaxError } from './syntax-error.ts';

/** `io.l5d.rewrite`: reorders segments. What follows the matched segments is dropped, as recorded. */
export function rewriteNamer(prefix: Path, pattern: string, name: string): Namer {
  const compiled = pathPattern(pattern);
  return {
    prefix,
    lookup(path) {
      const captures = compiled.match(path);
      if (!captures) return NEG;
      const substituted = substitute(captures, name);
      if (substituted === undefined) return { kind: 'exception', message: `the name that ${name} makes is too long` };
      return readRewritten(substituted);
    },
  };
}

function readRewritten(text: string): Lookup {
  try {
    return { kind: 'rewrite', path: parsePath(text) };
  } catch (error) {
    if (error instanceof DtabSyntaxError) return { kind: 'exception', message: error.original };
    throw error;
  }
}

/** A directory of the fs namer: names to file contents or further directories. */
export type FsDirectory = ReadonlyMap<string, string | FsDirectory>;

/** `io.l5d.fs`: one file a name, one `host port` a line. Names are taken as they are (recorded: no lower-casing). */
export function fsNamer(prefix: Path, root: FsDirectory): Namer {
  return { prefix, lookup: (path) => lookupFile(prefix, path, root) };
}

function lookupFile(id: Path, path: Path, directory: FsDirectory): Lookup {
  const [name, ...rest] = path;
  const entry = name === undefined ? undefined : directory.get(name);
  if (name === undefined || entry === undefined) return NEG;
  if (typeof entry !== 'string') return lookupFile([...id, name], rest, entry);
  return { kind: 'bound', id: [...id, name], residual: rest, addr: readAddresses(entry) };
}

function readAddresses(text: string): Addr {
  const addrs: Endpoint[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const address = readAddress(line.split(/\s+/));
    if (!address) return { type: 'failed', cause: `malformed address: ${line.slice(0, 100)}` };
    addrs.push(address);
  }
  return { type: 'bound', addrs, meta: {} };
}

function readAddress(words: readonly string[]): Endpoint | undefined {
  const [ip, port, star, weight] = words;
  const number = Number(port);
  if (ip === undefined || !Number.isInteger(number) || number < 1 || number > 65_535) return undefined;
  if (words.length === 2) return { ip, port: number, meta: {} };
  const factor = Number(weight);
  if (words.length !== 4 || star !== '*' || Number.isNaN(factor)) return undefined;
  return { ip, port: number, meta: { endpoint_addr_weight: factor } };
}

/** Begins every message about a name that Linkerd 1 may well know, but that can't be looked up here. */
export const UNKNOWN_HERE = 'names can not be looked up here:';

/** A namer whose directory is not at hand (consul, marathon, zookeeper, fs without its directory): its names are unknown, not absent. */
export function unreadableNamer(prefix: Path, kind: string): Namer {
  return { prefix, lookup: () => ({ kind: 'exception', message: `${UNKNOWN_HERE} they are ${kind}'s` }) };
}

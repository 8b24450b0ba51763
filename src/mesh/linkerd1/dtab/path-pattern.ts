// Dtab room: patterns over paths with `*` and `{captures}`: the rewrite namer's pattern, and prefixes of service and client blocks.

import type { Path } from './path.ts';
import { showSegment } from './path.ts';

/** Captured segments by name. A Map, so that no name is special. */
export type Captures = ReadonlyMap<string, string>;

/** A pattern that was read once. */
export interface PathPattern {
  /** The captures when the path begins with this pattern; more segments may follow. */
  match(path: Path): Captures | undefined;
}

/** A substitution that would grow beyond this is refused. Characters. */
export const MAX_SUBSTITUTED = 32_768;

/** Literals with a capture between each two of them. */
interface SegmentPattern {
  readonly literals: readonly string[];
  readonly names: readonly string[];
}

const NOTHING: Captures = new Map();

/** Reads a pattern such as `/{port}/{ns}/{svc}` or `/#/io.l5d.fs/*`. A leading slash may be missing. */
export function pathPattern(text: string): PathPattern {
  const patterns = text
    .split('/')
    .filter((part) => part !== '')
    .map(segmentPattern);
  return {
    match(path) {
      if (path.length < patterns.length) return undefined;
      const captured = new Map<string, string>();
      for (const [i, pattern] of patterns.entries()) {
        const found = matchSegment(pattern, showSegment(path[i] ?? ''));
        if (!found) return undefined;
        for (const [name, value] of found) captured.set(name, value);
      }
      return captured;
    },
  };
}

function segmentPattern(part: string): SegmentPattern | 'any' {
  if (part === '*') return 'any';
  return { literals: part.split(/\{[^{}]+\}/), names: [...part.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '') };
}

function matchSegment(pattern: SegmentPattern | 'any', segment: string): Captures | undefined {
  if (pattern === 'any') return NOTHING;
  const [head = '', ...others] = pattern.literals;
  const tail = others.pop();
  if (tail === undefined) return segment === head ? NOTHING : undefined;
  if (!segment.startsWith(head) || !segment.endsWith(tail)) return undefined;
  const inner = capture(segment, { from: head.length, to: segment.length - tail.length }, others);
  return inner && new Map(pattern.names.flatMap((name, i) => zip(name, inner[i])));
}

/** Captures are greedy, the first one first; found from the end, so that no segment takes more than one pass. */
function capture(
  segment: string,
  range: { from: number; to: number },
  literals: readonly string[],
): readonly string[] | undefined {
  const values: string[] = [];
  let end = range.to;
  for (const literal of literals.toReversed()) {
    const at = end < literal.length ? -1 : segment.lastIndexOf(literal, end - literal.length);
    if (at < range.from) return undefined;
    values.unshift(segment.slice(at + literal.length, end));
    end = at;
  }
  return end < range.from ? undefined : [segment.slice(range.from, end), ...values];
}

function zip(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

/**
 * Puts captures into a template such as `/k8s/{ns}/{port}/{svc}`; unknown names stay as they are.
 * @returns undefined when the result would be longer than MAX_SUBSTITUTED
 */
export function substitute(captures: Captures, template: string): string | undefined {
  let result = template;
  for (const [name, value] of captures) {
    const pieces = result.split(`{${name}}`);
    if (result.length + (pieces.length - 1) * value.length > MAX_SUBSTITUTED) return undefined;
    result = pieces.join(value);
  }
  return result;
}

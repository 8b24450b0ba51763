// Config room: single values: what Linkerd 1 takes for a number, a text, a port or a path. Pure.

import { parsePath } from '../dtab/parse.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';
import type { Severity } from './finding.ts';
import { shorten } from './finding.ts';
import type { Schema } from './schema.ts';

/** The value, or what is wrong with it. */
export type ScalarReading =
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly severity: Severity; readonly message: string; readonly suggestion: string };

/** Reads one value; numbers in quotes count as numbers, as in Linkerd 1, except for ports. */
export function readScalar(schema: Schema, value: unknown): ScalarReading {
  switch (schema.type) {
    case 'int':
    case 'number':
      return readNumber(schema, value);
    case 'port':
      return readPort(value);
    case 'bool':
      return readBool(value);
    case 'path':
      return readPath(String(value));
    default:
      return { ok: true, value: typeof value === 'string' ? value : String(value) };
  }
}

function readNumber(
  schema: { readonly type: 'int' | 'number'; readonly min?: number; readonly max?: number },
  value: unknown,
): ScalarReading {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (!Number.isFinite(number)) return wrong('refused', `${shorten(value)} is not a number`, 'a number without a unit');
  const { min = -Infinity, max = Infinity } = schema;
  if (number < min || number > max) return wrong('fails', `${number} is out of range`, range(min, max));
  return { ok: true, value: schema.type === 'int' ? Math.trunc(number) : number };
}

function range(min: number, max: number): string {
  return max === Infinity ? `${min} or more` : `a number from ${min} to ${max}`;
}

function readPort(value: unknown): ScalarReading {
  if (typeof value !== 'number')
    return wrong('refused', `a port is a number, not ${shorten(value)}`, 'the number without quotes');
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    return wrong('refused', `${value} is outside the valid range for ports`, 'a number from 1 to 65535');
  return { ok: true, value };
}

function readBool(value: unknown): ScalarReading {
  if (typeof value === 'boolean') return { ok: true, value };
  if (value === 'true' || value === 'false') return { ok: true, value: value === 'true' };
  return wrong('refused', `${shorten(value)} is neither true nor false`, 'true or false');
}

function readPath(text: string): ScalarReading {
  try {
    parsePath(text);
    return { ok: true, value: text };
  } catch (error) {
    if (!(error instanceof DtabSyntaxError)) throw error;
    const suggestion = text.startsWith('/') ? `${error.expected} at column ${error.column}` : `/${text}`;
    return wrong('refused', `${shorten(text)} is no path: ${error.expected} expected, ${error.found} found`, suggestion);
  }
}

function wrong(severity: Severity, message: string, suggestion: string): ScalarReading {
  return { ok: false, severity, message, suggestion };
}

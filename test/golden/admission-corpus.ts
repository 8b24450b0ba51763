// The corpus of pods that admission is held to: pods before and, written by hand, after. Reads files; judges nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Keys of an object. */
export interface CorpusMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A pod of the corpus. */
export interface CorpusPod {
  metadata?: CorpusMetadata;
  spec: Record<string, unknown>;
}

/** One pod, the namespace it is created in, and what comes of it. */
export interface CorpusCase {
  name: string;
  why: string;
  namespace: CorpusMetadata;
  pod: CorpusPod;
  expected: CorpusPod;
}

type Written = Omit<CorpusCase, 'name' | 'namespace'> & Partial<Pick<CorpusCase, 'namespace'>>;

const folder = join(import.meta.dirname, 'admission-corpus');

/** All cases, by the name of their file. */
export const corpus: readonly CorpusCase[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => {
    const { namespace = {}, ...rest } = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as Written;
    return { ...rest, namespace, name: file.replace('.yaml', '') };
  });

/** A pod as the API server would store it as to what is empty: no empty values, lists or maps. */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, field]) => [key, withoutEmpty(field)] as const)
    .filter(([, field]) => !isEmpty(field));
  return Object.fromEntries(kept) as T;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

// Kube room: bytes of a watch → frames. Chunks may end anywhere, inside a line or inside a character. Pure but for what it iterates.
import { fromStatusObject, fromUnreadable } from './classify.ts';
import type { CallSubject } from './classify.ts';
import type { WatchFrame } from './client.ts';
import type { KubeObject } from './object.ts';

const NEWLINE = 0x0a;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Far above what the server stores in one object (about 1.5 MB); a longer line is no line of a watch. */
const LINE_LIMIT_BYTES = 32 * 1024 * 1024;

/** Non-empty lines as text. A last line without its newline was cut off and is dropped. Throws `KubeError` 'protocol' over the limit. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, subject: CallSubject): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      const line = textOf(parts).trim();
      parts = [];
      held = 0;
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > LINE_LIMIT_BYTES) throw fromUnreadable(`a line of the watch exceeds ${LINE_LIMIT_BYTES} bytes`, subject);
  }
}

/** One line of a watch. Never throws: what is not understood is a MALFORMED frame. */
export function parseFrame(line: string, subject: CallSubject): WatchFrame {
  try {
    return frameOf(JSON.parse(line) as RawFrame, subject);
  } catch {
    return { type: 'MALFORMED', message: `not a frame (${line.length} characters)` };
  }
}

/** Why `value` is no Kubernetes object, or undefined when it is one. */
export function objectDefect(value: unknown): string | undefined {
  const metadata = (value as Partial<KubeObject> | null | undefined)?.metadata as
    Partial<KubeObject['metadata']> | null | undefined;
  if (typeof metadata?.name !== 'string') return 'metadata.name is missing';
  return typeof metadata.uid === 'string' ? undefined : 'metadata.uid is missing';
}

interface RawFrame {
  readonly type?: unknown;
  readonly object?: unknown;
}

function frameOf(raw: RawFrame, subject: CallSubject): WatchFrame {
  switch (raw.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const defect = objectDefect(raw.object);
      if (defect !== undefined) return { type: 'MALFORMED', message: `${raw.type}: ${defect}` };
      return { type: raw.type, object: raw.object as KubeObject };
    }
    case 'BOOKMARK': {
      const { metadata } = raw.object as { readonly metadata?: Partial<KubeObject['metadata']> };
      if (typeof metadata?.resourceVersion !== 'string')
        return { type: 'MALFORMED', message: 'BOOKMARK without a resourceVersion' };
      return {
        type: 'BOOKMARK',
        resourceVersion: metadata.resourceVersion,
        initialEventsEnd: metadata.annotations?.[INITIAL_EVENTS_END] === 'true',
      };
    }
    case 'ERROR':
      return { type: 'ERROR', error: fromStatusObject(raw.object, subject) };
    default:
      return { type: 'MALFORMED', message: 'unknown frame type' };
  }
}

/** Bytes that arrived in parts, as text; only the whole is sure to end with a character. */
export function textOf(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  const bytes =
    parts.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(parts);
  return bytes.toString('utf8');
}

// One question to a pod (GET, or POST of JSON): bounded in time and size, connections kept only from one question to the next. It knows no mesh.

import { StringDecoder } from 'node:string_decoder';
import { Agent, request } from 'undici';
import type { AskLimits } from '../mesh/names.ts';
import type { HttpGet } from './readings.ts';

/** Asks URLs of pods. Rejects with a sentence after the deadline, on a broken answer, and beyond the limit in bytes. */
export function createHttpGet(): HttpGet {
  const dispatcher = new Agent({ connections: 2, keepAliveTimeout: 500, keepAliveMaxTimeout: 500 });
  return async (url, { timeoutMs, maximumBytes, json, lines }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const posted =
      json === undefined ? {} : { method: 'POST' as const, body: json, headers: { 'content-type': 'application/json' } };
    const answer = await request(url, { dispatcher, signal, ...posted }).catch((error: unknown) => {
      throw sentence(error, timeoutMs, signal);
    });
    try {
      const chunks = bounded(answer.body as AsyncIterable<Buffer>, maximumBytes);
      return { status: answer.statusCode, body: await (lines === undefined ? textOf(chunks) : linesOf(chunks, lines)) };
    } catch (error) {
      throw sentence(error, timeoutMs, signal);
    }
  };
}

// Into one buffer: a body that comes byte by byte would otherwise take a hundred times its length.
async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = Buffer.allocUnsafe(16 * 1024);
  let size = 0;
  for await (const chunk of chunks) {
    if (size + chunk.length > text.length) {
      const larger = Buffer.allocUnsafe(Math.max(size + chunk.length, text.length * 2));
      text.copy(larger, 0, 0, size);
      text = larger;
    }
    chunk.copy(text, size);
    size += chunk.length;
  }
  return text.toString('utf8', 0, size);
}

// Of a long answer only what is wanted stays in memory.
async function linesOf(chunks: AsyncIterable<Buffer>, { keep, maximumBytes }: NonNullable<AskLimits['lines']>): Promise<string> {
  const decoder = new StringDecoder('utf8');
  const kept: string[] = [];
  let size = 0;
  let rest = '';
  for await (const chunk of chunks) {
    // What came before is looked at once, at the end of its line: an answer may come byte by byte.
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    const found = [rest + first, ...others];
    rest = found.pop() ?? '';
    for (const line of found.filter(keep)) {
      kept.push(line, '\n');
      size += line.length + 1;
    }
    if (size + rest.length > maximumBytes) throw new Error(`what is wanted of its answer is longer than ${maximumBytes} bytes`);
  }
  return kept.join('') + rest;
}

async function* bounded(body: AsyncIterable<Buffer>, maximumBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maximumBytes) throw new Error(`its answer is longer than ${maximumBytes} bytes`);
    yield chunk;
  }
}

function sentence(error: unknown, timeoutMs: number, signal: AbortSignal): Error {
  if (signal.aborted) return new Error(`no whole answer within ${timeoutMs / 1000} s`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new Error(code === '' && error instanceof Error ? error.message : code, { cause: error });
}

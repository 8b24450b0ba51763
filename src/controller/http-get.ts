// One question to a pod (GET, or POST of JSON): bounded in time and size, connections kept only from one question to the next. It knows no mesh.

import { Agent, request } from 'undici';
import type { HttpGet } from './readings.ts';

/** Asks URLs of pods. Rejects with a sentence after the deadline, on a broken answer, and beyond the limit in bytes. */
export function createHttpGet(): HttpGet {
  const dispatcher = new Agent({ connections: 2, keepAliveTimeout: 500, keepAliveMaxTimeout: 500 });
  return async (url, { timeoutMs, maximumBytes, json }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const posted =
      json === undefined ? {} : { method: 'POST' as const, body: json, headers: { 'content-type': 'application/json' } };
    const answer = await request(url, { dispatcher, signal, ...posted }).catch((error: unknown) => {
      throw sentence(error, timeoutMs, signal);
    });
    try {
      return { status: answer.statusCode, body: await textOf(answer.body as AsyncIterable<Buffer>, maximumBytes) };
    } catch (error) {
      throw sentence(error, timeoutMs, signal);
    }
  };
}

// Into one buffer: a body that comes byte by byte would otherwise take a hundred times its length.
async function textOf(body: AsyncIterable<Buffer>, maximumBytes: number): Promise<string> {
  let text = Buffer.allocUnsafe(16 * 1024);
  let size = 0;
  for await (const chunk of body) {
    if (size + chunk.length > maximumBytes) throw new Error(`its answer is longer than ${maximumBytes} bytes`);
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

function sentence(error: unknown, timeoutMs: number, signal: AbortSignal): Error {
  if (signal.aborted) return new Error(`no whole answer within ${timeoutMs / 1000} s`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new Error(code === '' && error instanceof Error ? error.message : code, { cause: error });
}

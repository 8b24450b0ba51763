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
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > maximumBytes) throw new Error(`its answer is longer than ${maximumBytes} bytes`);
        chunks.push(chunk);
      }
    } catch (error) {
      throw sentence(error, timeoutMs, signal);
    }
    return { status: answer.statusCode, body: Buffer.concat(chunks).toString('utf8') };
  };
}

function sentence(error: unknown, timeoutMs: number, signal: AbortSignal): Error {
  if (signal.aborted) return new Error(`no whole answer within ${timeoutMs / 1000} s`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new Error(code === '' && error instanceof Error ? error.message : code, { cause: error });
}

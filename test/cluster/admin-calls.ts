// The few API calls that bring a cluster up, as its administrator. Tests use the client under test or kubectl instead.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { Server } from './kubeconfig.ts';

/** A JSON value as the API answers it; read with care. */
export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** Calls of one administrator over kept connections. */
export interface AdminCalls {
  /** Sends one request; resolves with status 0 where nothing answers. */
  readonly call: (method: string, path: string, body?: Json) => Promise<{ readonly status: number; readonly body: Json }>;
  /** Closes the connections. */
  readonly close: () => void;
}

const TIMEOUT_MILLISECONDS = 5000;

/** Opens calls with a client certificate. */
export async function adminCalls(server: Server, certificateFile: string, keyFile: string): Promise<AdminCalls> {
  const [ca, cert, key] = await Promise.all([server.caFile, certificateFile, keyFile].map((file) => readFile(file)));
  const agent = new Agent({ keepAlive: true, ca, cert, key });
  return {
    call: async (method, path, body) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      return await new Promise((resolve) => {
        const nobody = (): void => resolve({ status: 0, body: null });
        const headers =
          text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
        const sent = request(`${server.server}${path}`, { method, agent, headers, timeout: TIMEOUT_MILLISECONDS }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', nobody);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }));
        });
        sent.on('error', nobody);
        sent.on('timeout', () => sent.destroy(new Error('timeout')));
        sent.end(text);
      });
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

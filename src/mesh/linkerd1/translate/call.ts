// Translate room: one call as an application makes it: from where, to which host and port. Pure.

import { parsePath } from '../dtab/parse.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';

/** A name that is called. */
export interface Call {
  readonly callerNamespace: string;
  readonly host: string;
  /** 80 when none is written. */
  readonly port: number;
  /** Whether the port is written: Linkerd 1 sees it as part of the name. */
  readonly portWritten: boolean;
  /** Beginning of the path, where it is known and matters (path identifier). */
  readonly path?: string;
  /** Linkerd 1's counters show answers for it: a conclusion that it can't work is then wrong. */
  readonly seenAnswering?: boolean;
}

/** Why a text is no call. */
export interface NoCall {
  readonly error: string;
}

/**
 * Reads what stands in a Host header or an http URL: `hello`, `hello.shop:8080`, `http://hello/path`.
 * @returns an error with the text and the fix
 */
export function readCall(callerNamespace: string, text: string): Call | NoCall {
  const found = /^(?:http:\/\/)?([^/:?#@\s]+)(?::(\d{1,5}))?(\/[^?#\s]*)?(?:[?#]\S*)?$/i.exec(text);
  const [, host, digits, path] = found ?? [];
  const port = digits === undefined ? 80 : Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    return { error: `${JSON.stringify(text.slice(0, 80))} is no host with an optional port; write host or host:port` };
  return {
    callerNamespace,
    host,
    port,
    portWritten: digits !== undefined,
    ...(path === undefined || path === '/' ? {} : { path }),
  };
}

/** The Host header of a call. */
export function hostHeader(call: Call): string {
  return call.portWritten ? `${call.host}:${call.port}` : call.host;
}

/** A logical name of Linkerd 1's counters (`svc/hello:8080`) as a call, when its router names calls by their Host header. */
export function readCounterName(callerNamespace: string, dstPrefix: string, counter: string): Call | NoCall {
  try {
    const prefix = parsePath(dstPrefix);
    const name = parsePath(`/${counter}`);
    const host = name[prefix.length];
    if (name.length !== prefix.length + 1 || host === undefined)
      return { error: `${counter.slice(0, 80)} is not ${dstPrefix} and one host` };
    return readCall(callerNamespace, host);
  } catch (error) {
    if (error instanceof DtabSyntaxError) return { error: `${counter.slice(0, 80)}: ${error.message}` };
    throw error;
  }
}

// Linkerd 1 room: addresses of Linkerd 1 in any text (a value, an argument, a file). Says what was seen and on which
// port, not who can take it away. Pure.

import { servicePattern } from './transform.ts';

/** An address of Linkerd 1 in a text. */
export interface FoundAddress {
  kind: 'Address' | 'JvmFlag';
  /** The text as found. */
  text: string;
  port: number;
}

/** What makes an address Linkerd 1's. */
export interface AddressContext {
  /** Variables that hold the node's address. */
  nodeVariables: readonly string[];
  /** Ports of Linkerd 1. */
  ports: readonly number[];
  /** A Linkerd 1 proxy runs in the pod itself. */
  sidecar: boolean;
}

// Texts beyond this are searched in part: no command line that people write is longer.
const longest = 65_536;

/** All addresses of Linkerd 1 in a text. */
export function findAddresses(text: string, context: AddressContext): FoundAddress[] {
  const searched = text.slice(0, longest);
  if (!mayHoldOne(searched, context)) return [];
  return [
    ...byVariable(searched, context),
    ...byScript(searched, context),
    ...byService(searched, context),
    ...byLoopback(searched, context),
    ...byAssignment(searched, context),
    ...byJvmFlag(searched, context),
  ];
}

// Pods have a hundred texts each, and nearly none of them names a port of Linkerd 1; only a JVM's flags may leave it out.
function mayHoldOne(text: string, { ports }: AddressContext): boolean {
  return ports.some((port) => text.includes(String(port))) || text.includes('.proxyHost=');
}

// $(NODE_NAME):4140 as the kubelet expands it, $NODE_NAME:4140 and ${NODE_NAME}:4140 as a shell does.
function byVariable(text: string, context: AddressContext): FoundAddress[] {
  const names = context.nodeVariables;
  return matches(text, /\$(?:\((\w{1,64})\)|\{(\w{1,64})\}|(\w{1,64})):(\d{1,5})\b/g).flatMap((m) =>
    names.includes(m[1] ?? m[2] ?? m[3] ?? '') ? found('Address', m[0], m[4], context) : [],
  );
}

// `hostIP.sh`:4140, as the older examples ask for the node's address.
function byScript(text: string, context: AddressContext): FoundAddress[] {
  return matches(text, /(?:`[^`]{0,99}hostIP[^`]{0,99}`|\$\([^)]{0,99}hostIP[^)]{0,99}\)):(\d{1,5})\b/g).flatMap((m) =>
    found('Address', m[0], m[1], context),
  );
}

function byService(text: string, context: AddressContext): FoundAddress[] {
  const pattern = new RegExp(`(?<![\\w.-])(?:${servicePattern}):(\\d{1,5})\\b`, 'g');
  return matches(text, pattern).flatMap((m) => found('Address', m[0], m.at(-1), context));
}

function byLoopback(text: string, context: AddressContext): FoundAddress[] {
  if (!context.sidecar) return [];
  return matches(text, /(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})\b/g).flatMap((m) =>
    found('Address', m[0], m[1], context),
  );
}

// A shell that sets the proxy for one command, whatever the host is spelt like.
function byAssignment(text: string, context: AddressContext): FoundAddress[] {
  return matches(text, /(?<![\w-])(?:https?|all|grpc)_proxy=[^\s;|&]{0,199}:(\d{1,5})\/?(?=$|[\s;|&"'])/gi).flatMap((m) =>
    found('Address', m[0], m[1], context),
  );
}

function byJvmFlag(text: string, context: AddressContext): FoundAddress[] {
  return matches(text, /-Dhttps?\.proxyHost=([^\s"']{1,253})/g).flatMap((m) => {
    const port = /-Dhttps?\.proxyPort=(\d{1,5})\b/.exec(text)?.[1] ?? '80';
    return found('JvmFlag', m[0], port, context);
  });
}

function found(kind: FoundAddress['kind'], text: string, digits: string | undefined, context: AddressContext): FoundAddress[] {
  const port = Number(digits);
  return context.ports.includes(port) ? [{ kind, text: text.slice(0, 120), port }] : [];
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(pattern)];
}

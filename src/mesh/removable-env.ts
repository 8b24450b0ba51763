// Which variables of a container a PodTransform takes away. The one place that decides it for whoever detects and for
// the webhook; the policies say the same in their own language, held together by a golden corpus. Pure.

import type { EnvMatch } from '../core/transform.ts';
import type { Container, EnvVar } from './adapter.ts';
import { commandLineOf, fieldPathOf } from './pod-parts.ts';
import type { Env } from './pod-parts.ts';

/** What is taken from one container. */
export interface RemovableEnv {
  /** Indexes in `env` of what matches by name and value. */
  matched: readonly number[];
  /** Indexes in `env` of what is `$(NAME)` of a matched one and nothing else. */
  dependent: readonly number[];
  /** Where else a variable that would go is referred to. Not empty: nothing is taken from this container. */
  blockedBy: readonly string[];
}

const nothing: RemovableEnv = { matched: [], dependent: [], blockedBy: [] };

/**
 * Finds what a transform takes from a container's variables.
 * @param env its variables
 * @param ports the proxy's ports for each match; its own when absent
 */
export function removableEnv(
  container: Container,
  env: Env,
  matches: readonly EnvMatch[],
  ports: (match: EnvMatch) => readonly string[],
): RemovableEnv {
  const matched = env.filter(({ variable }) => matches.some((match) => isMatch(variable, env, match, ports(match))));
  if (matched.length === 0) return nothing;
  const references = new Set(matched.map(({ variable }) => `$(${variable.name})`));
  const dependent = env.filter((entry) => !matched.includes(entry) && references.has(entry.variable.value ?? ''));
  const gone = [...matched, ...dependent];
  const goneReferences = gone.map(({ variable }) => `$(${variable.name})`);
  const mentions = (text: string): boolean => goneReferences.some((reference) => text.includes(reference));
  const blockedBy = [
    ...env.filter((entry) => !gone.includes(entry) && mentions(entry.variable.value ?? '')).map((e) => `env[${e.variable.name}]`),
    ...commandLineOf(container)
      .filter(({ text }) => mentions(text))
      .map(({ place }) => place),
  ];
  return { matched: matched.map((e) => e.index), dependent: dependent.map((e) => e.index), blockedBy };
}

/** Ports named in a comma-separated text, or those of the match when the text is absent; what is no port is passed over. */
export function portsOf(match: EnvMatch, text: string | undefined): readonly string[] {
  const listed = text === undefined ? match.ports.map(String) : text.split(',').map((port) => port.trim());
  return listed.filter((port) => /^[0-9]{1,5}$/.test(port));
}

function isMatch(variable: EnvVar, env: Env, match: EnvMatch, ports: readonly string[]): boolean {
  const { value } = variable;
  if (value === undefined || !match.names.includes(variable.name)) return false;
  const hosts = env.filter((e) => match.hostFieldPaths.includes(fieldPathOf(e.variable))).map((e) => `$(${e.variable.name})`);
  return ports.some((port) => {
    const literal = new RegExp(addressPattern(match, port));
    const byField = ['', ...match.schemes].flatMap((scheme) => hosts.map((host) => `${scheme}${host}:${port}`));
    return literal.test(value) || byField.includes(value) || (value.endsWith('/') && byField.includes(value.slice(0, -1)));
  });
}

/** What a literal address must match from start to end, for one port; syntax that RE2 and JavaScript share. */
export function addressPattern(match: EnvMatch, port: string): string {
  const schemes = match.schemes.map(escapeRegExp).join('|');
  return `^(${schemes})?(${match.hostPattern}):${port}/?$`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

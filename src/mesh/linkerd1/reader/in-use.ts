// Reader room: the calls that callers of a namespace make, as far as counters of all l5d pods and the callers' own templates tell.
// Counters know no caller: what they show may be called from everywhere. Pure.

import type { Caller, NamesQuestion } from '../../names.ts';
import type { Container } from '../../adapter.ts';
import { commandLineOf, containersOf, envFromOf, envOf, referenceOf, textAt } from '../../pod-parts.ts';
import type { RouterConfig } from '../config/model.ts';
import type { Call } from '../translate/call.ts';
import { hostHeader, readCall, readCounterName } from '../translate/call.ts';
import { isProxyName } from '../transform.ts';
import { byImportance } from './counters.ts';
import type { NameCounters } from './counters.ts';

/** A call and where it was seen. */
export interface SeenCall {
  readonly call: Call;
  readonly evidence: readonly string[];
  /** Names of its counters. */
  readonly counters?: readonly string[];
}

/** Calls, and how many names were left out. */
export interface CallsInUse {
  readonly calls: readonly SeenCall[];
  readonly leftOut: number;
  /** Of these, names that lead somewhere and were answered. */
  readonly answeredLeftOut: number;
}

/** More calls than these are left out: those that lead nowhere first, then those that were never answered, then those with the fewest requests. */
export const MAX_CALLS = 1_000;

/** Everything that may be called. */
export function callsInUse(
  namespace: string,
  router: RouterConfig,
  seen: {
    readonly counters: ReadonlyMap<string, NameCounters>;
    readonly callers: readonly Caller[];
    readonly resolve?: NamesQuestion['resolve'];
  },
  leads: (call: Call) => boolean,
): CallsInUse {
  const byPath = router.identifiers.some(({ kind }) => kind === 'io.l5d.path');
  const byTemplates = seen.callers
    .flatMap((caller) => callsOf(caller, namespace, seen.resolve))
    .map((found) => (byPath ? found : pathless(found)));
  const counted = [...seen.counters].filter(([, { requests }]) => requests > 0).toSorted(([, a], [, b]) => byImportance(a, b));
  const byCounters = counted.flatMap(([name, counters]) => fromCounter(namespace, router, name, counters));
  const all = merged([...byTemplates, ...byCounters]);
  if (all.length <= MAX_CALLS) return { calls: all, leftOut: 0, answeredLeftOut: 0 };
  const looked = all.slice(0, MAX_LOOKED);
  const unlooked = all.slice(MAX_LOOKED).filter(isAnswered).length;
  const leading = looked.filter(({ call, evidence }) => byTemplate(evidence) || leads(call));
  const left = leading.slice(MAX_CALLS);
  const calls = leading.slice(0, MAX_CALLS);
  return { calls, leftOut: all.length - calls.length, answeredLeftOut: left.filter(isAnswered).length + unlooked };
}

/** So many names are tried for whether they lead anywhere. */
const MAX_LOOKED = 5_000;

function byTemplate(evidence: readonly string[]): boolean {
  return evidence.some((text) => text.startsWith('written in '));
}

function isAnswered({ call }: SeenCall): boolean {
  return call.seenAnswering === true;
}

/** One for each name, with all that was seen of it. */
function merged(seen: readonly SeenCall[]): readonly SeenCall[] {
  const byName = new Map<string, SeenCall>();
  for (const one of seen) {
    const key = `${hostHeader(one.call)}${one.call.path ?? ''}`;
    const known = byName.get(key);
    byName.set(key, known === undefined ? one : together(known, one));
  }
  return [...byName.values()];
}

function together(a: SeenCall, b: SeenCall): SeenCall {
  return {
    call: { ...a.call, ...b.call },
    evidence: [...a.evidence, ...b.evidence],
    counters: [...(a.counters ?? []), ...(b.counters ?? [])],
  };
}

function pathless({ call, evidence }: SeenCall): SeenCall {
  const { path: _unused, ...rest } = call;
  return { call: rest, evidence };
}

function fromCounter(namespace: string, router: RouterConfig, name: string, { requests, success }: NameCounters): SeenCall[] {
  const [, , method, ...host] = name.split('/');
  const byMethod = router.identifiers[0]?.kind === 'io.l5d.methodAndHost' && method !== undefined && host.length === 1;
  const call = byMethod ? readCall(namespace, host.join('/')) : readCounterName(namespace, router.dstPrefix, name);
  if ('error' in call) return [];
  return [
    {
      call: { ...call, ...(success > 0 && { seenAnswering: true }) },
      evidence: [`${requests} requests counted as ${name}`],
      counters: [name],
    },
  ];
}

function callsOf({ kind, name, template }: Caller, namespace: string, resolve: NamesQuestion['resolve']): SeenCall[] {
  return containersOf(template).flatMap(({ container, list, name: called }) => {
    const where = `${kind}/${name} spec.${list}[${called}]`;
    const variables = valuesOf(container, resolve);
    const direct = variables.flatMap((variable) => (/^no_proxy$/i.test(variable.name) ? variable.value.split(',') : []));
    const env = variables.flatMap((variable) =>
      isProxyName(variable.name) || /^no_proxy$/i.test(variable.name)
        ? []
        : hostsIn(variable.value).map((text) => ({ text, place: `${where}.${variable.place}` })),
    );
    const words = commandLineOf(container).flatMap(({ place, text }) =>
      hostsIn(text).map((found) => ({ text: found, place: `${where}.${place}` })),
    );
    return [...env, ...words].flatMap(({ text, place }) => {
      const call = readCall(namespace, text);
      return 'error' in call || passesBy(call.host, direct) ? [] : [{ call, evidence: [`written in ${place}`] }];
    });
  });
}

interface Value {
  readonly name: string;
  readonly value: string;
  readonly place: string;
}

/** Variables with the values that can be seen, those of ConfigMaps and Secrets among them where they were read. */
function valuesOf(container: Container, resolve: NamesQuestion['resolve']): Value[] {
  const own = envOf(container).flatMap(({ variable }): Value[] => {
    const reference = referenceOf(variable);
    const value = variable.value ?? (reference && textAt(resolve?.(reference.kind, reference.name), reference.key));
    return value === undefined ? [] : [{ name: variable.name, value, place: `env[${variable.name}]` }];
  });
  const hidden = new Set(envOf(container).map(({ variable }) => variable.name));
  const whole = envFromOf(container).flatMap((source) =>
    Object.entries(resolve?.(source.kind, source.name) ?? {}).map(([key, value]) => ({
      name: source.prefix + key,
      value,
      place: `envFrom[${source.name}] (${source.prefix}${key})`,
    })),
  );
  return [...own, ...whole.filter(({ name }) => !hidden.has(name))];
}

/** `http://host[:port][/path]`, and `host:port` where it stands alone. */
function hostsIn(text: string): string[] {
  const searched = text.slice(0, 65_536);
  const urls = [...searched.matchAll(/\bhttp:\/\/[a-z0-9][a-z0-9._-]{0,252}(?::\d{1,5})?(?:\/[^\s"'?#]{0,200})?/gi)].map(
    (m) => m[0],
  );
  const alone = /^(?=[^:]*[a-z])[a-z0-9][a-z0-9.-]{0,252}:\d{1,5}$/i.exec(searched.trim());
  return alone === null ? urls : [...urls, alone[0]];
}

/** Hosts that no_proxy names were never called through Linkerd 1. */
function passesBy(host: string, direct: readonly string[]): boolean {
  const name = host.toLowerCase();
  return direct.some((entry) => {
    const bare = entry
      .trim()
      .toLowerCase()
      .replace(/^\*?\.?/, '')
      .replace(/:\d+$/, '');
    return entry.trim() === '*' || (bare !== '' && (name === bare || name.endsWith(`.${bare}`)));
  });
}

// Linkerd 1 room: variables of a container that lead to Linkerd 1, with who can take them away. Pure.

import type { MeshUse } from '../../core/observation.ts';
import type { EnvVar } from '../adapter.ts';
import { referenceOf } from '../pod-parts.ts';
import { findAddresses } from './addresses.ts';
import type { Place } from './place.ts';
import { referenceUse } from './reference-uses.ts';
import { isProxyName, proxyVariables } from './transform.ts';

/** Uses in `env` of one container. */
export function envUses(place: Place): MeshUse[] {
  const { env, removable } = place;
  const taken = new Set([...removable.matched, ...removable.dependent]);
  return env.flatMap(({ index, variable }) => {
    const where = `${place.path}.env[${variable.name}]`;
    if (taken.has(index)) return [takenUse(where, place, removable.blockedBy)];
    if (referenceOf(variable) !== undefined) return referenceUse(where, variable, place);
    return valueUses(where, variable, place);
  });
}

function takenUse(where: string, place: Place, blockedBy: readonly string[]): MeshUse {
  if (blockedBy.length === 0) return { kind: 'Env', place: where, removedBy: 'admission' };
  const blockers = blockedBy.map((blocker) => `${place.path}.${blocker}`).join(' and ');
  return { kind: 'Env', place: where, removedBy: 'person', remedy: `take the reference to it out of ${blockers}` };
}

function valueUses(where: string, variable: EnvVar, place: Place): MeshUse[] {
  const value = expand(variable.value ?? '', place);
  const [first] = findAddresses(value, place.addresses);
  const isProxy = isProxyName(variable.name);
  if (first !== undefined) {
    const kind = first.kind === 'JvmFlag' ? 'JvmFlag' : 'Env';
    return [{ kind, place: where, removedBy: 'person', remedy: remedyOf(where, value, first.port, place) }];
  }
  return isProxy ? doubtfulProxy(where, value, place) : [];
}

/** A proxy is set, and whether it is Linkerd 1 can't be seen. */
function doubtfulProxy(where: string, value: string, place: Place): MeshUse[] {
  const port = /:(\d{1,5})\/?$/.exec(value)?.[1];
  const hidden = value.includes('$(');
  if (!hidden && (port === undefined || !place.addresses.ports.includes(Number(port)))) return [];
  return [
    {
      kind: 'Env',
      place: where,
      removedBy: 'unknown',
      remedy: `if ${JSON.stringify(value)} is Linkerd 1, write it as $(NODE_NAME):PORT or l5d.NAMESPACE.svc:PORT or remove it; if not, write the address on another port or out in full`,
    },
  ];
}

function remedyOf(where: string, value: string, port: number, place: Place): string {
  if (!place.proxyPorts.includes(String(port)) && isProxyPlace(where))
    return `add ${port} to spec.source.linkerd1.proxyPorts, or remove ${where}`;
  return `take Linkerd 1's address out of ${where} (${JSON.stringify(value.slice(0, 120))}) and call the Service directly`;
}

const isProxyPlace = (where: string): boolean => proxyVariables.some((name) => where.endsWith(`.env[${name}]`));

// References to variables with a plain value are written out once; $(NODE_NAME) and what comes from elsewhere stay.
function expand(value: string, place: Place): string {
  // Proxies have a hundred variables, and few refer to others.
  if (!value.includes('$(')) return value;
  const plain = new Map(place.env.map(({ variable }) => [variable.name, variable.value]));
  return value.replace(/\$\((\w{1,64})\)/g, (reference, name: string) => plain.get(name) ?? reference);
}

// Translate room: where a Service must stand so that DNS answers a name that it does not know yet.

import type { Call } from './call.ts';
import { resolve } from './dns.ts';
import type { Judged } from './judged.ts';
import { blocked, taken } from './judged.ts';
import type { ServiceRef } from './verdict.ts';
import type { NamingWorld } from './world.ts';

const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The place, or why there is none. */
export type AliasPlace = { readonly ok: true; readonly at: ServiceRef } | { readonly ok: false; readonly judged: Judged };

/**
 * The place of an alias for the host of a call, if DNS has no answer for it.
 * @param leadsTo as in a sentence: where Linkerd 1 leads the call
 */
export function aliasPlace(world: NamingWorld, call: Call, leadsTo: string): AliasPlace {
  const at = placeOf(world, call);
  if (!at) {
    const why = `Linkerd 1 leads ${call.host} to ${leadsTo}, and no Service can make DNS answer to that name`;
    return {
      ok: false,
      judged: blocked('NotAServiceName', why, `let the application call ${leadsTo.split(' ')[0] ?? leadsTo} by its Service name`),
    };
  }
  if (world.dns.cluster.service(at.namespace, at.name)) return { ok: false, judged: taken(call, at, leadsTo) };
  const answer = resolve(world.dns, call.callerNamespace, call.host);
  if (answer.kind === 'service') return { ok: false, judged: taken(call, answer.service, leadsTo) };
  return { ok: true, at };
}

/** `x` → x in the caller's namespace; `x.ns`, `x.ns.svc`, `x.ns.svc.<domain>` → x in ns, when there is such a namespace. */
function placeOf(world: NamingWorld, call: Call): ServiceRef | undefined {
  const bare = call.host.toLowerCase().replace(/\.$/, '');
  const suffix = [`.svc.${world.dns.clusterDomain}`, '.svc'].find((end) => bare.endsWith(end)) ?? '';
  const labels = bare.slice(0, bare.length - suffix.length).split('.');
  const [name = '', namespace = call.callerNamespace] = labels;
  const wellFormed = labels.length <= 2 && SERVICE_NAME.test(name) && (suffix === '' || labels.length === 2);
  const known = namespace === call.callerNamespace || world.dns.cluster.hasNamespace(namespace);
  return wellFormed && known ? { namespace, name } : undefined;
}

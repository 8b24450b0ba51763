// Translate room: calls that go to one place: a Service's port, or a DNS name as Linkerd 1 resolves it.

import { clientPolicyOf } from '../config/policies.ts';
import type { ServiceFacts, ServicePort } from '../dtab/cluster-objects.ts';
import type { LeafNode } from '../dtab/delegate-tree.ts';
import { parsePath } from '../dtab/parse.ts';
import { aliasPlace } from './alias-place.ts';
import type { Call } from './call.ts';
import { hostHeader } from './call.ts';
import type { Resolution } from './dns.ts';
import { resolve } from './dns.ts';
import type { Judged } from './judged.ts';
import { blocked, show, taken, unroutable, works } from './judged.ts';
import { entryOf, podsBehind, readLeaf, sameTarget, tcpPort } from './leaf.ts';
import type { NamingWorld } from './world.ts';

/** Judges a call that goes to one leaf. */
export function judgeLeaf(world: NamingWorld, call: Call, leaf: LeafNode): Judged {
  const place = readLeaf(leaf.bound.id, world.config, world.l5dNamespace);
  switch (place.kind) {
    case 'service': {
      const target = findTarget(world, place);
      return 'missing' in target ? target.missing : judgeTarget(world, call, target);
    }
    case 'dns':
      return leaf.bound.addr.type === 'failed'
        ? unroutable(leaf.bound.addr.cause)
        : judgeDns(world, call, { ...place, id: leaf.bound.id });
    case 'loadBalancer':
      return blocked(
        'LoadBalancerAddress',
        `Linkerd 1 leads ${hostHeader(call)} to a load balancer's address (${leaf.bound.id})`,
        'call the Service inside the cluster, or the load balancer by its host name',
      );
    case 'other':
      return blocked(
        'UnsupportedNamer',
        `Linkerd 1 binds ${hostHeader(call)} by ${place.namer} to ${leaf.bound.id}, which Linkerd 2 does not know`,
        'make a Service (with an EndpointSlice, or ExternalName) that leads to the same addresses',
      );
  }
}

/** A Service's port. */
export interface Target {
  readonly service: ServiceFacts;
  readonly entry: ServicePort;
}

/** The Service's port behind a k8s name, or why there is none to call. */
export function findTarget(
  world: NamingWorld,
  place: { readonly namespace: string; readonly service: string; readonly port: string },
): Target | { readonly missing: Judged } {
  const service = world.dns.cluster.service(place.namespace, place.service);
  const entry = service && entryOf(service, place.port);
  if (service && entry) return { service, entry };
  const what = `${place.namespace}/${place.service}`;
  const message = service
    ? `Service ${what} has no port ${place.port}, only its endpoints have`
    : `there are endpoints ${what} but no Service of that name`;
  return { missing: blocked('NoService', message, `make a Service ${what} with a port named ${place.port}`) };
}

/** Judges a call that goes to one port of one Service. */
export function judgeTarget(world: NamingWorld, call: Call, target: Target): Judged {
  const answer = resolve(world.dns, call.callerNamespace, call.host);
  if (answer.kind === 'service') {
    if (show(answer.service) === show(target.service)) return judgeSameService(world, call, target);
    return leadsToSamePods(world, call, { answer: answer.service, target })
      ? works(`DNS leads to Service ${show(answer.service)}, whose pods are those of ${show(target.service)}`, answer.service)
      : taken(call, answer.service, `${show(target.service)} port ${target.entry.port}`);
  }
  return judgeAlias(world, call, target);
}

function judgeSameService(world: NamingWorld, call: Call, { service, entry }: Target): Judged {
  const cluster = world.dns.cluster;
  if (service.headless) return judgeHeadless(world, call, { service, entry });
  const called = tcpPort(service, call.port);
  if (!called) {
    return {
      verdict: 'needsPort',
      reason: 'PortNotDefined',
      message: `DNS leads to Service ${show(service)}, which has no port ${call.port}; Linkerd 1 calls port ${portName(entry)}`,
      parent: service,
      need: { kind: 'port', entry: { namespace: service.namespace, name: service.name, port: call.port, like: entry } },
    };
  }
  if (sameTarget(cluster, service, [called, entry]))
    return works(`DNS and Linkerd 1 lead to Service ${show(service)} port ${call.port}`, service);
  return {
    verdict: 'needsRoute',
    reason: 'OtherPortOfService',
    message: `port ${call.port} of Service ${show(service)} leads elsewhere; Linkerd 1 calls port ${portName(entry)}`,
    parent: service,
    need: {
      kind: 'route',
      parent: { namespace: service.namespace, name: service.name },
      callerNamespace: call.callerNamespace,
      port: call.port,
      rules: [{ backends: [{ namespace: service.namespace, name: service.name, port: entry.port, share: 1 }] }],
    },
  };
}

/** Without an address of its own a Service leads straight to its pods, so only their own port can be called. */
function judgeHeadless(world: NamingWorld, call: Call, { service, entry }: Target): Judged {
  const note = `Service ${show(service)} is headless: calls are neither balanced nor retried by Linkerd 2`;
  if (listensOn(world, { service, entry }, call.port))
    return works(`DNS leads to the pods of ${show(service)}, which listen on ${call.port}`, service, [note]);
  return blocked(
    'HeadlessPort',
    `Service ${show(service)} is headless, so ${hostHeader(call)} would reach its pods on port ${call.port}; Linkerd 1 calls ${portName(entry)}`,
    `recreate ${show(service)} with a cluster IP, or let the application call ${service.name}.${service.namespace}:${entry.targetPort}`,
  );
}

function listensOn(world: NamingWorld, { service, entry }: Target, port: number): boolean {
  const pods = podsBehind(world.dns.cluster, service, entry);
  return pods.length > 0 ? pods.every((pod) => pod.endsWith(`:${port}`)) : entry.targetPort === port;
}

function portName(entry: ServicePort): string {
  return entry.name === undefined ? String(entry.port) : `${entry.name} (${entry.port})`;
}

function leadsToSamePods(world: NamingWorld, call: Call, { answer, target }: { answer: ServiceFacts; target: Target }): boolean {
  const called = tcpPort(answer, call.port);
  if (!called || answer.headless) return false;
  const [here, there] = [
    podsBehind(world.dns.cluster, answer, called),
    podsBehind(world.dns.cluster, target.service, target.entry),
  ];
  return here.length > 0 && here.join() === there.join();
}

function judgeAlias(world: NamingWorld, call: Call, { service, entry }: Target): Judged {
  const leadsTo = `${show(service)} port ${entry.port}`;
  const found = aliasPlace(world, call, leadsTo);
  if (!found.ok) return found.judged;
  const { at } = found;
  if (
    service.headless &&
    !(at.namespace === service.namespace && service.selector) &&
    !listensOn(world, { service, entry }, call.port)
  ) {
    return blocked(
      'HeadlessBackend',
      `Linkerd 1 leads ${hostHeader(call)} to the headless Service ${show(service)}, and an alias in ${at.namespace} can not change the port`,
      `recreate ${show(service)} with a cluster IP`,
    );
  }
  const implied = at.name === service.name && !call.host.includes('.');
  return {
    verdict: 'needsAlias',
    reason: implied ? 'ImpliedNamespace' : 'OnlyDtabKnows',
    message: `Linkerd 1 leads ${hostHeader(call)} to ${leadsTo}; DNS knows no ${at.name} in ${at.namespace}`,
    need: { kind: 'alias', at, port: call.port, rules: [{ backends: [{ ...ref(service), port: entry.port, share: 1 }] }] },
  };
}

function ref({ namespace, name }: ServiceFacts): { namespace: string; name: string } {
  return { namespace, name };
}

interface DnsPlace {
  readonly host: string;
  readonly port: number;
  readonly id: string;
}

function judgeDns(world: NamingWorld, call: Call, place: DnsPlace): Judged {
  const answer = resolve(world.dns, world.l5dNamespace, place.host);
  if (answer.kind === 'nothing') return unroutable(`${answer.why}, seen from ${world.l5dNamespace}`);
  const tls = clientPolicyOf(world.router, parsePath(place.id)).tls;
  if (tls && tls.enabled !== false) {
    return blocked(
      'TlsOrigination',
      `Linkerd 1 calls ${place.host}:${place.port} with TLS; afterwards the application would send plain HTTP to port ${call.port}`,
      `let the application call https://${place.host}${place.port === 443 ? '' : `:${place.port}`} itself, or keep an egress proxy that originates TLS`,
    );
  }
  return answer.kind === 'service'
    ? judgeDnsService(world, call, { place, service: answer.service })
    : judgeOutside(world, call, { place, answer });
}

function judgeDnsService(world: NamingWorld, call: Call, { place, service }: { place: DnsPlace; service: ServiceFacts }): Judged {
  const entry = service.headless
    ? service.ports.find((candidate) => listensOn(world, { service, entry: candidate }, place.port))
    : tcpPort(service, place.port);
  if (!entry) return unroutable(`${place.host} is Service ${show(service)}, which has no port ${place.port}`);
  return judgeTarget(world, call, { service, entry });
}

function judgeOutside(world: NamingWorld, call: Call, { place, answer }: { place: DnsPlace; answer: Resolution }): Judged {
  const leadsTo = `${place.host}:${place.port}`;
  const own = resolve(world.dns, call.callerNamespace, call.host);
  if (own.kind === 'service') return taken(call, own.service, leadsTo);
  if (call.port !== place.port) {
    return blocked(
      'OtherPortOutside',
      `Linkerd 1 calls ${leadsTo}; afterwards ${hostHeader(call)} is called on port ${call.port}`,
      `let the application call ${leadsTo}`,
    );
  }
  if (call.host.toLowerCase() === place.host.toLowerCase()) {
    return {
      verdict: 'external',
      reason: 'Outside',
      message: `${leadsTo} is outside the cluster and is called directly afterwards`,
      today: 'unknown',
    };
  }
  return judgeOtherHost(world, call, { place, answer, leadsTo });
}

function judgeOtherHost(world: NamingWorld, call: Call, to: { place: DnsPlace; answer: Resolution; leadsTo: string }): Judged {
  const found = aliasPlace(world, call, to.leadsTo);
  if (found.ok && to.answer.kind === 'outside') {
    return {
      verdict: 'needsAlias',
      reason: 'OnlyDtabKnows',
      today: 'unknown',
      message: `Linkerd 1 leads ${hostHeader(call)} to ${to.leadsTo} outside the cluster; DNS knows no ${found.at.name} in ${found.at.namespace}`,
      need: { kind: 'outsideAlias', at: found.at, host: to.answer.host },
    };
  }
  return blocked(
    'OtherHostOutside',
    `Linkerd 1 leads ${hostHeader(call)} to ${to.leadsTo}`,
    `let the application call ${to.leadsTo}`,
  );
}

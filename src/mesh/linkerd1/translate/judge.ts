// Translate room, front door of verdicts: for a caller's namespace, a host and a port, what Linkerd 1 does, what DNS and Services
// would do, and what must be made before the caller may leave Linkerd 1. Pure; bounded by the evaluator's own limits.

import { UNKNOWN_HERE } from '../dtab/configured-namers.ts';
import type { Addr } from '../dtab/delegate-tree.ts';
import type { Share } from '../dtab/outcome.ts';
import { showPath } from '../dtab/path.ts';
import type { Call } from './call.ts';
import { hostHeader } from './call.ts';
import type { Destination } from './destination.ts';
import { destinationOf } from './destination.ts';
import { resolve } from './dns.ts';
import { identify } from './identify.ts';
import { judgeLeaf } from './judge-leaf.ts';
import { judgeRules, judgeUnion } from './judge-routes.ts';
import type { Judged } from './judged.ts';
import { blocked, unroutable } from './judged.ts';
import type { NameVerdict } from './verdict.ts';
import type { NamingWorld } from './world.ts';

/** The verdict about one call. Never throws. */
export function judgeCall(world: NamingWorld, call: Call): NameVerdict {
  const replaced = world.router.interpreter.transformers?.find(
    ({ kind }) => kind === 'io.l5d.const' || kind === 'io.l5d.replace',
  );
  if (replaced) {
    const why = `the transformer ${replaced.kind} sends every name to ${replaced.path ?? 'one path'}`;
    return verdict(call, 'unknown', blocked('ReplacedName', why, 'call the Service behind that path by its own name'), []);
  }
  const identified = identify(world.router, call);
  if (!identified.ok) return verdict(call, 'unknown', { verdict: 'blocked', ...identified.blocked }, []);
  const destinations = identified.requests.map((requests) => destinationOf(world, requests));
  const [first] = destinations;
  if (!first)
    return verdict(
      call,
      'unknown',
      blocked('Unknown', 'Linkerd 1 gives this call no name', 'look at the identifier of the router'),
      [],
    );
  const alike = first.requests.pathPrefix === undefined && destinations.every((destination) => destination.key === first.key);
  const found = alike ? one(world, call, first) : several(world, call, destinations);
  const judged = sceptical(call, found);
  const bound = destinations.flatMap(({ leaves }) => leaves.map(({ leaf }) => leaf.bound.id));
  return { ...judged, through: { logical: showPath(first.requests.name), bound: [...new Set(bound)] } };
}

interface Found {
  readonly today: NameVerdict['today'];
  readonly judged: Judged;
  readonly notes: readonly string[];
}

function one(world: NamingWorld, call: Call, destination: Destination): Found {
  const notes = destination.fallbacks.map(
    (leaf) => `Linkerd 1 falls back to ${leaf.bound.id} when the name before it goes away; this fallback is lost`,
  );
  if (destination.state !== 'bound') return { ...unbound(world, call, destination), notes };
  const [only] = destination.leaves;
  const judged =
    only && destination.leaves.length === 1 ? judgeLeaf(world, call, only.leaf) : judgeUnion(world, call, destination.leaves);
  return { today: judged.today ?? todayOf(destination.leaves), judged, notes };
}

function several(world: NamingWorld, call: Call, destinations: readonly Destination[]): Found {
  const unsettled = destinations.find((destination) => destination.state === 'unknown');
  if (unsettled) return { ...unbound(world, call, unsettled), notes: [] };
  if (destinations.every((destination) => destination.state !== 'bound')) {
    const [first] = destinations;
    return first ? { ...unbound(world, call, first), notes: [] } : { today: 'unknown', judged: unroutable('no name'), notes: [] };
  }
  const judged = judgeRules(world, call, destinations);
  return { today: todayOf(destinations.flatMap((destination) => destination.leaves)), judged, notes: [] };
}

function unbound(world: NamingWorld, call: Call, destination: Destination): { today: NameVerdict['today']; judged: Judged } {
  if (destination.state === 'unknown' || destination.state === 'bound') {
    const reason = destination.message.startsWith(UNKNOWN_HERE) ? 'UnsupportedNamer' : 'Unknown';
    const remedy = 'find out where Linkerd 1 sends this name (/delegator.json) and make a Service or route for it by hand';
    return {
      today: 'unknown',
      judged: blocked(reason, `where ${hostHeader(call)} goes can not be told: ${destination.message}`, remedy),
    };
  }
  const answer = resolve(world.dns, call.callerNamespace, call.host);
  const after =
    answer.kind === 'service'
      ? `DNS leads to Service ${answer.service.namespace}/${answer.service.name}`
      : 'DNS knows no Service of that name';
  const message = `Linkerd 1 answers 502 today (${destination.message}); afterwards ${after}`;
  if (destination.state === 'refused') return { today: 'refused', judged: { verdict: 'works', reason: 'RefusedToday', message } };
  return { today: 'fails', judged: { verdict: 'works', reason: 'NotRoutedToday', message } };
}

/** Linkerd 1 answers when at least one leaf has an endpoint; DNS names are taken to exist. */
function todayOf(leaves: readonly Share[]): NameVerdict['today'] {
  return leaves.some(({ leaf }) => mayAnswer(leaf.bound.addr)) ? 'answers' : 'fails';
}

function mayAnswer(addr: Addr): boolean {
  return addr.type === 'pending' || (addr.type === 'bound' && addr.addrs.length > 0);
}

/** Seen traffic beats a conclusion that there can't be any. */
function sceptical(call: Call, found: Found): NameVerdict {
  const { today, judged, notes } = found;
  if (call.seenAnswering !== true || judged.verdict !== 'works' || today === 'answers')
    return verdict(call, today, judged, notes);
  const why = `Linkerd 1 is seen answering ${hostHeader(call)}, but by the dtab and objects at hand it can not: ${judged.message}`;
  return verdict(
    call,
    'unknown',
    blocked('Unexplained', why, 'check that dtab, namers and Services are those that Linkerd 1 uses'),
    notes,
  );
}

function verdict(call: Call, today: NameVerdict['today'], judged: Judged, notes: readonly string[]): NameVerdict {
  const { today: _settled, notes: own = [], ...rest } = judged;
  return { call, today, ...rest, notes: [...own, ...notes] };
}

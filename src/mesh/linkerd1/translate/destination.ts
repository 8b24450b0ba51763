// Translate room: where Linkerd 1 sends requests of one name.

import { UNKNOWN_HERE } from '../dtab/configured-namers.ts';
import type { LeafNode } from '../dtab/delegate-tree.ts';
import { evaluate } from '../dtab/evaluate.ts';
import type { Share } from '../dtab/outcome.ts';
import { fallbacksOf, outcomeOf } from '../dtab/outcome.ts';
import type { NamedRequests } from './identify.ts';
import type { NamingWorld } from './world.ts';

/** What becomes of some requests. */
export interface Destination {
  readonly requests: NamedRequests;
  readonly state: 'bound' | 'fails' | 'refused' | 'unknown';
  readonly leaves: readonly Share[];
  readonly fallbacks: readonly LeafNode[];
  /** Why, when not bound. */
  readonly message: string;
  /** Equal for equal destinations. */
  readonly key: string;
}

/** Evaluates the name of some requests. */
export function destinationOf(world: NamingWorld, requests: NamedRequests): Destination {
  const found = evaluate(world.names, requests.name);
  const none = { requests, leaves: [], fallbacks: [] };
  if (!found.ok) return { ...none, state: 'unknown', message: found.message, key: found.message };
  const outcome = outcomeOf(found.tree);
  switch (outcome.kind) {
    case 'bound': {
      const key = outcome.leaves.map(({ leaf, share }) => `${leaf.bound.id} ${share}`).join();
      return { requests, state: 'bound', leaves: outcome.leaves, fallbacks: fallbacksOf(found.tree), message: '', key };
    }
    case 'neg':
      return { ...none, state: 'fails', message: 'the dtab knows no such name', key: 'neg' };
    case 'fail':
    case 'empty':
      return { ...none, state: 'refused', message: 'the dtab refuses this name on purpose', key: outcome.kind };
    case 'exception': {
      const state = outcome.message.startsWith(UNKNOWN_HERE) ? 'unknown' : 'fails';
      return { ...none, state, message: outcome.message, key: outcome.message };
    }
  }
}

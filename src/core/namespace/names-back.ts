// Names on the way back: taken away last, a few times at the most. What can't be taken away is said and left: it is in somebody
// else's hands, and holds nobody. Pure.

import { few } from '../few.ts';
import type { Action } from '../action.ts';
import type { NameRelease } from '../names.ts';
import type { NamespaceObservation, NamesTried } from '../observation.ts';

/** What to do about names that are still held. */
export type NamesBack =
  | { readonly kind: 'write'; readonly action: Action }
  | { readonly kind: 'wait'; readonly message: string; readonly seconds: number }
  /** They were tried long enough. */
  | { readonly kind: 'left'; readonly message: string; readonly remedy: string };

/** So long is tried, milliseconds. */
export const releasingMs = 30_000;
const shown = 5;

/** The next step about names that a namespace still holds; undefined where it holds none. */
export function namesBack(observation: NamespaceObservation, now: number): NamesBack | undefined {
  const releases = observation.names.held ?? [];
  if (releases.length === 0) return undefined;
  const tried = observation.namesTried?.what === 'removeNames' ? observation.namesTried : undefined;
  if (tried !== undefined && now - tried.since >= releasingMs) return leftOf(releases, tried);
  if (tried !== undefined && tried.nextAt > now)
    return {
      kind: 'wait',
      message: `${placesOf(releases)} can’t be taken away yet${whyOf(tried)}`,
      seconds: (tried.nextAt - now) / 1_000,
    };
  return { kind: 'write', action: { kind: 'removeNames', namespace: observation.record.metadata.name, releases } };
}

function leftOf(releases: readonly NameRelease[], tried: NamesTried): NamesBack {
  const places = placesOf(releases);
  return {
    kind: 'left',
    message: `${places} could not be taken away${whyOf(tried)}`,
    remedy: `Delete by hand what nobody needs of ${places}: ports named mm-… on Services of others, and what has the label app.kubernetes.io/managed-by: meshmigration.`,
  };
}

function whyOf({ refusal }: NamesTried): string {
  return refusal === undefined ? '' : `: ${refusal.message.slice(0, 500)}`;
}

function placesOf(releases: readonly NameRelease[]): string {
  return few(
    releases.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    shown,
  );
}

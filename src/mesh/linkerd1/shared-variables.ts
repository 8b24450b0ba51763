// Linkerd 1 room: variables that the template's key would empty although they are not Linkerd 1's. The key names variables for
// all containers of a template; where one of them takes the same name from elsewhere, its own value would be lost. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import { envFromOf, referenceOf, textAt } from '../pod-parts.ts';
import type { Place } from './place.ts';
import { isLinkerd1, remainingNames, variablesToOverride } from './reference-uses.ts';

/** A variable that would be emptied by mistake. */
export interface SharedVariable {
  readonly message: string;
  readonly remedy: string;
}

/** Those of a template. What can't be read is found as unknown elsewhere. */
export function sharedVariables(places: readonly Place[]): readonly SharedVariable[] {
  const names = [...new Set(places.flatMap(variablesToOverride))].sort();
  return places.flatMap((place) => names.flatMap((name) => lostValue(place, name) ?? []));
}

function lostValue(place: Place, name: string): SharedVariable | undefined {
  const found = emptied(place, name);
  if (found === undefined || found.value === '' || isLinkerd1(found.value, place)) return undefined;
  return {
    message: `${found.where} is not Linkerd 1's, and the key ${keys.linkerd1Variables}, which holds for all containers, would empty it with those that are`,
    remedy: `write the value of ${name} into ${place.path}.env itself: plain values of others are left alone`,
  };
}

/** The value that the container would lose, and where it comes from. */
function emptied(place: Place, name: string): { readonly where: string; readonly value: string } | undefined {
  const own = place.env.findLast(({ variable }) => variable.name === name)?.variable;
  const reference = own && referenceOf(own);
  if (reference !== undefined) {
    const value = textAt(place.resolve(reference.kind, reference.name), reference.key);
    return value === undefined ? undefined : { where: `${place.path}.env[${name}]`, value };
  }
  if (remainingNames(place).has(name)) return undefined;
  // The last source of a variable wins.
  const all = envFromOf(place.placed.container).flatMap((source) => {
    const isHere = name.startsWith(source.prefix);
    const value = isHere ? textAt(place.resolve(source.kind, source.name), name.slice(source.prefix.length)) : undefined;
    return value === undefined ? [] : [{ where: `${place.path}.envFrom[${source.name}] (${name})`, value }];
  });
  return all.at(-1);
}

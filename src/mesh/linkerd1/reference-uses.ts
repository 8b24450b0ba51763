// Linkerd 1 room: what may lead to Linkerd 1 through a ConfigMap or Secret. Unknown unless somebody lets us look or the
// template's own key says which variables it is. Pure; the looking is done by whoever passes `resolve`.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshUse } from '../../core/observation.ts';
import type { EnvVar, PodTemplate } from '../adapter.ts';
import { envFromOf, fieldsAt, listAt, referenceOf, textAt } from '../pod-parts.ts';
import { findAddresses } from './addresses.ts';
import type { Place } from './place.ts';
import { isProxyName } from './transform.ts';

/** Variables that Java programs take their flags from. */
const jvmVariables = /^(_?JAVA_OPTIONS|JAVA_OPTS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|CATALINA_OPTS|JVM_(OPTS|ARGS)|MAVEN_OPTS)$/;

/** Use by one variable whose value comes from a ConfigMap or Secret. */
export function referenceUse(where: string, variable: EnvVar, place: Place): MeshUse[] {
  const reference = referenceOf(variable);
  const couldBe = isProxyName(variable.name) || jvmVariables.test(variable.name);
  if (reference === undefined || !couldBe) return [];
  if (place.declared !== undefined) return place.declared.includes(variable.name) ? [overridden(where)] : [];
  const data = place.resolve(reference.kind, reference.name);
  if (data === undefined) return [unseen(where, `${reference.kind} ${reference.name}`)];
  return judge(where, variable.name, textAt(data, reference.key) ?? '', place);
}

/** Uses by whole ConfigMaps and Secrets. A variable that the container also sets itself is not theirs. */
export function envFromUses(place: Place): MeshUse[] {
  const sources = envFromOf(place.placed.container);
  if (sources.length === 0) return [];
  const own = remainingNames(place);
  if (place.declared !== undefined) {
    return place.declared.filter((name) => !own.has(name)).map((name) => overridden(`${place.path}.envFrom (${name})`));
  }
  return sources.flatMap((source) => {
    const where = `${place.path}.envFrom[${source.name}]`;
    const data = place.resolve(source.kind, source.name);
    if (data === undefined) return [unseen(where, `${source.kind} ${source.name}`)];
    return Object.entries(data)
      .map(([key, value]) => ({ name: source.prefix + key, value }))
      .filter(({ name }) => !own.has(name))
      .flatMap(({ name, value }) => judge(`${where} (${name})`, name, value, place));
  });
}

/** Variables of ConfigMaps and Secrets that were seen to be Linkerd 1's and that an explicit empty value takes away. */
export function variablesToOverride(place: Place): string[] {
  if (place.declared !== undefined) return [...place.declared];
  const single = place.env
    .filter(({ variable }) => referenceUse('', variable, place).some((use) => use.removedBy === 'admission'))
    .map(({ variable }) => variable.name);
  const own = remainingNames(place);
  const whole = envFromOf(place.placed.container).flatMap((source) =>
    Object.entries(place.resolve(source.kind, source.name) ?? {})
      .map(([key, value]) => ({ name: source.prefix + key, value }))
      .filter(({ name, value }) => !own.has(name) && isProxyName(name) && isLinkerd1(value, place))
      .map(({ name }) => name),
  );
  return [...single, ...whole];
}

/** Names of the container's own variables once admission has taken what it can: only these hide others. */
export function remainingNames(place: Place): ReadonlySet<string> {
  const { matched, dependent, blockedBy } = place.removable;
  const gone = blockedBy.length > 0 ? [] : [...matched, ...dependent];
  return new Set(place.env.filter(({ index }) => !gone.includes(index)).map(({ variable }) => variable.name));
}

/** Uses in files that a ConfigMap of the template brings; nothing is said of files that can't be read. */
export function fileUses(template: PodTemplate, places: readonly Place[]): MeshUse[] {
  const [first] = places;
  if (first === undefined) return [];
  return listAt(fieldsAt(template, 'spec'), 'volumes').flatMap((volume) => {
    const name = textAt(fieldsAt(volume, 'configMap'), 'name');
    const data = name === undefined ? undefined : first.resolve('ConfigMap', name);
    return Object.entries(data ?? {})
      .filter(([, text]) => isLinkerd1(text, first))
      .map(([key]) => ({
        kind: 'ConfigFile',
        place: `spec.volumes[${textAt(volume, 'name') ?? ''}].configMap ${name ?? ''} (${key})`,
        removedBy: 'person' as const,
        remedy: `take Linkerd 1's address out of ${key} in ConfigMap ${name ?? ''}`,
      }));
  });
}

function judge(where: string, name: string, value: string, place: Place): MeshUse[] {
  if (!isLinkerd1(value, place)) return [];
  if (isProxyName(name)) return [overridden(where)];
  return [{ kind: 'Reference', place: where, removedBy: 'person', remedy: `take Linkerd 1's address out of ${where}` }];
}

/** The value leads to Linkerd 1. */
export function isLinkerd1(value: string, place: Place): boolean {
  return findAddresses(value, place.addresses).length > 0;
}

function overridden(where: string): MeshUse {
  return { kind: 'Reference', place: where, removedBy: 'admission' };
}

function unseen(where: string, source: string): MeshUse {
  return {
    kind: 'Reference',
    place: where,
    removedBy: 'unknown',
    remedy: `let the operator read ${source} (optional role), or annotate the pod template with ${keys.linkerd1Variables}: the names of the variables in it that are Linkerd 1's, comma-separated, "" for none`,
  };
}

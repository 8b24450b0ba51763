// Linkerd 2 room: what the installed configuration says, as far as a move depends on it. Absent and unreadable are
// unknown, never the default.

import { parse } from 'yaml';
import { oncePerText } from '../../core/once-per-text.ts';
import type { KubeObjectLike, ObjectKeys, PreflightFacts } from '../adapter.ts';
import { answerTo } from '../facts.ts';
import { annotationOf, fieldsAt, keyOf, numberAt, textAt } from '../pod-parts.ts';
import type { Fields } from '../pod-parts.ts';
import { controlPlaneOf, placeProblem } from './control-plane.ts';
import { configMap, nativeSidecarAnnotations, nativeSidecarsSince } from './names.ts';
import { isAtLeast } from './version.ts';

/** Name of the question for the configuration. */
export const configurationQuestion = 'linkerd2 configuration';

/** The installed configuration, or why it is not known. */
export type Installation = { known: true; values: Fields } | { known: false; why: string };

/** Reads the configuration out of the answers. */
export function installationOf(facts: PreflightFacts): Installation {
  const answer = answerTo(facts, configurationQuestion);
  if (!answer.known) return { known: false, why: answer.why };
  const place = controlPlaneOf(facts);
  if (place.kind !== 'found') return { known: false, why: placeProblem(place) ?? 'it is not known where it is' };
  const { namespace } = place;
  const first = answer.items.find(({ metadata }) => metadata?.name === configMap && metadata.namespace === namespace);
  if (first === undefined) return { known: false, why: `there is no ConfigMap ${configMap} in ${namespace}` };
  return readValues(first);
}

// Every workload asks in every pass, and the object is read again every some seconds.
const parsed = oncePerText<Installation>(4);

function readValues(object: KubeObjectLike): Installation {
  const text = keyOf(fieldsAt(object, 'data') as Readonly<Record<string, string>> | undefined, 'values');
  return text === undefined ? { known: false, why: `ConfigMap ${configMap} has no values` } : parsed(text, parseValues);
}

function parseValues(text: string): Installation {
  try {
    const values: unknown = parse(text);
    const fields = fieldsAt({ values }, 'values');
    return fields === undefined
      ? { known: false, why: `the values of ConfigMap ${configMap} are no map` }
      : { known: true, values: fields };
  } catch (error) {
    return { known: false, why: `the values of ConfigMap ${configMap} can't be read: ${String(error).slice(0, 120)}` };
  }
}

/** Traffic is led to the proxy by the CNI plugin, so that pods need no rights for it; undefined when not known. */
export function usesCni(installation: Installation): boolean | undefined {
  return installation.known ? installation.values['cniEnabled'] === true : undefined;
}

/** The installed version, for example edge-26.6.3; undefined where it is not known. */
export function versionOf(installation: Installation): string | undefined {
  return installation.known ? textAt(installation.values, 'linkerdVersion') : undefined;
}

/** Whether the proxy is a native sidecar, so that Jobs end. */
export interface NativeSidecar {
  /** Undefined when not known. */
  readonly is: boolean | undefined;
  /** An annotation that asks for it in a spelling that the installed version is not known to heed. */
  readonly unheeded?: string;
}

/**
 * The pod's annotation wins over its namespace's, and among the three spellings the newest wins. Older versions pass newer
 * spellings over without a word, so that only one that the installed version heeds is believed; a refusal always is.
 */
export function nativeSidecarOf(
  installation: Installation,
  template: { metadata?: ObjectKeys },
  namespace: ObjectKeys,
): NativeSidecar {
  const version = versionOf(installation);
  let unheeded: string | undefined;
  for (const { key, since } of nativeSidecarAnnotations) {
    const said = saidBy(template, namespace, key);
    const asks = said === 'true' || said === 'enabled';
    if (said !== undefined && !asks) return { is: false };
    if (asks && isAtLeast(version, since) === true) return { is: true };
    if (asks) unheeded ??= key;
  }
  return { is: isNativeByDefault(installation), ...(unheeded !== undefined && { unheeded }) };
}

function isNativeByDefault(installation: Installation): boolean | undefined {
  if (!installation.known) return undefined;
  if (isAtLeast(versionOf(installation), nativeSidecarsSince) === false) return false;
  // Versions that do not know the field have no native sidecars.
  return fieldsAt(installation.values, 'proxy')?.['nativeSidecar'] === true;
}

/** A setting of the proxy by annotation: the pod's wins over its namespace's; undefined where neither has it. */
export function saidBy(template: { metadata?: ObjectKeys }, namespace: ObjectKeys, key: string): string | undefined {
  return annotationOf(template, key) ?? annotationOf({ metadata: namespace }, key);
}

/** Resources that quotas and autoscalers ask about. */
export type ResourceName = 'cpu' | 'memory';

/** A resource of the proxy as its annotations or the installation set it; empty when unset, undefined when not known. */
export function proxyResource(
  installation: Installation,
  keys: { template: { metadata?: ObjectKeys }; namespace: ObjectKeys },
  name: ResourceName,
  kind: 'request' | 'limit',
): string | undefined {
  const key = `config.linkerd.io/proxy-${name}-${kind}`;
  const said = saidBy(keys.template, keys.namespace, key);
  if (said !== undefined) return said;
  if (!installation.known) return undefined;
  return textAt(fieldsAt(fieldsAt(fieldsAt(installation.values, 'proxy'), 'resources'), name), kind) ?? '';
}

/** A port of the proxy where its annotation or the installation moved it; undefined where neither says one. */
export function movedPort(
  installation: Installation,
  keys: { template: { metadata?: ObjectKeys }; namespace: ObjectKeys },
  name: 'inbound' | 'admin',
): number | undefined {
  const said = Number(saidBy(keys.template, keys.namespace, `config.linkerd.io/${name}-port`));
  if (Number.isInteger(said)) return said;
  return installation.known ? numberAt(fieldsAt(fieldsAt(installation.values, 'proxy'), 'ports'), name) : undefined;
}

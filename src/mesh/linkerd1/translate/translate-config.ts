// Translate room: a configuration alone, without a cluster: what is wrong in it, where its dtabs are, what becomes of every field,
// and what policies would look like. What `kubectl mm translate` prints; text in, plain data out.

import type { DtabSource } from '../config/dtab-source.ts';
import { dtabSourceOf } from '../config/dtab-source.ts';
import type { ConfigFinding } from '../config/finding.ts';
import type { RouterConfig } from '../config/model.ts';
import { clientPolicyOf, servicePolicyOf } from '../config/policies.ts';
import { isSound, readLinkerdConfig } from '../config/read.ts';
import { parsePath } from '../dtab/parse.ts';
import { DtabSyntaxError } from '../dtab/syntax-error.ts';
import type { FieldReport, RouteMode } from './report-fields.ts';
import { reportFields } from './report-fields.ts';
import type { PolicyPlan } from './translate-policy.ts';
import { translatePolicy } from './translate-policy.ts';

/** A configuration, translated as far as it goes without a cluster. */
export interface ConfigTranslation {
  /** 0: every field is translated or reported. 1: Linkerd 1 itself would fail with it. 2: no configuration. */
  readonly exitCode: 0 | 1 | 2;
  readonly findings: readonly ConfigFinding[];
  readonly fields: readonly FieldReport[];
  readonly routers: readonly RouterTranslation[];
}

/** One router. */
export interface RouterTranslation {
  readonly label: string;
  readonly dtab: DtabSource;
  /** For each prefix of the service block: policies as they would be for a Service of that name, in namespace `NAMESPACE`. */
  readonly templates: readonly { readonly prefix: string; readonly policy: PolicyPlan }[];
}

/** Placeholders of templates: no Kubernetes name has capitals, so none can be applied by mistake. */
const NAMESPACE = 'NAMESPACE';
const SERVICE = 'SERVICE';

/** Translates a linkerd.yaml or the answer of /config.json. Never throws. */
export function translateConfig(text: string, routes: 'Auto' | RouteMode = 'Auto'): ConfigTranslation {
  const { config, findings } = readLinkerdConfig(text);
  if (!config) return { exitCode: 2, findings, fields: [], routers: [] };
  const routers = config.routers.map((router) => translateRouter(router, routes));
  const mode = modeOf(routers);
  return { exitCode: isSound(findings) ? 0 : 1, findings, fields: reportFields(config, mode), routers };
}

function translateRouter(router: RouterConfig, routes: 'Auto' | RouteMode): RouterTranslation {
  const prefixes = [...new Set(router.service.configs.map(({ prefix }) => prefix))];
  return {
    label: router.label,
    dtab: dtabSourceOf(router),
    templates: prefixes.map((prefix) => ({ prefix, policy: template(router, prefix, routes) })),
  };
}

function template(router: RouterConfig, prefix: string, routes: 'Auto' | RouteMode): PolicyPlan {
  const name = nameBelow(router, prefix);
  const policy = { service: servicePolicyOf(router, name), client: clientPolicyOf(router, ['#']) };
  const target = { parent: { namespace: NAMESPACE, name: name[1] ?? SERVICE }, ports: [80], clusterDomain: 'cluster.local' };
  return translatePolicy(policy, target, routes);
}

/** A logical name that the prefix matches; the prefix may hold patterns, which are no paths. */
function nameBelow(router: RouterConfig, prefix: string): readonly string[] {
  try {
    const path = parsePath(prefix);
    return path.length > 0 ? path : parsePath(router.dstPrefix);
  } catch (error) {
    if (error instanceof DtabSyntaxError) return prefix.split('/').filter((part) => part !== '');
    throw error;
  }
}

/** The report of fields speaks of the way that the first router with policies takes. */
function modeOf(routers: readonly RouterTranslation[]): RouteMode {
  const profile = routers.flatMap((router) => router.templates).some(({ policy }) => policy.mode === 'ServiceProfile');
  return profile ? 'ServiceProfile' : 'GatewayAPI';
}

// Translate room: retries, timeouts and accrual of one Service as Gateway API routes or as a ServiceProfile, never both: a
// ServiceProfile switches routes and circuit breaking of its Service off.

import type { ClientPolicy, ServicePolicy } from '../config/model.ts';
import { accrualAnnotations } from './accrual.ts';
import { serviceRoutes } from './plan-route.ts';
import type { PlannedManifest } from './planned.ts';
import type { RouteMode } from './report-fields.ts';
import type { LogicalPolicy } from './route-policy.ts';
import { isDefault, retriedMethods, routePolicy } from './route-policy.ts';
import { serviceProfile } from './service-profile.ts';
import type { RouteRule, ServiceRef } from './verdict.ts';

/** What is translated for. */
export interface PolicyTarget {
  readonly parent: ServiceRef;
  /** Ports that are called. */
  readonly ports: readonly number[];
  readonly clusterDomain: string;
  /** Rules that names need on a port (weights, methods); they and the policies share one route. */
  readonly rules?: ReadonlyMap<number, readonly RouteRule[]>;
}

/** Policies of one Service. */
export interface PolicyPlan {
  readonly parent: ServiceRef;
  /** none: Linkerd 2's defaults do what Linkerd 1 does. */
  readonly mode: RouteMode | 'none';
  /** Why this way, in a sentence. */
  readonly because: string;
  readonly manifests: readonly PlannedManifest[];
  /** To be put on the Service itself; it belongs to somebody else unless it is an alias. */
  readonly serviceAnnotations: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Translates the policies of one Service. `routes` other than Auto is a person's choice and is followed. */
export function translatePolicy(policy: LogicalPolicy, target: PolicyTarget, routes: 'Auto' | RouteMode): PolicyPlan {
  const { mode, because } =
    routes === 'Auto' ? chooseMode(policy, target) : { mode: routes, because: `${routes} is set for the whole migration` };
  const base = { parent: target.parent, because };
  if (mode === 'ServiceProfile') return { ...base, mode, ...asProfile(policy, target) };
  const route = routePolicy(policy);
  const serviceAnnotations = accrualAnnotations(policy.client.failureAccrual);
  const needed = !isDefault(route);
  const manifests = target.ports.flatMap((port) => {
    const rules = target.rules?.get(port);
    return needed || rules
      ? serviceRoutes(target.parent.namespace, target.parent, { port, rules: rules ?? [TO_ITSELF], policy: route }).manifests
      : [];
  });
  const none = manifests.length === 0 && Object.keys(serviceAnnotations).length === 0;
  return { ...base, mode: none ? 'none' : 'GatewayAPI', manifests, serviceAnnotations, notes: gatewayNotes(policy) };
}

/** A rule without backends leads to its own Service. */
const TO_ITSELF: RouteRule = { backends: [] };

interface Reason {
  readonly mode: RouteMode;
  readonly because: string;
  readonly holds: (policy: LogicalPolicy, target: Pick<PolicyTarget, 'rules'>) => boolean;
}

/** Reasons for one way, the weightiest first. */
const REASONS: readonly Reason[] = [
  {
    mode: 'GatewayAPI',
    because: 'its names need routes, which a ServiceProfile would switch off',
    holds: (_, target) => (target.rules?.size ?? 0) > 0,
  },
  {
    mode: 'GatewayAPI',
    because: 'circuit breaking does not exist beside a ServiceProfile',
    holds: ({ client }) => breaksCircuits(client),
  },
  {
    mode: 'GatewayAPI',
    because: 'only routes have a timeout for one attempt',
    holds: ({ client }) => client.requestAttemptTimeoutMs !== undefined,
  },
  {
    mode: 'GatewayAPI',
    because: 'only routes retry by gRPC status',
    holds: ({ service }) => kindOf(service).startsWith('io.l5d.h2.grpc.'),
  },
  {
    mode: 'ServiceProfile',
    because: 'only a ServiceProfile can call 5XX a success',
    holds: ({ service }) => kindOf(service).endsWith('.allSuccessful'),
  },
  {
    mode: 'ServiceProfile',
    because: 'only a ServiceProfile has a retry budget',
    holds: ({ service }) => service.retries?.budget !== undefined && retriedMethods(service) !== 'none',
  },
  { mode: 'GatewayAPI', because: 'routes express all of it', holds: () => true },
];

/** The way that keeps most of what is written. */
export function chooseMode(policy: LogicalPolicy, target: Pick<PolicyTarget, 'rules'>): { mode: RouteMode; because: string } {
  const { mode, because } = REASONS.find((reason) => reason.holds(policy, target)) ?? { mode: 'GatewayAPI', because: '' };
  return { mode, because };
}

function kindOf(service: ServicePolicy): string {
  return service.responseClassifier?.kind ?? '';
}

function breaksCircuits({ failureAccrual }: ClientPolicy): boolean {
  return failureAccrual !== undefined && failureAccrual.kind !== 'none';
}

function asProfile(policy: LogicalPolicy, target: PolicyTarget): Omit<PolicyPlan, 'parent' | 'mode' | 'because'> {
  const rules = [...(target.rules?.values() ?? [])].flat();
  const backends = rules.length === 1 ? rules[0]?.backends : undefined;
  const manifest = serviceProfile(policy.service, target.parent, {
    clusterDomain: target.clusterDomain,
    ...(backends ? { backends } : {}),
  });
  return { manifests: [manifest], serviceAnnotations: {}, notes: profileNotes(policy, rules.length) };
}

function profileNotes({ service, client }: LogicalPolicy, rules: number): readonly string[] {
  return [
    breaksCircuits(client) && 'failureAccrual is lost: circuit breaking does not exist beside a ServiceProfile',
    client.requestAttemptTimeoutMs !== undefined &&
      'requestAttemptTimeoutMs is lost: a ServiceProfile has no timeout for one attempt',
    rules > 1 && 'rules by method or path are lost: a ServiceProfile only shares out by weight',
    service.retries?.backoff !== undefined && 'backoff is lost: retries follow at once',
  ].filter((note) => note !== false);
}

function gatewayNotes({ service }: LogicalPolicy): readonly string[] {
  const retries = retriedMethods(service) !== 'none';
  return [
    ...(retries && service.retries?.budget ? ['the retry budget becomes a limit for each request'] : []),
    ...(retries && service.retries?.backoff ? ['backoff becomes fixed pauses of 25 ms to 250 ms'] : []),
  ];
}

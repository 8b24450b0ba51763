// Translate room, front door: all calls of some callers to verdicts, objects and policies, consistent with each other: one route
// carries both the shares and the retries of a name, and no Service gets both routes and a ServiceProfile. Pure.

import { clientPolicyOf, servicePolicyOf } from '../config/policies.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Call } from './call.ts';
import { judgeCall } from './judge.ts';
import { show } from './judged.ts';
import type { PlanOptions } from './plan-names.ts';
import { planNames } from './plan-names.ts';
import type { NamePlan, PlannedManifest, PlannedObject } from './planned.ts';
import type { RouteMode } from './report-fields.ts';
import type { LogicalPolicy } from './route-policy.ts';
import { routePolicy } from './route-policy.ts';
import type { PolicyPlan } from './translate-policy.ts';
import { translatePolicy } from './translate-policy.ts';
import type { NameVerdict, RouteRule, ServiceRef } from './verdict.ts';
import type { NamingWorld } from './world.ts';

/** How to prepare. */
export interface PrepareOptions extends Omit<PlanOptions, 'cluster' | 'clusterDomain' | 'policyOf' | 'annotationsOf'> {
  readonly routes: 'Auto' | RouteMode;
}

/** Everything that must be there before these callers may leave Linkerd 1. */
export interface Prepared {
  readonly verdicts: readonly NameVerdict[];
  /** Of names and of policies, in an order in which they can be made. */
  readonly names: NamePlan;
  readonly policies: readonly PolicyPlan[];
  readonly objects: readonly PlannedObject[];
  /** Never made, only proposed: an EgressNetwork lets Linkerd 2 observe calls to hosts outside. */
  readonly proposals: readonly PlannedManifest[];
  readonly conflicts: readonly string[];
  readonly notes: readonly string[];
}

/** Judges the calls and plans what they need. */
export function prepare(world: NamingWorld, calls: readonly Call[], options: PrepareOptions): Prepared {
  const verdicts = calls.map((call) => judgeCall(world, call));
  const planOptions: PlanOptions = { ...options, cluster: world.dns.cluster, clusterDomain: world.dns.clusterDomain };
  const draft = planNames(verdicts, planOptions);
  const callees = gather(world, verdicts, draft);
  const policies = [...callees.values()].map((callee) => translateCallee(world, callee, options));
  const byParent = new Map(policies.map((policy) => [show(policy.parent), policy]));
  const names = planNames(verdicts, {
    ...planOptions,
    policyOf: (parent) => {
      const callee = callees.get(show(parent));
      return callee && byParent.get(show(parent))?.mode !== 'ServiceProfile' ? routePolicy(callee.policy) : undefined;
    },
    annotationsOf: (alias) => byParent.get(show(alias))?.serviceAnnotations ?? {},
  });
  const objects = [...withoutSwitchedOffRoutes(names, byParent), ...policyObjects(policies, names, options)];
  const notes = [...names.notes, ...policies.flatMap((policy) => policy.notes.map((note) => `${show(policy.parent)}: ${note}`))];
  return {
    verdicts,
    names,
    policies,
    objects,
    proposals: egressNetworks(verdicts),
    conflicts: [...names.conflicts, ...clashes(callees)],
    notes,
  };
}

/** A Service that is called, with what its callers ask of it. */
interface Callee {
  readonly parent: ServiceRef;
  readonly policy: LogicalPolicy;
  readonly logical: string;
  readonly ports: Set<number>;
  readonly rules: Map<number, readonly RouteRule[]>;
  /** Logical names with other policies. */
  readonly others: Set<string>;
}

function gather(world: NamingWorld, verdicts: readonly NameVerdict[], plan: NamePlan): ReadonlyMap<string, Callee> {
  const routed = routedPorts(plan);
  const aliasParents = new Map(
    plan.aliases.flatMap(({ at, policyParent }) => (policyParent ? [[show(at), policyParent] as const] : [])),
  );
  const callees = new Map<string, Callee>();
  for (const verdict of verdicts) {
    const parent = parentOf(verdict, aliasParents);
    if (!parent || !verdict.through) continue;
    const policy = policyOf(world, verdict.through);
    const known = callees.get(show(parent)) ?? {
      parent,
      policy,
      logical: verdict.through.logical,
      ports: new Set(),
      rules: new Map(),
      others: new Set(),
    };
    if (JSON.stringify(known.policy) !== JSON.stringify(policy)) known.others.add(verdict.through.logical);
    known.ports.add(verdict.call.port);
    const rules = rulesOn(parent, verdict, routed);
    if (rules) known.rules.set(verdict.call.port, rules);
    callees.set(show(parent), known);
  }
  return callees;
}

/** The Service whose policies a call meets afterwards. */
function parentOf(verdict: NameVerdict, aliasParents: ReadonlyMap<string, ServiceRef>): ServiceRef | undefined {
  const { need } = verdict;
  if (need?.kind === 'alias' || need?.kind === 'outsideAlias') return aliasParents.get(show(need.at));
  return verdict.verdict === 'blocked' ? undefined : verdict.parent;
}

function policyOf(world: NamingWorld, through: NonNullable<NameVerdict['through']>): LogicalPolicy {
  const [bound = '/'] = through.bound;
  return {
    service: servicePolicyOf(world.router, parsePath(through.logical)),
    client: clientPolicyOf(world.router, parsePath(bound)),
  };
}

/** Rules that the name itself needs on its parent; a name that is one Service's needs none. */
function rulesOn(parent: ServiceRef, verdict: NameVerdict, routed: ReadonlySet<string>): readonly RouteRule[] | undefined {
  const { need } = verdict;
  if (need?.kind === 'route') return need.rules;
  if (need?.kind !== 'alias' || show(need.at) !== show(parent)) return undefined;
  return routed.has(`${show(parent)}:${need.port}`) ? need.rules : undefined;
}

/** Ports of Services that some planned route stands on. */
function routedPorts(plan: NamePlan): ReadonlySet<string> {
  type Ref = ServiceRef & { readonly port: number };
  const refs = plan.objects.flatMap(({ manifest }) => (manifest.spec?.['parentRefs'] ?? []) as readonly Ref[]);
  return new Set(refs.map((ref) => `${show(ref)}:${ref.port}`));
}

function translateCallee(world: NamingWorld, callee: Callee, options: PrepareOptions): PolicyPlan {
  const { parent, ports, rules, policy } = callee;
  const target = { parent, ports: [...ports], clusterDomain: world.dns.clusterDomain, ...(rules.size > 0 ? { rules } : {}) };
  return translatePolicy(policy, target, options.routes);
}

/** Beside a ServiceProfile (a person's choice), routes of the same Service would be dead letters. */
function withoutSwitchedOffRoutes(names: NamePlan, byParent: ReadonlyMap<string, PolicyPlan>): readonly PlannedObject[] {
  return names.objects.filter(({ manifest }) => {
    const refs = manifest.spec?.['parentRefs'] as readonly ServiceRef[] | undefined;
    return !refs?.some((parent) => byParent.get(show(parent))?.mode === 'ServiceProfile');
  });
}

/** Routes of names carry the policies already; only what is not among them is added. */
function policyObjects(policies: readonly PolicyPlan[], names: NamePlan, options: PrepareOptions): readonly PlannedObject[] {
  const made = new Set(names.objects.map(({ manifest }) => `${manifest.kind} ${show(manifest.metadata)}`));
  const aliases = new Set(names.aliases.map((alias) => show(alias.at)));
  return policies.flatMap(({ parent, manifests, serviceAnnotations }) => {
    const created = manifests.filter((manifest) => !made.has(`${manifest.kind} ${show(manifest.metadata)}`));
    const objects: PlannedObject[] = created.map((manifest) => ({ how: 'create', manifest: options.stamp(manifest) }));
    if (aliases.has(show(parent)) || Object.keys(serviceAnnotations).length === 0) return objects;
    const metadata = { name: parent.name, namespace: parent.namespace, annotations: serviceAnnotations };
    return [...objects, { how: 'applyAnnotations', manifest: { apiVersion: 'v1', kind: 'Service', metadata } }];
  });
}

function egressNetworks(verdicts: readonly NameVerdict[]): readonly PlannedManifest[] {
  const namespaces = new Set(verdicts.filter(({ verdict }) => verdict === 'external').map(({ call }) => call.callerNamespace));
  return [...namespaces].map((namespace) => ({
    apiVersion: 'policy.linkerd.io/v1alpha1',
    kind: 'EgressNetwork',
    metadata: { name: 'meshmigration-outside', namespace },
    spec: { trafficPolicy: 'Allow' },
  }));
}

function clashes(callees: ReadonlyMap<string, Callee>): readonly string[] {
  return [...callees.values()].flatMap(({ parent, others, logical }) => {
    if (others.size === 0) return [];
    return [
      `Service ${show(parent)} is called by names with different policies: ${[logical, ...others].join(', ')}; those of ${logical} are taken`,
    ];
  });
}

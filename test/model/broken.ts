// What deciders that are broken on purpose are made of: the real ones, over a changed world or with changed answers.

import type { Action, WorkloadTarget } from '../../src/core/action.ts';
import type { MigrationDecision, NamespaceDecision } from '../../src/core/decision.ts';
import type { MigrationObservation } from '../../src/core/migration/observation.ts';
import type { NamespaceObservation, Workload } from '../../src/core/observation.ts';
import { aReading } from './builders.ts';
import { real } from './check.ts';
import type { Afterwards } from './check.ts';
import type { Deciders } from './operator.ts';
import type { Plan } from './run.ts';

/** Decides for a namespace. */
export type Decide = (o: NamespaceObservation, now: number) => NamespaceDecision;

/** A decider that is broken on purpose. */
export interface Broken {
  /** What is wrong with it, as a sentence goes on. */
  readonly what: string;
  readonly by: Partial<Deciders>;
  /** Beginning of the name of the scenario that shows it. */
  readonly scenario: string;
  /** The invariant that must catch it. */
  readonly caughtBy: string;
  /** How to look; undisturbed, one process, when absent. */
  readonly how?: Partial<Plan> & Afterwards & { readonly compared?: boolean };
}

/** Sees another world than there is. */
export const blind =
  (change: (o: NamespaceObservation) => Partial<NamespaceObservation>): Decide =>
  (o, now) =>
    real.namespace({ ...o, ...change(o) }, now);

/** Does more than it should. */
export const eager =
  (more: (o: NamespaceObservation, d: NamespaceDecision) => readonly Action[]): Decide =>
  (o, now) => {
    const decision = real.namespace(o, now);
    const actions = decision.outcome.kind === 'act' ? decision.outcome.actions : [];
    const all = [...actions, ...more(o, decision)];
    return all.length === 0 ? decision : { ...decision, outcome: { kind: 'act', actions: all } };
  };

/** The observation under another spec. */
export const withSpec = (o: NamespaceObservation, spec: object): Partial<NamespaceObservation> =>
  o.migration === undefined ? {} : { migration: { ...o.migration, spec: { ...o.migration.spec, ...spec } } };

/** Everything is moved and well. */
export const healthy = (o: NamespaceObservation): Partial<NamespaceObservation> => ({
  pods: o.pods.map((pod) => ({
    ...pod,
    keys: o.workloads.find((w) => `${w.kind}/${w.name}` === pod.workload)?.keys ?? pod.keys,
    ready: true,
    reading: aReading(),
    target: { state: 'present', reason: '' },
    source: { state: 'absent', reason: '' },
  })),
  workloads: o.workloads.map((w) => ({ ...w, rollout: { ...w.rollout, complete: true } })),
});

/** Everything is back in the source. */
export const allBack = (o: NamespaceObservation): Partial<NamespaceObservation> => ({
  pods: o.pods.map((pod) => ({
    ...pod,
    keys: {},
    target: { state: 'absent', reason: '' },
    source: { state: 'present', reason: '' },
  })),
  workloads: o.workloads.map((w) => ({ ...w, keys: {} })),
});

/** Nothing was ever written. */
export const forgetful = (o: NamespaceObservation): Partial<NamespaceObservation> => {
  const { keyed, workloads, ...status } = o.record.status ?? {};
  return { record: { ...o.record, status } };
};

/** A workload as a write must find it. */
export const target = (o: NamespaceObservation, w: Workload): WorkloadTarget => ({
  kind: w.kind,
  namespace: o.record.metadata.name,
  name: w.name,
  uid: w.uid,
  resourceVersion: w.resourceVersion,
});

/** The namespace was always as it is now. */
export const withNewOriginals = (o: NamespaceObservation): Partial<NamespaceObservation> => {
  const value = o.namespace?.annotations['linkerd.io/inject'];
  const annotations = [{ key: 'linkerd.io/inject', present: value !== undefined, ...(value !== undefined && { value }) }];
  const spec = { ...o.record.spec, originals: { ...o.record.spec.originals, annotations } };
  return { record: { ...o.record, spec } };
};

/** The decision without some of its actions. */
export function without<D extends NamespaceDecision | MigrationDecision>(decision: D, left: (action: Action) => boolean): D {
  if (decision.outcome.kind !== 'act') return decision;
  return { ...decision, outcome: { kind: 'act', actions: decision.outcome.actions.filter((action) => !left(action)) } };
}

/** Where a namespace stands by its record. */
export function stepOf(o: MigrationObservation, name: string): string | undefined {
  return o.records.find((r) => r.metadata.name === name)?.status?.step;
}

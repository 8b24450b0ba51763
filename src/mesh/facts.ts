// What came of an adapter's questions, read so that a missing answer never looks like an empty one. Knows no mesh.

import type { Finding } from '../core/finding.ts';
import type { KubeObjectLike, PreflightFacts, WorkloadForPreflight } from './adapter.ts';
import { fieldsAt, listAt, textAt } from './pod-parts.ts';

/** Objects of an answer, or why there is none. */
export type Answer = { known: true; items: readonly KubeObjectLike[] } | { known: false; why: string };

/** Name under which the facts hold the operator's own namespace, as far as it is known: nobody has to ask for it. */
export const operatorNamespaceFact = 'operator namespace';

/** Labels that the operator's pods have in every installation. */
export const operatorPodLabels = {
  'app.kubernetes.io/name': 'meshmigration',
  'app.kubernetes.io/component': 'operator',
} as const;

/** The answer to the question of that name. */
export function answerTo(facts: PreflightFacts, question: string): Answer {
  const fact = Object.hasOwn(facts, question) ? facts[question] : undefined;
  if (fact === undefined) return { known: false, why: `${question} was not asked` };
  return fact.kind === 'objects' ? { known: true, items: fact.items } : { known: false, why: fact.message };
}

/** The objects of an answer in one namespace; none when there is no answer. */
export function itemsIn(facts: PreflightFacts, question: string, namespace: string): readonly KubeObjectLike[] {
  const answer = answerTo(facts, question);
  return answer.known ? answer.items.filter((item) => item.metadata?.namespace === namespace) : [];
}

/** `namespace/name` of an object. */
export function nameOf(object: KubeObjectLike): string {
  const { namespace, name = '' } = object.metadata ?? {};
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Status of a condition of an object: True, False, Unknown, or undefined when the object has none of that type. */
export function conditionOf(object: KubeObjectLike, type: string): string | undefined {
  const condition = listAt(fieldsAt(object, 'status'), 'conditions').find((c) => textAt(c, 'type') === type);
  return textAt(condition, 'status');
}

/** A finding about one workload. */
export function aboutWorkload(workload: WorkloadForPreflight, finding: Omit<Finding, 'workload'>): Finding {
  return { ...finding, workload: `${workload.kind}/${workload.name}` };
}

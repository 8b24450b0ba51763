// Budgets that would stand in the way of a rollback. A rollout never asks a PodDisruptionBudget; replacing a stuck pod of an
// ordered StatefulSet on the way back does, by an eviction.

import type { Finding } from '../core/finding.ts';
import type { KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import { POD_DISRUPTION_BUDGET } from '../kube/resource-kind.ts';
import { selects } from '../mesh/label-selector.ts';
import { fieldsAt, numberAt } from '../core/fields.ts';
import type { TrimmedWorkload } from './trimmed.ts';

/** A budget that allows no eviction now. */
export interface TightBudget {
  name: string;
  selector: unknown;
}

/** The budgets of a namespace that allow no eviction; none where they can't be read, since they only warn. */
export async function tightBudgets(client: KubeReader, namespace: string): Promise<readonly TightBudget[]> {
  try {
    const { items } = await client.list(POD_DISRUPTION_BUDGET, { namespace });
    const tight = items.filter((item) => numberAt(item, 'status', 'disruptionsAllowed') === 0);
    return tight.map((item) => ({ name: item.metadata.name, selector: fieldsAt(item, 'spec', 'selector') }));
  } catch (error) {
    if (isKubeError(error)) return [];
    throw error;
  }
}

/** A warning for an ordered StatefulSet whose stuck pods could not be replaced. */
export function budgetFindings(workload: TrimmedWorkload, budgets: readonly TightBudget[]): Finding[] {
  if (workload.kind !== 'StatefulSet') return [];
  const labels = workload.template.metadata?.labels ?? {};
  const budget = budgets.find((b) => selects(b.selector, labels));
  if (budget === undefined) return [];
  const message = `PodDisruptionBudget ${budget.name} allows no eviction now: on the way back a stuck pod could not be replaced`;
  return [{ severity: 'warn', reason: 'DisruptionBudget', message, remedy: 'Let the budget allow one disruption.' }];
}

// Another try of a namespace. Keys on templates are the truth; this only says what is forgotten. Pure.

import type { NamespaceMigrationStatus, WorkloadRow } from '../../api/v1alpha1/namespace-migration.ts';
import { previewOf, withRoster } from './roster.ts';
import { entering, keyedNow } from './situation.ts';
import type { Situation, Why } from './situation.ts';

/**
 * The status at the beginning of another try. What a person must clear is forgotten when a person asks for the try; when
 * only the cause of one exception is gone, the others are kept.
 * @param kept rows that outlive the try
 */
export function retrying(s: Situation, why: Why, kept: readonly WorkloadRow[] = []): NamespaceMigrationStatus {
  const { failed, restoreCause, workloads = [], ...rest } = s.status;
  const tries = [...workloads, ...s.rows.values()].map((row) => row.attempt ?? 1);
  const attempt = Math.max(s.attempt, ...tries) + 1;
  const status = { ...entering(rest, 'Pending', why, s.now), attempt };
  const next = { ...s, status, attempt, rows: new Map(kept.map((row) => [row.uid, row])), ledger: keyedNow(s) };
  const stillFailed = failed === true && kept.some((row) => row.state === 'Restored');
  return { ...withRoster(status, previewOf(next), next), ...(stillFailed && { failed }) };
}

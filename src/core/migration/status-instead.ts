// What a migration's status says where the API server refused the one that was decided on: what it said before, and that. Pure.

import type { MeshMigration, MeshMigrationStatus } from '../../api/v1alpha1/mesh-migration.ts';
import { conditionsFor } from './conditions.ts';

/**
 * The status before, Stalled.
 * @param wanted the status that was refused
 * @param refusal what the API server said, and milliseconds since the epoch
 */
export function statusInstead(
  migration: MeshMigration,
  wanted: MeshMigrationStatus,
  refusal: { message: string; now: number },
): MeshMigrationStatus {
  const known = [...(wanted.conditions ?? []), ...(migration.status?.conditions ?? [])];
  const { status, reason, message } = known.find(({ type }) => type === 'SourceInUse') ?? sourceUseUnknown;
  const standing = {
    kind: 'stalled' as const,
    reason: 'StatusRefused' as const,
    message: `the API server refused the status: ${refusal.message}`,
    succeeded: 'Unknown' as const,
    ended: false,
  };
  const conditions = conditionsFor(standing, { migration, sourceInUse: { status, reason, message } }, refusal.now);
  return { ...migration.status, observedGeneration: migration.metadata.generation, conditions };
}

const sourceUseUnknown = { status: 'Unknown', reason: 'SourceUseUnknown', message: 'not looked at yet' } as const;

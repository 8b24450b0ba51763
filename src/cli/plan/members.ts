// Who would move in which wave, by the operator's own membership, and whom another migration has or may take. Asks through a source.

import { originalKeysOf } from '../../mesh/both-meshes.ts';
import type { BothMeshes } from '../../mesh/both-meshes.ts';
import { MESH_MIGRATION, NAMESPACE_MIGRATION } from '../../api/v1alpha1/group.ts';
import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import { takenBy } from '../../core/migration/failures.ts';
import type { Member, WaveMembers } from '../../core/migration/membership.ts';
import { matches, membershipOf } from '../../core/migration/membership.ts';
import type { MigrationObservation, NamespaceSummary } from '../../core/migration/observation.ts';
import { specProblem } from '../../core/migration/validate.ts';
import { compare } from '../../core/order.ts';
import { pass } from '../../core/verdict.ts';
import type { KubeObjectLike } from '../../mesh/adapter.ts';
import type { NamesIo } from '../../mesh/names.ts';
import type { Exclusions } from './exclusions.ts';
import type { Obstacle, PassedOver } from './plan.ts';

/** The waves, and what is known beside them. */
export interface Members {
  readonly observation: MigrationObservation;
  readonly waves: readonly WaveMembers[];
  readonly passedOver: readonly PassedOver[];
  readonly blockers: readonly Obstacle[];
  readonly notes: readonly string[];
  /** What other migrations have to do with a namespace. */
  others(member: Member): { readonly blockers: readonly Obstacle[]; readonly notes: readonly string[] };
}

/** Finds them. */
export async function findMembers(
  migration: MeshMigration,
  both: BothMeshes,
  { source, exclusions }: { source: NamesIo; exclusions: Exclusions },
): Promise<Members> {
  const [records, migrations] = [await ownKind(source, NAMESPACE_MIGRATION), await ownKind(source, MESH_MIGRATION)];
  const all = migrations.items as unknown as readonly MeshMigration[];
  const known = all.find(({ metadata }) => metadata.name === migration.metadata.name);
  const observation = observationOf(known === undefined ? migration : asStored(migration, known), both, {
    records: records.items as unknown as readonly NamespaceMigration[],
    migrations: all,
    namespaces: await namespacesOf(source),
    exclusions,
  });
  const membership = membershipOf(observation);
  const problem = specProblem(observation, membership);
  const others = all.filter(({ metadata }) => metadata.uid !== observation.migration.metadata.uid);
  return {
    observation,
    waves: membership.waves,
    passedOver: passedOverIn(observation, exclusions, membership.leftOver),
    blockers: problem === undefined ? [] : [problem],
    notes: [...records.notes, ...migrations.notes],
    others: (member) => ({ blockers: [takenBy(member) ?? []].flat(), notes: alsoSelectedBy(member, others) }),
  };
}

// A file for a migration that is there already is another version of it.
function asStored(migration: MeshMigration, { metadata, status }: MeshMigration): MeshMigration {
  return { ...migration, metadata: { ...migration.metadata, ...metadata }, ...(status !== undefined && { status }) };
}

interface Seen {
  readonly records: readonly NamespaceMigration[];
  readonly migrations: readonly MeshMigration[];
  readonly namespaces: readonly NamespaceSummary[];
  readonly exclusions: Exclusions;
}

function observationOf(
  migration: MeshMigration,
  both: BothMeshes,
  { records, migrations, namespaces, exclusions }: Seen,
): MigrationObservation {
  return {
    migration,
    records,
    namespaces,
    migrations: new Set([migration, ...migrations].map(({ metadata }) => metadata.uid)),
    isExcluded: (name) => exclusions.why(name) !== undefined,
    isAssumed: (name) => exclusions.isAssumed(name),
    originalKeys: originalKeysOf(both, migration.spec),
    cluster: { source: pass, target: pass, admission: pass, findings: [] },
    sourceInUse: { status: 'Unknown', reason: 'SourceUseUnknown', message: '' },
  };
}

function passedOverIn(o: MigrationObservation, exclusions: Exclusions, leftOver: readonly string[]): PassedOver[] {
  const { waves } = o.migration.spec;
  const excluded = o.namespaces.flatMap((namespace): PassedOver[] => {
    const why = exclusions.why(namespace.name);
    return why === undefined || !waves.some((wave) => matches(wave, namespace)) ? [] : [{ name: namespace.name, why }];
  });
  const late = leftOver.map((name) => ({ name, why: 'it appeared after its wave had started, and no later wave selects it' }));
  return [...excluded, ...late].toSorted((a, b) => compare(a.name, b.name));
}

// Nobody has it yet: whose wave starts first does.
function alsoSelectedBy({ namespace, record }: Member, others: readonly MeshMigration[]): string[] {
  if (namespace === undefined || record !== undefined) return [];
  return others
    .filter(({ spec }) => spec.waves.some((wave) => matches(wave, namespace)))
    .map(({ metadata }) => `MeshMigration ${metadata.name} selects it, too: it belongs to the one whose wave starts first`);
}

interface Listed {
  readonly items: readonly KubeObjectLike[];
  readonly notes: readonly string[];
}

// Before the operator is installed there are none.
async function ownKind(
  source: NamesIo,
  { group, version, plural }: typeof MESH_MIGRATION | typeof NAMESPACE_MIGRATION,
): Promise<Listed> {
  const answer = await source.list({ name: plural, group, version, plural });
  if (answer.kind === 'objects') return { items: answer.items, notes: [] };
  return { items: [], notes: [`what other migrations have is not known: ${answer.message}`] };
}

async function namespacesOf(source: NamesIo): Promise<NamespaceSummary[]> {
  const answer = await source.list({ name: 'namespaces', group: '', version: 'v1', plural: 'namespaces' });
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer.items.map(({ metadata = {} }) => {
    const { name = '', labels = {}, annotations = {}, uid, deletionTimestamp } = metadata as Metadata;
    return { name, uid: uid ?? name, labels, annotations, deleting: deletionTimestamp !== undefined };
  });
}

type Metadata = NonNullable<KubeObjectLike['metadata']> & { uid?: string; deletionTimestamp?: string };

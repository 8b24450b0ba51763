// Whether the source mesh is still used, as far as templates tell. That nothing was seen is not proof: traffic decides.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import { isKeyed, pairOf } from '../core/pair.ts';
import type { MigrationObservation } from '../core/migration/observation.ts';
import type { MeshAdapter } from '../mesh/adapter.ts';
import type { TrimmedWorkload } from './trimmed.ts';
import type { Views } from './views.ts';

/** The condition SourceInUse. */
export function sourceInUse(
  migration: MeshMigration,
  source: MeshAdapter,
  views: Views,
  isExcluded: (namespace: string) => boolean,
): MigrationObservation['sourceInUse'] {
  if (source.mesh === 'None') return { status: 'False', reason: 'SourceQuiet', message: 'the source is no mesh' };
  const pair = pairOf(migration.spec.source.mesh, migration.spec.target.mesh);
  const users = Object.values(views.workloads).flatMap((view) =>
    view
      .all()
      .filter(
        (w) =>
          !isExcluded(w.namespace) &&
          usesSource(w, migration, source) &&
          !isKeyed(w.keys, pair) &&
          !isCommitted(w, views, pair.to),
      ),
  );
  if (users.length === 0)
    return {
      status: 'Unknown',
      reason: 'SourceUseUnknown',
      message: 'no template uses it without our keys; whether requests still reach it was not measured',
    };
  const names = users.slice(0, 3).map((w) => `${w.namespace}/${w.name}`);
  const more = users.length > names.length ? ` and ${users.length - names.length} more` : '';
  return { status: 'True', reason: 'SourceInUse', message: `templates still use it: ${names.join(', ')}${more}` };
}

function usesSource(workload: TrimmedWorkload, migration: MeshMigration, source: MeshAdapter): boolean {
  return source.detect(workload.template, migration.spec).state !== 'absent';
}

function isCommitted(workload: TrimmedWorkload, views: Views, to: string): boolean {
  return views.namespaces.get(workload.namespace)?.labels['meshmigration.io/to'] === to;
}

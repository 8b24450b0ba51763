// What the templates of a namespace take from ConfigMaps and Secrets, as far as the mesh that is left would look into them. The plan sees
// what its user may see; the operator needs a role of its own for that, and the plan says so.

import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { MeshAdapter, PodTemplate } from '../../mesh/adapter.ts';
import { dataOf, referenceKey, referencesIn } from '../../mesh/configuration.ts';
import type { Resolve } from '../../mesh/configuration.ts';
import type { NamesIo } from '../../mesh/names.ts';

/** What was seen. */
export interface Looked {
  readonly resolve: Resolve;
  /** Sentences. */
  readonly notes: readonly string[];
}

const note =
  'ConfigMaps and Secrets were looked into; the operator sees them with its optional role (config/rbac/optional-configuration.yaml)';

/** Looks. What can't be read stays unknown. */
export async function lookInto(
  { mesh, spec, source }: { mesh: MeshAdapter; spec: MeshMigrationSpec; source: NamesIo },
  namespace: string,
  templates: readonly PodTemplate[],
): Promise<Looked> {
  const wanted = templates.flatMap((template) => referencesIn(mesh, template, spec));
  const distinct = new Map(wanted.map((reference) => [referenceKey(reference), reference]));
  const data = new Map<string, Readonly<Record<string, string>>>();
  for (const [key, { kind, name }] of distinct) {
    const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
    const answer = await source.list({ name: 'configuration', group: '', version: 'v1', plural, namespace, objectName: name });
    const [object] = answer.kind === 'objects' ? answer.items : [];
    if (object !== undefined) data.set(key, dataOf(kind, object));
  }
  return { resolve: (kind, name) => data.get(referenceKey({ kind, name })), notes: data.size === 0 ? [] : [note] };
}

// What a template takes from ConfigMaps and Secrets, as far as a mesh would look into it: which objects those are, and what an object
// holds. Reads nothing itself; knows no mesh.

import type { DetectContext, KubeObjectLike, MeshAdapter, PodTemplate } from './adapter.ts';
import type { MeshMigrationSpec } from '../api/v1alpha1/mesh-migration.ts';
import { fieldsAt } from './pod-parts.ts';

/** Looks into what was read: data of an object, undefined when it was not or could not be read. */
export type Resolve = NonNullable<DetectContext['resolve']>;

/** An object that a template refers to. */
export interface ConfigurationReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Objects that the mesh would look into to judge a template; each once. Others need not be read, Secrets above all. */
export function referencesIn(mesh: MeshAdapter, template: PodTemplate, spec: MeshMigrationSpec): ConfigurationReference[] {
  const found = new Map<string, ConfigurationReference>();
  mesh.detect(template, spec, {
    resolve: (kind, name) => {
      if (name !== '') found.set(referenceKey({ kind, name }), { kind, name });
      return undefined;
    },
  });
  return [...found.values()];
}

/** `Kind/name`. */
export function referenceKey({ kind, name }: ConfigurationReference): string {
  return `${kind}/${name}`;
}

/** Data of an object as containers get it: of a Secret decoded; what is no text is left out. */
export function dataOf(kind: ConfigurationReference['kind'], object: KubeObjectLike): Readonly<Record<string, string>> {
  const texts = Object.entries(fieldsAt(object, 'data') ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  if (kind === 'ConfigMap') return Object.fromEntries(texts);
  const decoded = texts.map(([key, value]): [string, string] => [key, Buffer.from(value, 'base64').toString('utf8')]);
  // Only files have these; the API server stores them as data.
  return { ...Object.fromEntries(decoded), ...((fieldsAt(object, 'stringData') ?? {}) as Readonly<Record<string, string>>) };
}

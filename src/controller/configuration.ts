// Configuration: ConfigMaps and Secrets that templates refer to, read where the optional role lets us and a mesh would look into them.
// What may not be read stays unknown; nobody is told what is in a Secret. Judges nothing.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import type { KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/kube-error.ts';
import { CONFIG_MAP, SECRET } from '../kube/resource-kind.ts';
import type { ResourceKind } from '../kube/resource-kind.ts';
import { dataOf, referenceKey, referencesIn } from '../mesh/configuration.ts';
import type { ConfigurationReference, Resolve } from '../mesh/configuration.ts';
import { oncePerObject } from '../core/once-per-object.ts';
import { adaptersOf } from './preflight-facts.ts';
import type { TrimmedWorkload } from './trimmed.ts';

/** Looks into ConfigMaps and Secrets. */
export interface Configuration {
  /** What the workloads of a namespace refer to. The same function as long as it answers the same. */
  of(migration: MeshMigration, namespace: string, workloads: readonly TrimmedWorkload[]): Promise<Resolve>;
  /** What was last read for a namespace; asks nobody. */
  known(namespace: string): Resolve;
  /** Something could not be read when the namespace was last looked at; nothing tells when that changes. */
  isVeiled(namespace: string): boolean;
  /** The namespace is none of ours any more. */
  forget(namespace: string): void;
}

interface Read {
  readonly at: number;
  readonly version: string;
  readonly data?: Readonly<Record<string, string>>;
}

interface Kept {
  readonly veiled: boolean;
  readonly objects: ReadonlyMap<string, Read>;
  readonly resolve: Resolve;
}

const goodForMs = 15_000;
const deniedForMs = 2_000;
const KINDS: Readonly<Record<ConfigurationReference['kind'], ResourceKind>> = { ConfigMap: CONFIG_MAP, Secret: SECRET };
const nothing: Resolve = () => undefined;

/** Looks through a client. */
export function createConfiguration(client: Pick<KubeReader, 'get'>, monotonicMs: () => number): Configuration {
  const kept = new Map<string, Kept>();
  const read = createReader(client, monotonicMs);
  const referencesOf = oncePerObject<TrimmedWorkload, readonly ConfigurationReference[]>();
  return {
    known: (namespace) => kept.get(namespace)?.resolve ?? nothing,
    isVeiled: (namespace) => kept.get(namespace)?.veiled === true,
    forget: (namespace) => void kept.delete(namespace),
    async of(migration, namespace, workloads) {
      const { spec, metadata } = migration;
      const circumstances = [`${metadata.uid}/${metadata.generation}`];
      const wanted = workloads.flatMap((w) =>
        referencesOf(w, circumstances, () => referencesIn(adaptersOf(migration).source, w.template, spec)),
      );
      const distinct = new Map(wanted.map((reference) => [referenceKey(reference), reference]));
      const old = kept.get(namespace);
      if (distinct.size === 0 && old === undefined) return nothing;
      const objects = new Map<string, Read>();
      for (const [key, reference] of distinct) {
        const found = await read(namespace, reference, old?.objects.get(key));
        if (found !== undefined) objects.set(key, found);
      }
      const resolve = old !== undefined && isSame(old.objects, objects) ? old.resolve : resolving(objects);
      kept.set(namespace, { objects, resolve, veiled: objects.size < distinct.size });
      return resolve;
    },
  };
}

type Reader = (namespace: string, reference: ConfigurationReference, old: Read | undefined) => Promise<Read | undefined>;

// Without the role every read is refused: one a kind and some seconds is enough to see that it was granted.
function createReader(client: Pick<KubeReader, 'get'>, monotonicMs: () => number): Reader {
  const deniedAt = new Map<string, number>();
  return async (namespace, { kind, name }, old) => {
    const now = monotonicMs();
    if (old !== undefined && now - old.at < goodForMs) return old;
    if (now - (deniedAt.get(kind) ?? -Infinity) < deniedForMs) return undefined;
    try {
      const object = await client.get(KINDS[kind], { namespace, name });
      const { resourceVersion = '', uid } = object.metadata;
      return { at: now, version: `${uid}/${resourceVersion}`, data: dataOf(kind, object) };
    } catch (error) {
      if (!isKubeError(error)) throw error;
      if (error.kind === 'forbidden') deniedAt.set(kind, now);
      return error.kind === 'notFound' ? { at: now, version: '' } : undefined;
    }
  };
}

function isSame(a: ReadonlyMap<string, Read>, b: ReadonlyMap<string, Read>): boolean {
  return a.size === b.size && [...a].every(([key, { version }]) => b.get(key)?.version === version);
}

function resolving(objects: ReadonlyMap<string, Read>): Resolve {
  return (kind, name) => objects.get(referenceKey({ kind, name }))?.data;
}

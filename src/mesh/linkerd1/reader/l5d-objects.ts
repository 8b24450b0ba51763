// Reader room: Linkerd 1 as its Kubernetes objects describe it, where no pod can be asked: the configuration out of a ConfigMap, no counters.

import type { MeshMigrationSpec } from '../../../api/v1alpha1/mesh-migration.ts';
import type { KubeObjectLike } from '../../adapter.ts';
import { nameOf } from '../../facts.ts';
import type { NamesIo } from '../../names.ts';
import { fieldsAt, listAt, textAt } from '../../pod-parts.ts';
import type { LinkerdConfig } from '../config/model.ts';
import { readLinkerdConfig } from '../config/read.ts';
import { linkerd1Questions } from '../preflight.ts';
import { ambiguityOf, chooseSource, nameTheSource } from '../source.ts';
import { ASK_TIMEOUT_MS, routersOf } from './l5d.ts';
import type { L5dReading } from './l5d.ts';

/** Reads it, or says why it can't be. Never rejects. */
export async function l5dFromObjects(spec: MeshMigrationSpec, io: NamesIo): Promise<L5dReading | string> {
  const sets = (await Promise.all(linkerd1Questions(spec).map(io.list))).flatMap((answer) =>
    answer.kind === 'objects' ? answer.items : [],
  );
  const choice = chooseSource(sets, spec);
  if (choice.kind === 'ambiguous') return `${ambiguityOf(choice.sets)}. ${nameTheSource}`;
  const sources = choice.kind === 'none' ? [] : choice.sets;
  const maps = await io.list({ name: 'configuration', group: '', version: 'v1', plural: 'configmaps' });
  if (maps.kind === 'error') return maps.message;
  const found = maps.items.filter((map) => sources.length === 0 || sources.some((set) => mounts(set, map))).flatMap(configsIn);
  const [only, second] = found;
  if (only === undefined) return 'no ConfigMap among the objects holds a configuration of Linkerd 1; add it, or ask the cluster';
  if (second !== undefined)
    return `${only.where} and ${second.where} both hold a configuration of Linkerd 1; leave one, or name the DaemonSet in spec.source.linkerd1`;
  const routers = await routersOf(only.config, [], { io, spec, timeoutMs: ASK_TIMEOUT_MS });
  if (typeof routers === 'string') return routers;
  const problems = [
    `the configuration is that of ${only.where}; counters are not known, so names that no template tells are missing`,
  ];
  return { namespace: only.namespace, config: only.config, routers, answers: [], problems };
}

function mounts(set: KubeObjectLike, map: KubeObjectLike): boolean {
  const pod = fieldsAt(fieldsAt(fieldsAt(set, 'spec'), 'template'), 'spec');
  const names = listAt(pod, 'volumes').map((volume) => textAt(fieldsAt(volume, 'configMap'), 'name'));
  return map.metadata?.namespace === set.metadata?.namespace && names.includes(map.metadata?.name);
}

interface Found {
  readonly where: string;
  readonly namespace: string;
  readonly config: LinkerdConfig;
}

function configsIn(map: KubeObjectLike): Found[] {
  return Object.entries(fieldsAt(map, 'data') ?? {}).flatMap(([key, text]) => {
    const config = typeof text === 'string' && text.includes('routers') ? readLinkerdConfig(text).config : undefined;
    if (config === undefined || config.routers.length === 0) return [];
    return [{ where: `key ${key} of ConfigMap ${nameOf(map)}`, namespace: map.metadata?.namespace ?? 'default', config }];
  });
}

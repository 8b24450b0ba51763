// Config room: a configuration and what is known of its directories to namers and transformations that the evaluator can ask.

import type { ClusterNames } from '../dtab/cluster-objects.ts';
import type { FsDirectory } from '../dtab/configured-namers.ts';
import { fsNamer, rewriteNamer, unreadableNamer } from '../dtab/configured-namers.ts';
import type { RouterNames } from '../dtab/delegator.ts';
import { k8sExternalNamer, k8sNamer } from '../dtab/k8s-namer.ts';
import type { Lookup, Namer } from '../dtab/namer.ts';
import { NEG } from '../dtab/namer.ts';
import { parsePath } from '../dtab/parse.ts';
import type { Path } from '../dtab/path.ts';
import type { Transformation } from '../dtab/transform.ts';
import type { LinkerdConfig, NamerConfig, TransformerConfig } from './model.ts';

/** What names are looked up in. What is absent makes its names unknown, never absent. */
export interface NameDirectories {
  readonly cluster?: ClusterNames;
  /** Directories of fs namers by their rootDir. */
  readonly files?: (rootDir: string) => FsDirectory | undefined;
  /** Where l5d runs: the namespace that io.l5d.k8s.ns means. */
  readonly l5dNamespace?: string;
  /** Of the l5d pod that is asked: part of localnode's names. */
  readonly podIp?: string;
  /** Namerd's namers are not told, and the usual one is taken for its only one: somebody asks namerd whether it is. */
  readonly takesUsualNamer?: boolean;
}

/** Names of every router by its label. */
export function routerNames(config: LinkerdConfig, directories: NameDirectories): ReadonlyMap<string, RouterNames> {
  const namers = config.namers.map((namer) => namerOf(namer, directories));
  return new Map(
    config.routers.map((router) => {
      const transformations = (router.interpreter.transformers ?? []).map((transformer) =>
        transformationOf(transformer, directories),
      );
      const { kind } = router.interpreter;
      const isTold = (namers.length > 0 || usesOwnNamers(kind)) && directories.takesUsualNamer !== true;
      const theirs = isTold ? namers : namersOfNamerd(kind, directories);
      return [router.label, { namers: theirs, transformations }] as const;
    }),
  );
}

/** With namerd or a mesh interpreter, names are looked up there, by namers that this configuration does not tell. */
export function usesOwnNamers(interpreter: string): boolean {
  return ['default', 'io.l5d.fs', 'io.l5d.k8s.configMap'].includes(interpreter);
}

/** Namerd has this one wherever it leads to Services, under this name where nobody gave it another. */
export const usualNamer: NamerConfig = { kind: 'io.l5d.k8s', prefix: '/io.l5d.k8s' };

// By any other name it is not known where namerd leads.
function namersOfNamerd(kind: string, directories: NameDirectories): readonly Namer[] {
  const others = unreadableNamer(['#'], kind);
  if (directories.takesUsualNamer !== true) return [others];
  const usual = namerOf(usualNamer, directories);
  return [usual, { prefix: others.prefix, lookup: (path) => (path[0] === usualNamer.kind ? NEG : others.lookup(path)) }];
}

function namerOf(config: NamerConfig, directories: NameDirectories): Namer {
  const prefix: Path = ['#', ...parsePath(config.prefix)];
  const plain = plainNamer(config, prefix, directories);
  const before = (config.transformers ?? [])
    .map((transformer) => parsePath(transformationOf(transformer, directories).prefix))
    .toReversed();
  if (before.length === 0) return plain;
  return { prefix, lookup: (path) => transformed(plain.lookup(path), before.flat()) };
}

function transformed(found: Lookup, before: Path): Lookup {
  return found.kind === 'bound' ? { ...found, id: [...before, ...found.id] } : found;
}

function plainNamer(config: NamerConfig, prefix: Path, directories: NameDirectories): Namer {
  if (config.kind === 'io.l5d.rewrite') return rewriteNamer(prefix, config.pattern ?? '', config.name ?? '');
  if (KUBERNETES.has(config.kind)) return kubernetesNamer(config, prefix, directories);
  const root = config.kind === 'io.l5d.fs' ? directories.files?.(config.rootDir ?? '') : undefined;
  return root ? fsNamer(prefix, root) : unreadableNamer(prefix, config.kind);
}

const KUBERNETES: ReadonlySet<string> = new Set(['io.l5d.k8s', 'io.l5d.k8s.ns', 'io.l5d.k8s.external']);

function kubernetesNamer(config: NamerConfig, prefix: Path, { cluster, l5dNamespace }: NameDirectories): Namer {
  if (!cluster) return unreadableNamer(prefix, config.kind);
  const options = { prefix, cluster, ...(config.labelSelector === undefined ? {} : { labelSelector: config.labelSelector }) };
  if (config.kind === 'io.l5d.k8s.external') return k8sExternalNamer(options);
  if (config.kind === 'io.l5d.k8s') return k8sNamer(options);
  return l5dNamespace === undefined ? unreadableNamer(prefix, config.kind) : k8sNamer({ ...options, namespace: l5dNamespace });
}

/** Prefixes as seen in names of clients: `%/io.l5d.k8s.localnode/<pod ip>/#/…`, `%/io.l5d.localhost/#/…`. */
function transformationOf(config: TransformerConfig, directories: NameDirectories): Transformation {
  const details = transformerDetails(config, directories.podIp ?? 'unknown');
  const name = LOCAL.has(config.kind) ? 'SubnetLocalTransformer' : (NAMED.get(config.kind) ?? config.kind);
  return { name, prefix: ['/%', config.kind, ...details].join('/') };
}

const LOCAL: ReadonlySet<string> = new Set(['io.l5d.k8s.localnode', 'io.l5d.localhost', 'io.l5d.specificHost']);
const NAMED: ReadonlyMap<string, string> = new Map([
  ['io.l5d.k8s.daemonset', 'SubnetGatewayTransformer'],
  ['io.l5d.port', 'PortTransformer'],
]);

function transformerDetails(
  { kind, namespace, port, service, host }: TransformerConfig,
  podIp: string,
): readonly (string | number)[] {
  const details =
    kind === 'io.l5d.k8s.localnode' ? [podIp] : kind === 'io.l5d.k8s.daemonset' ? [namespace, port, service] : [host, port];
  return details.flatMap((detail) => (detail === undefined || detail === '' ? [] : [detail]));
}

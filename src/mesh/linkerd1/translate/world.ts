// Translate room: everything that a verdict looks at, made once for many names: configuration, dtab, namers, cluster and its DNS.

import type { LinkerdConfig, RouterConfig } from '../config/model.ts';
import type { NameDirectories } from '../config/router-names.ts';
import { routerNames, usualNamer } from '../config/router-names.ts';
import type { ClusterNames } from '../dtab/cluster-objects.ts';
import type { NameTable } from '../dtab/evaluate.ts';
import { parseDtab } from '../dtab/parse.ts';
import { DentryTable } from '../dtab/table.ts';
import type { ClusterDns } from './dns.ts';

/** What names are judged in. */
export interface NamingWorld {
  readonly config: LinkerdConfig;
  readonly router: RouterConfig;
  readonly names: NameTable;
  readonly dns: ClusterDns;
  /** Where Linkerd 1 itself resolves DNS names. */
  readonly l5dNamespace: string;
}

/** What a world is made of. */
export interface WorldParts {
  readonly config: LinkerdConfig;
  /** The router that applications use as their proxy. */
  readonly router: RouterConfig;
  /** The whole dtab in effect: what namerd, a ConfigMap or a file holds, then the router's own. */
  readonly dtab: string;
  readonly cluster: ClusterNames;
  readonly l5dNamespace: string;
  readonly clusterDomain?: string;
  readonly files?: NameDirectories['files'];
  readonly takesUsualNamer?: boolean;
}

/**
 * Makes a world.
 * @throws DtabSyntaxError when the dtab is not one
 */
export function namingWorld(parts: WorldParts): NamingWorld {
  const { router, cluster, l5dNamespace, clusterDomain = 'cluster.local', files, takesUsualNamer = false } = parts;
  const config = takesUsualNamer ? { ...parts.config, namers: [usualNamer] } : parts.config;
  const directories = { cluster, l5dNamespace, takesUsualNamer, ...(files ? { files } : {}) };
  const namers = routerNames(config, directories).get(router.label)?.namers ?? [];
  const table = new DentryTable(parseDtab(parts.dtab));
  return { config, router, names: { table, namers }, dns: { cluster, clusterDomain }, l5dNamespace };
}

// Linkerd 1 room: one container of a template, with everything that tells Linkerd 1's addresses from others. Pure.

import { keys } from '../../api/v1alpha1/group.ts';
import type { MeshMigrationSpec } from '../../api/v1alpha1/mesh-migration.ts';
import type { DetectContext, PodTemplate } from '../adapter.ts';
import type { PlacedContainer } from '../pod-parts.ts';
import { annotationOf, containersOf, envOf, fieldPathOf, textAt } from '../pod-parts.ts';
import type { Env } from '../pod-parts.ts';
import { removableEnv } from '../removable-env.ts';
import type { RemovableEnv } from '../removable-env.ts';
import type { AddressContext } from './addresses.ts';
import { defaultProxyPort, nodeFieldPaths, proxyMatch, wellKnownPorts } from './transform.ts';

/** A container and what is known about it. */
export interface Place {
  placed: PlacedContainer;
  env: Env;
  /** What admission takes from its variables. */
  removable: RemovableEnv;
  /** spec.containers[app] */
  path: string;
  addresses: AddressContext;
  /** Ports that admission knows for this migration. */
  proxyPorts: readonly string[];
  /** Names listed in the template's key for variables of ConfigMaps and Secrets; undefined when there is no key. */
  declared: readonly string[] | undefined;
  resolve: NonNullable<DetectContext['resolve']>;
}

/** Ports that applications use as their proxy. */
export function proxyPortsOf(spec: MeshMigrationSpec): readonly number[] {
  const listed = spec.source.linkerd1?.proxyPorts;
  return listed !== undefined && listed.length > 0 ? listed : [defaultProxyPort];
}

/** The container is a Linkerd 1 proxy by its image: `…/linkerd:1.…`, as published and in private registries. */
export function isLinkerd1Image(image: string | undefined): boolean {
  return image !== undefined && /(^|\/)linkerd(:1\.[\w.-]+)?(@sha256:[0-9a-f]+)?$/.test(image);
}

/** All containers of a template as places. */
export function placesOf(template: PodTemplate, spec: MeshMigrationSpec, context: DetectContext): Place[] {
  const all = containersOf(template);
  const ports = proxyPortsOf(spec);
  const sidecar = all.some(({ container }) => isLinkerd1Image(textAt(container, 'image')));
  const declared = annotationOf(template, keys.linkerd1Variables);
  const shared = {
    proxyPorts: ports.map(String),
    declared: declared === undefined ? undefined : namesIn(declared),
    resolve: context.resolve ?? (() => undefined),
  };
  const known = [...new Set([...ports, ...wellKnownPorts])];
  return all.map((placed) => {
    const env = envOf(placed.container);
    return {
      placed,
      env,
      removable: removableEnv(placed.container, env, [proxyMatch], () => shared.proxyPorts),
      path: `spec.${placed.list}[${placed.name}]`,
      addresses: { nodeVariables: nodeVariablesOf(env), ports: known, sidecar },
      ...shared,
    };
  });
}

/** Names in a comma-separated text. */
export function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function nodeVariablesOf(env: Env): string[] {
  const own = env.filter(({ variable }) => nodeFieldPaths.includes(fieldPathOf(variable)));
  return own.map(({ variable }) => variable.name);
}

// Closed places: namespaces that the operator leaves alone, and what a person does there instead when callers elsewhere need something. Pure.

import type { NameManifest } from './names.ts';

/** Why nothing may be written into a namespace; undefined where it may. */
export type ClosedPlaces = (namespace: string) => string | undefined;

/** What stands in the way, and what a person can do. */
export interface PlaceConflict {
  readonly message: string;
  readonly remedy?: string;
}

/** What callers need in a closed place, and the edit by hand; undefined where the place is open. */
export function conflictIn(closed: ClosedPlaces, manifest: NameManifest): PlaceConflict | undefined {
  const { name, namespace } = manifest.metadata;
  const why = closed(namespace);
  if (why === undefined) return undefined;
  const object = `${manifest.kind} ${namespace}/${name}`;
  return {
    message: `callers need ${needOf(manifest, object)}, and the operator leaves namespace ${namespace} alone: ${why}`,
    remedy: editOf(manifest, object),
  };
}

/** Only tells a mesh how to treat a Service: calls work without it. */
export function isOnlyAdvice({ kind, spec }: NameManifest): boolean {
  return kind === 'Service' && spec === undefined;
}

interface PortEntry {
  readonly port: number;
  readonly targetPort?: number | string;
}

function addedPorts({ spec }: NameManifest): readonly PortEntry[] {
  return ((spec?.['ports'] ?? []) as readonly PortEntry[]).filter(({ targetPort }) => targetPort !== undefined);
}

function isEntry({ spec }: NameManifest): boolean {
  return spec !== undefined && Object.keys(spec).every((field) => field === 'ports');
}

function needOf(manifest: NameManifest, object: string): string {
  if (manifest.kind !== 'Service' || !isEntry(manifest)) return object;
  return `port ${addedPorts(manifest)
    .map(({ port }) => port)
    .join(', ')} on ${object}`;
}

function editOf(manifest: NameManifest, object: string): string {
  if (manifest.kind !== 'Service' || !isEntry(manifest))
    return `Create ${object} by hand as \`kubectl mm plan -o yaml\` prints it.`;
  const added = addedPorts(manifest).map(
    ({ port, targetPort }) => `add port ${port} named http-${port} with targetPort ${targetPort ?? port}`,
  );
  const all = (manifest.spec?.['ports'] ?? []) as readonly PortEntry[];
  const unnamed = all
    .filter(({ targetPort }) => targetPort === undefined)
    .map(({ port }) => `name its port ${port}, for example http`);
  const text = [...unnamed, ...added].join(' and ');
  return `On ${object}, ${text} by hand.`;
}

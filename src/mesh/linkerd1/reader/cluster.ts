// Reader room: Services, their endpoints and namespaces as names are looked up in them: as they are, and as they would be without
// what the operator made. Judging without our own objects gives the same plan before and after they are there.

import { GROUP, VERSION } from '../../../api/v1alpha1/group.ts';
import type { MadeName, NamespaceMigrationStatus } from '../../../api/v1alpha1/namespace-migration.ts';
import { neededBy, ownLabel, ownPortPrefix, recordedIn } from '../../../core/names.ts';
import type { Identity } from '../../../core/names.ts';
import type { KubeObjectLike, PreflightFact } from '../../adapter.ts';
import type { NamesIo } from '../../names.ts';
import { fieldsAt, listAt, textAt } from '../../pod-parts.ts';
import type { ClusterNames } from '../dtab/cluster-objects.ts';
import { readClusterObjects } from '../dtab/read-objects.ts';

/** The cluster's names. */
export interface ClusterReading {
  readonly now: ClusterNames;
  /** Without our objects and ports. */
  readonly before: ClusterNames;
  /** Objects of ours were found. */
  readonly prepared: boolean;
  /** Tells of a bound name (`/#/io.l5d.k8s/namespace/port/service`) that it leads through an object or a port of ours. */
  readonly isThroughOurs: (boundId: string) => boolean;
}

/** Reads the cluster, or says why it can't be. */
export async function readCluster(io: Pick<NamesIo, 'list' | 'made' | 'namespaces'>): Promise<ClusterReading | string> {
  const { list, made } = io;
  const [services, slices, namespaces, recorded] = await Promise.all([
    list({ name: 'services', group: '', version: 'v1', plural: 'services' }),
    list({ name: 'endpointslices', group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices' }),
    namespacesOf(io),
    made === undefined ? recordsOf(list) : made(),
  ]);
  const unread = [services, slices, namespaces].find((answer) => answer.kind === 'error');
  if (unread !== undefined) return unread.message;
  const kinds = {
    services: of(services, 'Service'),
    slices: of(slices, 'EndpointSlice'),
    namespaces: of(namespaces, 'Namespace'),
  };
  const without = withoutOurs(kinds.services, kinds.slices, recordedIn(recorded));
  return {
    now: readClusterObjects([...kinds.services, ...kinds.slices, ...kinds.namespaces]),
    before: readClusterObjects([...without.services, ...without.slices, ...kinds.namespaces]),
    prepared: without.found,
    isThroughOurs: without.isThroughOurs,
  };
}

async function namespacesOf({ list, namespaces }: Pick<NamesIo, 'list' | 'namespaces'>): Promise<PreflightFact> {
  if (namespaces === undefined) return list({ name: 'namespaces', group: '', version: 'v1', plural: 'namespaces' });
  return { kind: 'objects', items: namespaces().map((name) => ({ metadata: { name } })) };
}

function of(answer: PreflightFact, kind: string): readonly KubeObjectLike[] {
  return answer.kind === 'objects' ? answer.items.map((item) => ({ ...item, kind })) : [];
}

interface Without {
  readonly services: readonly KubeObjectLike[];
  readonly slices: readonly KubeObjectLike[];
  readonly found: boolean;
  readonly isThroughOurs: ClusterReading['isThroughOurs'];
}

// Labels and port names are free text that anybody may write. What was made is what records list.
function withoutOurs(
  services: readonly KubeObjectLike[],
  slices: readonly KubeObjectLike[],
  recorded: ReturnType<typeof recordedIn>,
): Without {
  const made = services.flatMap((service) => {
    const known = recorded(identityOf(service));
    return known === undefined ? [] : [{ key: keyOf(service), service, partly: known.partly === true }];
  });
  const ours = new Set(made.filter(({ partly, service }) => !partly && isLabelled(service)).map(({ key }) => key));
  const touched = new Set(made.filter(({ partly }) => partly).map(({ key }) => key));
  return {
    services: services
      .filter((service) => !ours.has(keyOf(service)))
      .map((service) => (touched.has(keyOf(service)) ? withoutPorts(service) : service)),
    slices: slices
      .filter((slice) => !ours.has(serviceOf(slice)))
      .map((slice) => (touched.has(serviceOf(slice)) ? withoutPorts(slice) : slice)),
    found: ours.size > 0 || made.some(({ partly, service }) => partly && portsOf(service).some(isOurPort)),
    isThroughOurs: (id) => boundIn(id).some(({ key, port }) => ours.has(key) || (touched.has(key) && mayBeOurs(port))),
  };
}

// However a namer is called: namespace, port and Service follow each other.
function boundIn(id: string): readonly { key: string; port: string }[] {
  const parts = id.split('/');
  return parts.slice(2).map((service, i) => ({ key: `${parts[i] ?? ''}/${service}`, port: parts[i + 1] ?? '' }));
}

function mayBeOurs(port: string): boolean {
  return port.startsWith(ownPortPrefix) || /^\d+$/.test(port);
}

function isLabelled({ metadata }: KubeObjectLike): boolean {
  return metadata?.labels?.[ownLabel.key] === ownLabel.value && metadata.annotations?.[neededBy] !== undefined;
}

function identityOf({ metadata }: KubeObjectLike): Identity {
  const { namespace = '', name = '', uid } = (metadata ?? {}) as Partial<Identity>;
  return { kind: 'Service', namespace, name, uid: uid ?? '' };
}

// Where nothing was installed yet there are none.
async function recordsOf(list: NamesIo['list']): Promise<readonly MadeName[]> {
  const answer = await list({ name: 'records', group: GROUP, version: VERSION, plural: 'namespacemigrations' });
  if (answer.kind === 'error') return [];
  return answer.items.flatMap((item) => (item['status'] as NamespaceMigrationStatus | undefined)?.names ?? []);
}

function keyOf({ metadata }: KubeObjectLike): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

function serviceOf({ metadata }: KubeObjectLike): string {
  return `${metadata?.namespace ?? ''}/${metadata?.labels?.['kubernetes.io/service-name'] ?? ''}`;
}

type Port = ReturnType<typeof listAt>[number];

// Ports stand in the spec of a Service and at the top of an EndpointSlice.
function portsOf(object: KubeObjectLike): readonly Port[] {
  return object.kind === 'Service' ? listAt(fieldsAt(object, 'spec'), 'ports') : listAt(object, 'ports');
}

function isOurPort(port: Port): boolean {
  return textAt(port, 'name')?.startsWith(ownPortPrefix) === true;
}

/** Entries of ours go; an entry that only got its name from us loses it again. */
function withoutPorts(object: KubeObjectLike): KubeObjectLike {
  const ports = portsOf(object);
  if (!ports.some(isOurPort)) return object;
  const kept = ports.flatMap((port) => {
    if (!isOurPort(port)) return [port];
    const { name, ...unnamed } = port;
    return String(name).startsWith(`${ownPortPrefix}unnamed`) ? [unnamed] : [];
  });
  return object.kind === 'Service'
    ? { ...object, spec: { ...fieldsAt(object, 'spec'), ports: kept } }
    : { ...object, ports: kept };
}

// What one test of the move has of its own: namespaces, a migration, and words for what is seen of them. It judges nothing.
import { kubectl } from '../../cluster/kubectl.ts';
import type { Manifest } from '../../../src/kube/object.ts';
import * as kinds from '../../../src/kube/resource-kind.ts';
import type { ResourceKind } from '../../../src/kube/resource-kind.ts';
import { listAt, numberAt, textAt } from '../../support/observer/fields.ts';
import type { Fields } from '../../support/observer/fields.ts';
import type { Observer } from '../../support/observer/observer.ts';
import { desiredOf, isKeyed, stepOf, templateAnnotations } from '../../support/observer/world.ts';
import type { Seen } from '../../support/observer/world.ts';
import * as build from '../../support/workloads.ts';
import type { Stage } from './stage.ts';

const ours = (plural: string, kind: string): ResourceKind => ({
  ...{ group: 'meshmigration.io', version: 'v1alpha1', plural, kind, namespaced: false },
});
export const MESH_MIGRATION = ours('meshmigrations', 'MeshMigration');
export const NAMESPACE_MIGRATION = ours('namespacemigrations', 'NamespaceMigration');

const byKind: Readonly<Record<string, ResourceKind>> = Object.fromEntries(
  [...Object.values(kinds).filter((value) => typeof value === 'object'), MESH_MIGRATION, NAMESPACE_MIGRATION].map((one) => [
    one.kind,
    one,
  ]),
);

/** Options of a workload without its namespace. */
export type Ordinary = Omit<build.WorkloadOptions, 'namespace'>;

/** One test's own part of the cluster. */
export class Scene {
  readonly stage: Stage;
  readonly observer: Observer;
  /** Begins the names of everything that belongs to the test. */
  readonly prefix: string;

  constructor(stage: Stage, observer: Observer, prefix: string) {
    this.stage = stage;
    this.observer = observer;
    this.prefix = prefix;
  }

  /** The full name of something of this test. */
  name(short: string): string {
    return `${this.prefix}-${short}`;
  }

  /** Creates a namespace with workloads, and resolves when these are all served. Answers with its full name. */
  async namespace(
    short: string,
    workloads: readonly Manifest[] = [],
    options: Parameters<typeof build.namespace>[1] = {},
  ): Promise<string> {
    const name = this.name(short);
    await this.create(build.namespace(name, { ...options, labels: { scene: this.prefix, ...options.labels } }));
    await this.add(name, ...workloads);
    return name;
  }

  /** Adds workloads to a namespace and resolves when they are served. */
  async add(namespace: string, ...workloads: readonly Manifest[]): Promise<void> {
    const placed = workloads.map((one) => ({ ...one, metadata: { ...one.metadata, namespace } }));
    await Promise.all(placed.map((one) => this.create(one)));
    await this.observer.when(
      `workloads of ${namespace} are served`,
      () => placed.every((one) => this.isThere(one, namespace)) && this.unserved(namespace).length === 0,
    );
  }

  private isThere({ kind = '', metadata }: Manifest, namespace: string): boolean {
    const { world } = this.observer;
    if (kind === 'Pod') return this.pods(namespace).some((pod) => pod.metadata.name === metadata.name);
    return kind === 'Job' || world.workload(kind, namespace, metadata.name ?? '') !== undefined;
  }

  /** Workloads of a namespace that have fewer ready pods than they want. */
  unserved(namespace: string): string[] {
    const held = this.observer.world.all('workloads', namespace).filter((w) => w.kind !== 'CronJob');
    return held.filter((w) => !isServed(w)).map((w) => `${w.kind ?? ''}/${w.metadata.name}`);
  }

  /** Creates anything. */
  async create(manifest: Manifest): Promise<void> {
    await this.stage.client.create(kindOf(manifest.kind ?? ''), manifest);
  }

  /** Creates the test's migration: quick, and by default of one wave with all its namespaces. */
  async migrate(spec: Readonly<Record<string, unknown>> = {}, metadata: Manifest['metadata'] = {}): Promise<string> {
    const name = metadata.name ?? this.prefix;
    await this.create({ kind: 'MeshMigration', metadata: { ...metadata, name }, spec: { ...this.quick(), ...spec } });
    await this.observer.when(`${name} is seen`, (world) => world.all('migrations').some((one) => one.metadata.name === name));
    return name;
  }

  /** A spec that takes no longer than it must. */
  quick(): Readonly<Record<string, unknown>> {
    return {
      source: { mesh: 'Linkerd1' },
      target: { mesh: 'Linkerd2' },
      waves: [{ name: 'all', namespaceSelector: { matchLabels: { scene: this.prefix } } }],
      pace: { maxConcurrentNamespaces: 2 },
      health: { soakSeconds: 0, minimumRequests: 1 },
      restart: { progressDeadlineSeconds: 20 },
    };
  }

  /** Changes the migration, as a person does with kubectl patch. */
  async change(patch: Readonly<Record<string, unknown>>, name = this.prefix): Promise<void> {
    const { metadata } = await this.stage.client.mergePatch(MESH_MIGRATION, { name }, patch);
    const generation = metadata.generation ?? 0;
    await this.observer.when(
      `the change of ${name} is seen`,
      () => (this.migration(name).metadata.generation ?? 0) >= generation,
    );
  }

  /** Runs kubectl as an administrator. */
  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl(this.stage.cluster, args);
  }

  /** As `kubectl`, with a manifest on its standard input. */
  kubectlWith(manifest: object, ...args: readonly string[]): Promise<string> {
    return kubectl(this.stage.cluster, args, manifest);
  }

  /** The migration as it was seen last. */
  migration(name = this.prefix): Seen {
    const found = this.observer.world.all('migrations').find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`there is no MeshMigration ${name}`);
    return found;
  }

  /** Status, reason and message of a condition; undefined where there is none. */
  condition(type: string, name = this.prefix): { status: string; reason: string; message: string } | undefined {
    const found = listAt(this.migration(name), 'status', 'conditions').find((c) => c['type'] === type);
    const word = (field: string): string => textAt(found, field) ?? '';
    return found === undefined ? undefined : { status: word('status'), reason: word('reason'), message: word('message') };
  }

  /** Waits until the migration is Ready, with this reason when one is given; throws when it stalls. */
  async gets(reason?: string, name = this.prefix): Promise<void> {
    await this.comesTo('Ready', { reason, name }, (stalled) => {
      throw new Error(`${name} is Stalled (${stalled.reason}: ${stalled.message})`);
    });
  }

  /** Waits until a migration that may be Stalled is Ready, with this reason when one is given. */
  async recovers(reason?: string, name = this.prefix): Promise<void> {
    await this.comesTo('Ready', { reason, name });
  }

  /** Waits until the migration is Stalled, with this reason when one is given. */
  async stalls(reason?: string, name = this.prefix): Promise<void> {
    await this.comesTo('Stalled', { reason, name });
  }

  private async comesTo(
    type: 'Ready' | 'Stalled',
    { reason, name }: { reason: string | undefined; name: string },
    onStalled: (condition: { reason: string; message: string }) => void = () => undefined,
  ): Promise<void> {
    await this.seen(`${name} is ${type} ${reason ?? ''}`, () => {
      const stalled = this.current('Stalled', name);
      if (stalled?.status === 'True') onStalled(stalled);
      const condition = this.current(type, name);
      return condition?.status === 'True' && (reason === undefined || condition.reason === reason);
    });
  }

  // What a status says of an older spec is no answer to the newest one.
  private current(type: string, name: string): ReturnType<Scene['condition']> {
    const found = listAt(this.migration(name), 'status', 'conditions').find((c) => c['type'] === type);
    return found?.['observedGeneration'] === this.migration(name).metadata.generation ? this.condition(type, name) : undefined;
  }

  /** Waits for a state of the world; on failure the error tells where the test's namespaces stand. */
  async seen<T>(what: string, look: () => T | undefined | false, timeoutMs?: number): Promise<T> {
    try {
      return await this.observer.when(what, look, timeoutMs);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)} ${this.story()}`, { cause: error });
    }
  }

  /** The step of a namespace. */
  step(namespace: string): string {
    const record = this.observer.world.record(namespace);
    return record === undefined ? 'none' : stepOf(record);
  }

  /** Waits until a namespace is at one of these steps. */
  async reaches(namespace: string, ...steps: readonly string[]): Promise<void> {
    await this.seen(`${namespace} is at ${steps.join(' or ')}`, () => steps.includes(this.step(namespace)));
  }

  /** The record of a namespace. */
  record(namespace: string): Seen {
    const found = this.observer.world.record(namespace);
    if (found === undefined) throw new Error(`${namespace} has no record`);
    return found;
  }

  /** Rows of a record, each as `Kind/name: State Reason`. */
  rows(namespace: string): string[] {
    const row = (one: Fields): string =>
      `${String(one['kind'])}/${String(one['name'])}: ${String(one['state'])} ${String(one['reason'])}`;
    return listAt(this.observer.world.record(namespace), 'status', 'workloads').map(row).toSorted();
  }

  /** The object as it is now. */
  async get(path: string): Promise<Seen> {
    const [kind = '', second = '', third] = path.split('/');
    const ref = third === undefined ? { name: second } : { namespace: second, name: third };
    return await this.stage.client.get<Seen>(kindOf(kind), ref);
  }

  /** Names of the workloads of a namespace whose templates carry keys. */
  keyed(namespace: string): string[] {
    const all = this.observer.world.all('workloads', namespace).filter((w) => isKeyed(templateAnnotations(w)));
    return all.map((w) => `${w.kind ?? ''}/${w.metadata.name}`).toSorted();
  }

  /** Waits until exactly these workloads of a namespace carry keys. */
  async carries(namespace: string, workloads: readonly string[]): Promise<void> {
    const wanted = JSON.stringify(workloads);
    await this.seen(`keys are on ${wanted} of ${namespace}`, () => JSON.stringify(this.keyed(namespace)) === wanted, 15_000);
  }

  /** Pods of a namespace that live. */
  pods(namespace: string): Seen[] {
    return this.observer.world.all('pods', namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Where everything of this test stands, for errors. */
  story(): string {
    const records = this.observer.world.all('records').filter(({ metadata }) => metadata.name.startsWith(this.prefix));
    const told = records.map((record) => {
      const word = (field: string): string => textAt(record, 'status', field) ?? '';
      const rows = this.rows(record.metadata.name).join(', ');
      return `${record.metadata.name} at ${stepOf(record)} (${word('reason')}: ${word('message')}) [${rows}]`;
    });
    const own = this.observer.world.all('migrations').filter(({ metadata }) => metadata.name.startsWith(this.prefix));
    const ends = own.map((m) => `${m.metadata.name}: ${textAt(m, 'status', 'summary') ?? 'no status'}`);
    return `— ${[...ends, ...told].join('; ')}`;
  }
}

function kindOf(kind: string): ResourceKind {
  const found = byKind[kind];
  if (found === undefined) throw new Error(`kind ${kind} is not known to the tests; add it to the kube room's kinds`);
  return found;
}

function isServed(workload: Seen): boolean {
  const ready = workload.kind === 'DaemonSet' ? 'numberReady' : 'readyReplicas';
  const seen = (numberAt(workload, 'status', 'observedGeneration') ?? 0) >= (workload.metadata.generation ?? 1);
  const isScheduled = workload.kind !== 'DaemonSet' || desiredOf(workload) > 0;
  return seen && isScheduled && (numberAt(workload, 'status', ready) ?? 0) === desiredOf(workload);
}

/** The manifest with annotations on the workload itself. */
export function annotated(manifest: Manifest, annotations: Readonly<Record<string, string>>): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

type Named = Omit<Ordinary, 'name'>;
const usual = { requestsPerSecond: 200 };

/** Workloads of tests: quick, and with enough traffic to be judged. */
export const make = {
  deployment: (name: string, options: Named = {}): Manifest => build.deployment({ ...usual, name, namespace: '', ...options }),
  statefulSet: (name: string, options: Named = {}): Manifest => build.statefulSet({ ...usual, name, namespace: '', ...options }),
  daemonSet: (name: string, options: Named = {}): Manifest => build.daemonSet({ ...usual, name, namespace: '', ...options }),
  cronJob: (name: string, options: Named = {}): Manifest => build.cronJob({ name, namespace: '', ...options }),
  job: (name: string, options: Named = {}): Manifest => build.job({ name, namespace: '', ...options }),
  barePod: (name: string, options: Named = {}): Manifest => build.barePod({ name, namespace: '', ...options }),
};

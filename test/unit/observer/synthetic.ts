// What a cluster and its audit log would show, made up: objects, changes and writes for tests of the observer's invariants.
import { Monitor } from '../../support/observer/invariant.ts';
import type { Invariant, Violation } from '../../support/observer/invariant.ts';
import { usualPlace } from '../../support/observer/keys.ts';
import type { Collection, Seen } from '../../support/observer/world.ts';
import { idOf } from '../../support/observer/world.ts';
import type { Write } from '../../support/observer/write.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

/** One invariant, and what it is told, a tenth of a second apart. */
export class Run {
  readonly #monitor: Monitor;
  readonly #held = new Map<string, Seen>();
  #now = start;

  constructor(invariant: Invariant) {
    this.#monitor = new Monitor([invariant], usualPlace);
  }

  /** An object is there, new or changed. */
  see(collection: Collection, ...objects: readonly Seen[]): this {
    for (const object of objects) {
      const old = this.#held.get(idOf(object));
      this.#held.set(idOf(object), object);
      this.#monitor.change({ at: this.#next(), collection, now: object, ...(old !== undefined && { old }) });
    }
    return this;
  }

  /** An object is gone. */
  lose(collection: Collection, object: Seen): this {
    this.#held.delete(idOf(object));
    this.#monitor.change({ at: this.#next(), collection, old: object });
    return this;
  }

  /** The operator writes. */
  write(write: Partial<Write>): this {
    this.#monitor.write({ ...nothing, at: this.#next(), ...write });
    return this;
  }

  /** Messages of all violations, when the run is over and ten seconds have passed. */
  end(): string[] {
    return this.violations().map(({ message }) => message);
  }

  violations(): readonly Violation[] {
    this.#now += 10_000;
    this.#monitor.end(this.#now);
    return this.#monitor.violations;
  }

  #next(): number {
    this.#now += 100;
    return this.#now;
  }
}

const nothing: Write = {
  at: start,
  user: usualPlace.user,
  verb: 'patch',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  code: 200,
  dryRun: false,
  fieldManager: '',
  body: {},
};

/** An object with a name; `namespace/name` where it is in a namespace. */
export function object(kind: string, path: string, fields: Readonly<Record<string, unknown>> = {}, metadata: object = {}): Seen {
  const [namespace, name = path] = path.includes('/') ? path.split('/') : [undefined];
  const where = namespace === undefined ? {} : { namespace };
  return { kind, metadata: { name, uid: `uid-of-${kind}-${path}`, generation: 1, ...where, ...metadata }, ...fields };
}

/** Keys of a move on a template. */
export const moved = {
  'meshmigration.io/to': 'linkerd2',
  'meshmigration.io/from': 'linkerd1',
  'meshmigration.io/cutover': 'uid-of-M-1',
};

/** A Deployment of some replicas, rolled out, with these annotations on its template. */
export function deployment(path: string, annotations: object = {}, status: object = {}, replicas = 4): Seen {
  const full = { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: replicas };
  const spec = { replicas, template: { metadata: { annotations } } };
  return object('Deployment', path, { spec, status: { ...full, ...status } });
}

/** A pod of a Deployment. */
export function pod(
  path: string,
  of: string,
  options: { ready?: boolean; annotations?: object; containers?: object[] } = {},
): Seen {
  const { ready = true, annotations = {}, containers = [{ name: 'app' }] } = options;
  const metadata = {
    labels: { 'pod-template-hash': 'abc' },
    annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${of}-abc`, uid: 'rs', controller: true }],
  };
  const status = { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
  return object('Pod', path, { spec: { containers }, status }, metadata);
}

/** A migration of one wave. */
export function migration(spec: object = {}, status: object = {}): Seen {
  return object('MeshMigration', 'm', { spec: { waves: [{ name: 'one', namespaces: ['shop', 'bank'] }], ...spec }, status });
}

/** A record of that migration at a step. */
export function record(namespace: string, step: string, status: object = {}, spec: object = {}): Seen {
  return object('NamespaceMigration', namespace, {
    spec: { migrationRef: { name: 'm', uid: 'uid-of-MeshMigration-m' }, wave: 'one', ...spec },
    status: { step, attempt: 1, ...status },
  });
}

/** The write that stores a record's status. */
export function says(namespace: string, status: object): Partial<Write> {
  return {
    resource: 'namespacemigrations.meshmigration.io',
    subresource: 'status',
    name: namespace,
    body: [
      { op: 'test', path: '/metadata/uid', value: `uid-of-NamespaceMigration-${namespace}` },
      { op: 'add', path: '/status', value: status },
    ],
  };
}

/** The write that moves a Deployment. */
export function cutover(path: string, metadata: object = {}): Partial<Write> {
  const [namespace = '', name = ''] = path.split('/');
  return {
    resource: 'deployments.apps',
    namespace,
    name,
    fieldManager: 'meshmigration',
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, uid: `uid-of-Deployment-${path}`, resourceVersion: '7', ...metadata },
      spec: { template: { metadata: { annotations: moved } } },
    },
  };
}

/** The write that takes a Deployment's keys away. */
export function restore(path: string): Partial<Write> {
  const [namespace = '', name = ''] = path.split('/');
  return {
    resource: 'deployments.apps',
    namespace,
    name,
    body: [
      { op: 'test', path: '/metadata/uid', value: `uid-of-Deployment-${path}` },
      { op: 'remove', path: '/spec/template/metadata/annotations/meshmigration.io~1cutover' },
    ],
  };
}

/** A row of a record. */
export function row(name: string, state: string, namespace = 'shop'): object {
  return { kind: 'Deployment', name, uid: `uid-of-Deployment-${namespace}/${name}`, state };
}

// Observer: every write of the operator is one of a short list of (verb, resource, field path), and names the object it
// was decided on. Attempts count: what RBAC or a fence had to refuse is a mistake all the same.
import { isFields, valueAt } from '../fields.ts';
import type { Invariant } from '../invariant.ts';
import { namespaceAnnotations, namespaceLabels, key, templateKeys } from '../keys.ts';
import type { Place } from '../keys.ts';
import { templatePath } from '../world.ts';
import { inWords, operationsOf, uidOf } from '../write.ts';
import type { PatchOperation, Write } from '../write.ts';

/** Only allow-listed writes, each with the uid of its object. */
export function narrowWrites(): Invariant {
  return {
    name: 'narrow writes',
    write(write, { place, report }) {
      // A server that is going down answers before it has read what was asked: there is nothing to judge.
      if (write.code >= 500 && (write.body === undefined || write.body === null)) return;
      const trouble = troubleWith(write, place);
      if (trouble !== undefined) report(trouble, inWords(write));
    },
  };
}

function troubleWith(write: Write, place: Place): string | undefined {
  const what = write.subresource === '' ? write.resource : `${write.resource}/${write.subresource}`;
  const rule = rules[`${write.verb} ${what}`];
  return rule === undefined ? `the operator may not ${write.verb} ${what}` : rule(write, place);
}

type Rule = (write: Write, place: Place) => string | undefined;

const anything: Rule = () => undefined;
const ownLease: Rule = (write, place) =>
  write.namespace === place.namespace && write.name === place.lease ? undefined : "a Lease that is not the operator's";
const dryRunOnly: Rule = (write) => (write.dryRun ? undefined : 'a pod that is really created');
const withUid = (write: Write): string | undefined =>
  uidOf(write) === undefined ? 'any object of that name would do: it carries no uid' : undefined;

const workloads: Readonly<Record<string, string>> = {
  'deployments.apps': 'Deployment',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  'cronjobs.batch': 'CronJob',
};

const rules: Readonly<Record<string, Rule>> = {
  'create leases.coordination.k8s.io': ownLease,
  'update leases.coordination.k8s.io': ownLease,
  'patch leases.coordination.k8s.io': ownLease,
  'create events.events.k8s.io': anything,
  'patch events.events.k8s.io': anything,
  'patch meshmigrations.meshmigration.io/status': patching(['/status']),
  'patch meshmigrations.meshmigration.io': patching(['/metadata/finalizers']),
  'create namespacemigrations.meshmigration.io': (write) =>
    valueAt(write.body, 'status') === undefined ? undefined : 'a record that is created with a status',
  'delete namespacemigrations.meshmigration.io': withUid,
  'patch namespacemigrations.meshmigration.io/status': patching(['/status']),
  'patch namespacemigrations.meshmigration.io': patching(['/spec/migrationRef', '/spec/wave']),
  'patch namespaces': patching([
    ...namespaceLabels.map((label) => `/metadata/labels/${escaped(label)}`),
    ...namespaceAnnotations.map((annotation) => `/metadata/annotations/${escaped(annotation)}`),
  ]),
  'create pods': dryRunOnly,
  'create pods/eviction': withUid,
  ...Object.fromEntries(Object.entries(workloads).map(([resource, kind]) => [`patch ${resource}`, templateRule(kind)])),
};

function templateRule(kind: string): Rule {
  const template = templatePath(kind).join('/');
  const own = [...templateKeys, key.restored].map((name) => `/${template}/metadata/annotations/${escaped(name)}`);
  const patch = patching([...own, '/spec/minReadySeconds']);
  return (write, place) => (operationsOf(write) === undefined ? applying(write, template) : patch(write, place));
}

// A JSON Patch of nothing but these paths; an empty map may be made where a key has none to go into.
function patching(paths: readonly string[]): Rule {
  return (write) => {
    const operations = operationsOf(write);
    // What was denied before its body was read can't be judged.
    if (write.body === undefined && write.code === 403) return undefined;
    if (operations === undefined) return 'no JSON Patch: it could overwrite what somebody else has changed meanwhile';
    const strange = operations.find((operation) => operation.op !== 'test' && !isAllowed(operation, paths));
    return strange === undefined ? withUid(write) : `it changes ${strange.path}`;
  };
}

function isAllowed({ op, path, value }: PatchOperation, paths: readonly string[]): boolean {
  if (paths.includes(path)) return true;
  const isEmpty = isFields(value) && Object.keys(value).length === 0;
  return op === 'add' && isEmpty && paths.some((allowed) => allowed.startsWith(`${path}/`));
}

// A server-side apply of exactly our keys.
function applying(write: Write, template: string): string | undefined {
  const identity = ['apiVersion', 'kind', 'metadata/name', 'metadata/namespace', 'metadata/uid', 'metadata/resourceVersion'];
  const annotations = `${template}/metadata/annotations`;
  const allowed = [...identity, 'spec/minReadySeconds', ...templateKeys.map((name) => `${annotations}/${escaped(name)}`)];
  const strange = leavesOf(write.body).find((path) => !allowed.includes(path));
  if (strange !== undefined) return `it applies ${strange}`;
  if (write.fieldManager !== 'meshmigration') return `its field manager is "${write.fieldManager}"`;
  return withUid(write);
}

function leavesOf(value: unknown, path: readonly string[] = []): string[] {
  if (!isFields(value) || Object.keys(value).length === 0) return [path.join('/')];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, escaped(name)]));
}

function escaped(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

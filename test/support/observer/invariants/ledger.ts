// Observer: what the operator has said about records, in the order in which the audit log holds it. A record's status is
// written before the writes that it announces, so this is what the operator knew when it wrote.
import { listAt, numberAt, textAt, valueAt } from '../fields.ts';
import type { Context } from '../invariant.ts';
import { isKeyed, templatePath } from '../world.ts';
import { textsAt } from '../fields.ts';
import { key } from '../keys.ts';
import { operationsOf, succeeded, uidOf } from '../write.ts';
import type { Write } from '../write.ts';

/** The status of a record as it was written last. */
export interface Said {
  readonly step: string;
  readonly attempt: number;
  readonly restoreCause: string | undefined;
  /** State of each workload that has a row, by uid. */
  readonly states: ReadonlyMap<string, string>;
  /** Workloads whose turn comes next, as `<first 8 characters of the uid>-<try>`. */
  readonly plans: ReadonlySet<string>;
}

/** What was said of the records. */
export class Ledger {
  readonly #said = new Map<string, Said>();

  /** Takes a write; answers with the record's name when it was about a status. */
  note(write: Write): string | undefined {
    if (!succeeded(write) || write.resource !== 'namespacemigrations.meshmigration.io') return undefined;
    if (write.verb === 'create' || write.verb === 'delete') {
      this.#said.delete(write.name);
      return undefined;
    }
    const status = statusOf(write);
    if (status === undefined) return undefined;
    this.#said.set(write.name, saidBy(status));
    return write.name;
  }

  /** What was said last; what the record itself says where nothing was written since the observer came. */
  of(namespace: string, { world }: Pick<Context, 'world'>): Said | undefined {
    const record = world.record(namespace);
    return this.#said.get(namespace) ?? (record === undefined ? undefined : saidBy(valueAt(record, 'status')));
  }
}

/** The status that a write stores; undefined for other writes. */
export function statusOf(write: Write): unknown {
  return operationsOf(write)?.find(({ op, path }) => op !== 'test' && path === '/status')?.value;
}

function saidBy(status: unknown): Said {
  const rows = listAt(status, 'workloads').map((row) => [textAt(row, 'uid') ?? '', textAt(row, 'state') ?? ''] as const);
  return {
    step: textAt(status, 'step') ?? 'Pending',
    attempt: numberAt(status, 'attempt') ?? 1,
    restoreCause: textAt(status, 'restoreCause'),
    states: new Map(rows),
    plans: new Set(entriesOf(valueAt(status, 'keyed')).flatMap(plannedBy)),
  };
}

function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function plannedBy(entry: unknown): string[] {
  const [uid = '', word, attempt = ''] = typeof entry === 'string' ? entry.split(':') : [];
  return word === 'Next' ? [`${uid}-${attempt}`] : [];
}

/** The workload's turn was announced before it came: there is no row of it yet. */
export function isPlanned(write: Write, said: Said | undefined): boolean {
  const attempt = cutoverOf(write)?.split('-').at(-1) ?? '';
  return said?.plans.has(`${(uidOf(write) ?? '').slice(0, 8)}-${attempt}`) === true;
}

const workloadKinds: Readonly<Record<string, string>> = {
  'deployments.apps': 'Deployment',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  'cronjobs.batch': 'CronJob',
};

/** The kind of the workload that is written; undefined for other writes. */
export function workloadKind(write: Write): string | undefined {
  return write.verb === 'patch' && write.subresource === '' ? workloadKinds[write.resource] : undefined;
}

/** The cutover key that a write applies to a template; undefined for other writes, those that take keys away included. */
export function cutoverOf(write: Write): string | undefined {
  const kind = workloadKind(write);
  if (kind === undefined || operationsOf(write) !== undefined) return undefined;
  const annotations = textsAt(write.body, ...templatePath(kind), 'metadata', 'annotations');
  return isKeyed(annotations) ? annotations[key.cutover] : undefined;
}

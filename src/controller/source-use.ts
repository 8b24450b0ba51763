// Whether the source mesh is still used: by templates that point at it, and by the requests that its proxies count.

import type { MeshMigration } from '../api/v1alpha1/mesh-migration.ts';
import { longestPause } from '../core/cron-period.ts';
import { few } from '../core/few.ts';
import { isKeyed, pairOf } from '../core/pair.ts';
import type { MigrationObservation } from '../core/migration/observation.ts';
import { trafficVerdict } from '../core/traffic.ts';
import type { QuietFor } from '../core/traffic.ts';
import type { MeshAdapter } from '../mesh/adapter.ts';
import type { Resolve } from '../mesh/configuration.ts';
import type { MeshNames } from '../mesh/names.ts';
import { sourceUseOf } from './assemble.ts';
import type { Watched } from './names/traffic.ts';
import type { TrimmedWorkload } from './trimmed.ts';
import type { Views } from './views.ts';

/** What is looked at. */
export interface SourceUseFacts {
  migration: MeshMigration;
  views: Views;
  isExcluded: (namespace: string) => boolean;
  /** Looks into what was read of a namespace's ConfigMaps and Secrets. */
  known: (namespace: string) => Resolve;
  watched: Watched;
  /** What serves, as namespace/name. */
  installations: readonly string[];
  wallMs: number;
}

type Condition = MigrationObservation['sourceInUse'];

/** The condition SourceInUse. Templates come first: what still points at the source depends on it, however quiet it is. */
export function sourceInUse(source: MeshAdapter, facts: SourceUseFacts): Condition {
  if (source.mesh === 'None') return { status: 'False', reason: 'SourceQuiet', message: 'the source is no mesh' };
  const { migration, watched } = facts;
  const using = Object.values(facts.views.workloads)
    .flatMap((view) => view.all())
    .filter((w) => !facts.isExcluded(w.namespace) && sourceUseOf(w, migration, facts.known(w.namespace)).state !== 'absent');
  const pair = pairOf(migration.spec.source.mesh, migration.spec.target.mesh);
  const users = using.filter(
    (w) => !isKeyed(w.keys, pair) && (!isCommitted(w, facts.views, pair.to) || isListed(w, facts.views)),
  );
  if (users.length > 0) return { status: 'True', reason: 'SourceInUse', message: `templates still use it: ${namesOf(users)}` };
  if (source.names === undefined || 'why' in watched) {
    const why = 'why' in watched ? watched.why : 'it has no counters of its own';
    return unknownUse(`no template uses it without our keys; whether requests still reach it is not known: ${why}`);
  }
  const verdict = trafficVerdict(watched.log, facts.wallMs, quietFor(source.names, migration, using));
  switch (verdict.kind) {
    case 'used':
      return { status: 'True', reason: 'SourceInUse', message: verdict.message };
    case 'unknown':
      return unknownUse(`no template uses it without our keys; ${verdict.message}`);
    case 'quiet':
      return { status: 'False', reason: 'SourceQuiet', message: retirement(verdict.message, source.names, using, facts) };
  }
}

function unknownUse(message: string): Condition {
  return { status: 'Unknown', reason: 'SourceUseUnknown', message };
}

// Offered, never done. Templates that still carry its variables are harmless while our admission is installed.
function retirement(message: string, names: MeshNames, using: readonly TrimmedWorkload[], facts: SourceUseFacts): string {
  const commands = names.retirement(facts.installations);
  const offer = commands.length === 0 ? '' : `; to take it out of service: ${commands.join('; ')}`;
  const residue =
    using.length === 0
      ? ''
      : `; take its variables out of these templates in Git: ${namesOf(using)} (\`kubectl mm plan\` tells the places)`;
  return `${message}${offer}${residue}`;
}

function namesOf(workloads: readonly TrimmedWorkload[]): string {
  return few(workloads.map((w) => `${w.namespace}/${w.name}`).sort(), 3);
}

const withoutJobs = 3_600;

/** Longer than the longest pause of a CronJob that uses it, unless the spec says how long. */
function quietFor(names: MeshNames, migration: MeshMigration, using: readonly TrimmedWorkload[]): QuietFor {
  const wanted = names.quietSeconds(migration.spec);
  if (wanted !== undefined) return { seconds: wanted };
  let longest: QuietFor = { seconds: withoutJobs };
  for (const { kind, namespace, name, schedule } of using) {
    const seconds = schedule === undefined ? 0 : longestPause(schedule);
    if (seconds > longest.seconds) longest = { seconds, because: `${kind} ${namespace}/${name}` };
  }
  return longest;
}

// Accepted or not, what is Listed was not moved: only its next pods may follow the namespace, and some can't.
function isListed({ kind, namespace, name }: TrimmedWorkload, views: Views): boolean {
  const rows = views.records.get(namespace)?.object.status?.workloads ?? [];
  return rows.some((row) => row.state === 'Listed' && row.kind === kind && row.name === name);
}

function isCommitted(workload: TrimmedWorkload, views: Views, to: string): boolean {
  return views.namespaces.get(workload.namespace)?.labels['meshmigration.io/to'] === to;
}

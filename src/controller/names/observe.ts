// Names, observed: what the source mesh says that the callers of a namespace need, beside what is there. Only a source with names
// of its own has any; for the others everything is there already.

import type { MeshMigration } from '../../api/v1alpha1/mesh-migration.ts';
import type { MadeName, NamespaceMigration } from '../../api/v1alpha1/namespace-migration.ts';
import type { ClosedPlaces, PlaceConflict } from '../../core/closed-places.ts';
import { ownLabel, recordedIn, withMade } from '../../core/names.ts';
import type { NamesState } from '../../core/observation.ts';
import { pass, unknown, worst } from '../../core/verdict.ts';
import type { KubeReader } from '../../kube/client.ts';
import { isKubeError } from '../../kube/kube-error.ts';
import { apiVersionOf, SERVICE } from '../../kube/resource-kind.ts';
import type { ResourceKind } from '../../kube/resource-kind.ts';
import type { Unstructured } from '../../kube/object.ts';
import type { NamesAnswer, NamesIo, NamesQuestion, NamesReading } from '../../mesh/names.ts';
import { createMemo } from '../memo.ts';
import { adaptersOf } from '../preflight-facts.ts';
import { createChangedNames } from './changed.ts';
import { differencesOf } from './differences.ts';
import { heldBy, missingOf } from './diff.ts';
import type { Missing } from './diff.ts';
import { NAME_KINDS } from './kinds.ts';
import type { TrafficWatch } from './traffic.ts';

/** Looks at names. */
export interface Names {
  /** Names of one namespace, where its step needs them. */
  of(
    migration: MeshMigration,
    record: NamespaceMigration,
    calling: Pick<NamesQuestion, 'callers' | 'resolve' | 'moved' | 'answered'>,
  ): Promise<NamesState>;
  /** What a namespace that is gone still holds elsewhere. */
  leftBy(record: NamespaceMigration): Promise<NamesState>;
  /** What was read is old: something was written. */
  forget(migration: MeshMigration): void;
}

/** What looking takes. */
export interface NamesOptions {
  client: KubeReader;
  io: NamesIo;
  monotonicMs: () => number;
  /** Whoever follows the source's traffic sees what is read. */
  alongside: TrafficWatch['alongside'];
  /** Where nothing may be written for a migration. */
  closed: (migration: MeshMigration) => Promise<ClosedPlaces>;
  /** What all records list as made. */
  made: () => readonly MadeName[];
}

const goodForMs = 2_000;
const there: NamesState = { verdict: pass };
const notYet: NamesState = { verdict: unknown('NotAsked', 'names are looked at next'), lookAgainSeconds: 0.02 };

/** Looks at names through a client. */
export function createNames({ client, io, monotonicMs, alongside, closed, made }: NamesOptions): Names {
  const readings = createMemo<TimedReading>(monotonicMs, () => goodForMs);
  const changedNames = createChangedNames();
  const idOf = ({ metadata }: MeshMigration): string => `${metadata.uid}/${metadata.generation}`;
  const asked: Ask = async (migration, record, { callers, ...looking }) => {
    const { names } = adaptersOf(migration).source;
    const calling = callers.filter((caller) => names?.isCaller(caller.template, migration.spec) === true);
    if (names === undefined || calling.length === 0) return undefined;
    const read = (): Promise<NamesReading> => alongside(migration, () => names.read(migration.spec, io));
    const { at, reading } = await readings.get(idOf(migration), () => timed(monotonicMs(), read()));
    const answer = await reading.answer({ namespace: record.metadata.name, callers: calling, ...looking });
    return { answer, at, settings: reading.settings };
  };
  const prepared: Names['of'] = async (migration, record, calling) => {
    const found = await asked(migration, record, calling);
    if (found === undefined) return { ...there, made: record.status?.names ?? [] };
    const preparing = { client, migration, record, closed: await closed(migration), made: made() };
    const state = await preparedWith(preparing, found);
    return changedNames.judge(record.metadata.uid, found.at, { answer: found.answer, state });
  };
  return {
    forget: (migration) => readings.forget(idOf(migration)),
    leftBy: (record) => heldState(client, record),
    async of(migration, record, calling) {
      if (adaptersOf(migration).source.names === undefined) return there;
      if (record.status?.step !== 'Prepare') changedNames.forget(record.metadata.uid);
      switch (record.status?.step) {
        case 'Restore':
          return heldState(client, record);
        case 'Preflight':
          return isBlockedOtherwise(record) ? notYet : lackingState(await asked(migration, record, calling));
        case 'Prepare':
          return prepared(migration, record, calling);
        default:
          return notYet;
      }
    },
  };
}

interface TimedReading {
  /** When it began; monotonic milliseconds. */
  readonly at: number;
  readonly reading: NamesReading;
}

async function timed(at: number, reading: Promise<NamesReading>): Promise<TimedReading> {
  return { at, reading: await reading };
}

interface Asked {
  readonly answer: NamesAnswer;
  readonly at: TimedReading['at'];
  readonly settings: NamesReading['settings'];
}

/** Undefined where nobody calls through the source. */
type Ask = (...of: Parameters<Names['of']>) => Promise<Asked | undefined>;

function lackingState(found: Asked | undefined): NamesState {
  const lacking = found?.answer.lacking;
  return lacking === undefined ? notYet : { ...notYet, lacking };
}

async function preparedWith(preparing: Preparing, { answer, settings }: Asked): Promise<NamesState> {
  const state = await preparedState(preparing, answer);
  const differences = differencesOf(settings, [...(answer.differences ?? []), ...state.leftOut]);
  return differences === undefined ? state : { ...state, differences };
}

// Until that is mended, what names need is not worth the question to every proxy of the source.
function isBlockedOtherwise({ status }: NamespaceMigration): boolean {
  return status?.blocked === true && status.reason !== 'TargetLacksRoutes';
}

async function heldState(client: KubeReader, { metadata, status }: NamespaceMigration): Promise<NamesState> {
  const made = status?.names ?? [];
  if (made.length === 0) return { verdict: pass, held: [] };
  const live = await liveObjects(client, true);
  if (typeof live === 'string') return { verdict: unknown('NamesUnknown', live) };
  return { verdict: pass, held: heldBy(metadata.name, live, made) };
}

interface Preparing {
  readonly client: KubeReader;
  readonly migration: MeshMigration;
  readonly record: NamespaceMigration;
  readonly closed: ClosedPlaces;
  readonly made: readonly MadeName[];
}

interface About {
  leftOut: readonly string[];
  made: readonly MadeName[];
  remedy?: string;
}

function told({ remedy }: NamesAnswer): Pick<About, 'remedy'> {
  return remedy === undefined ? {} : { remedy };
}

async function preparedState(
  { client, migration, record, closed, made }: Preparing,
  answer: NamesAnswer,
): Promise<NamesState & { leftOut: readonly string[] }> {
  const { wanted, settled } = answer;
  const before: readonly MadeName[] = record.status?.names ?? [];
  const about: About = { leftOut: [], made: before, ...told(answer) };
  if (wanted.length === 0) return { verdict: answer.verdict, ...about };
  const namespace = record.metadata.name;
  const live = await liveObjects(client, false);
  if (typeof live === 'string') return { verdict: unknown('NamesUnknown', live), ...about };
  const manage = migration.spec.routing?.manage !== false;
  const missing = missingOf(wanted, { namespace, live, closed: manage ? closed : () => undefined, recorded: recordedIn(made) });
  if (!manage) return { ...about, ...fromGit({ ...about, verdict: answer.verdict }, missing, settled) };
  Object.assign(about, { leftOut: missing.leftOut, made: withMade(before, missing.made) });
  const [conflict] = missing.conflicts;
  if (conflict !== undefined) return { ...about, ...conflicting(answer, conflict), missing: missing.writes };
  const verdict = missing.writes.length > 0 ? answer.verdict : worst([answer.verdict, settled]);
  return { ...about, verdict, missing: missing.writes, lookAgainSeconds: 1 };
}

function conflicting({ verdict }: NamesAnswer, { message, remedy }: PlaceConflict): NamesState {
  const worse = worst([verdict, { kind: 'fail', reason: 'NamesBlocked', message }]);
  return { verdict: worse, ...(remedy !== undefined && verdict.kind === 'pass' && { remedy }) };
}

// What is in Git has neither our label nor our field manager: what counts is that names lead where they should.
function fromGit(about: NamesState, missing: Missing, settled: NamesAnswer['settled']): NamesState {
  if (settled.kind === 'pass' || about.verdict.kind !== 'pass') return about;
  const objects = missing.writes.map(
    ({ manifest }) => `${manifest.kind} ${manifest.metadata.namespace}/${manifest.metadata.name}`,
  );
  const shown = objects.length > 5 ? [...objects.slice(0, 5), `${objects.length - 5} more`] : objects;
  const message = shown.length > 0 ? `put into Git: ${shown.join(', ')}` : settled.message;
  return { ...about, awaited: { reason: 'NamesAwaitGit', message } };
}

/** Everything that may be ours, or why it can't be told. Kinds that the cluster does not have hold nothing. */
async function liveObjects(client: KubeReader, ours: boolean): Promise<Unstructured[] | string> {
  try {
    const lists = await Promise.all(NAME_KINDS.map((kind) => liveOf(client, kind, ours)));
    return lists.flat();
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return `names that were made can't be listed: ${error.message}`;
  }
}

// Services of others carry our ports as well, so all of them are looked at.
async function liveOf(client: KubeReader, kind: ResourceKind, ours: boolean): Promise<Unstructured[]> {
  const labelSelector = ours && kind !== SERVICE ? `${ownLabel.key}=${ownLabel.value}` : undefined;
  try {
    const { items } = await client.list(kind, { labelSelector });
    return items.map((item) => ({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind }));
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    throw error;
  }
}

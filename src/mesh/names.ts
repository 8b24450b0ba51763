// Names: what a source mesh must say about the names that its callers use, where leaving it takes more than the pods. Answers are
// data; the mesh's own reader does the asking, through the two ways given here.

import type { MeshMigrationSpec } from '../api/v1alpha1/mesh-migration.ts';
import type { MadeName } from '../api/v1alpha1/namespace-migration.ts';
import type { NameManifest } from '../core/names.ts';
import type { SourceTraffic } from '../core/traffic.ts';
import type { Verdict } from '../core/verdict.ts';
import type { DetectContext, PodTemplate, PreflightFact, PreflightQuestion } from './adapter.ts';

/** Limits of one question to a program in the cluster. */
export interface AskLimits {
  /** To the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maximumBytes: number;
  /** JSON text to POST; a GET when absent. */
  readonly json?: string;
  /** Of an answer that is read line by line: which lines are wanted, and how many bytes of them. An unfinished last line is one. */
  readonly lines?: { readonly keep: (line: string) => boolean; readonly maximumBytes: number };
}

/** How a reader asks. */
export interface NamesIo {
  /** Rejects with a sentence after the deadline, on a broken answer, and beyond the limit in bytes. */
  readonly http: (url: string, limits: AskLimits) => Promise<{ status: number; body: string }>;
  /** A live list; what can't be read is an error in the answer. */
  readonly list: (question: PreflightQuestion) => Promise<PreflightFact>;
  /** What was made for callers, as all records list it; without it the records are asked for. */
  readonly made?: () => readonly MadeName[];
  /** Names of all namespaces, where they are watched; without it they are asked for. */
  readonly namespaces?: () => readonly string[];
  /** Objects are all there is: no program can be asked, and nothing tells how anything is now. */
  readonly offline?: true;
}

/** A workload whose calls matter. */
export interface Caller {
  readonly kind: string;
  readonly name: string;
  readonly template: PodTemplate;
}

/** The callers of one namespace. */
export interface NamesQuestion {
  readonly namespace: string;
  readonly callers: readonly Caller[];
  /** As for `detect`: names are looked for there as well. */
  readonly resolve?: DetectContext['resolve'];
  /** When names were last seen moving, milliseconds since the epoch, as a log of the source's traffic has them. */
  readonly moved?: ReadonlyMap<string, number>;
  /** Requests of names that the source has answered since it is watched, as that log has them: it may count them no longer. */
  readonly answered?: ReadonlyMap<string, number>;
}

/** One object that callers need. create: ours alone; apply: these fields alone, on an object of somebody else. */
export interface WantedObject {
  readonly how: 'create' | 'apply';
  readonly manifest: NameManifest;
}

/** A name as people read it. */
export interface NameLine {
  /** As it is called: host, or host:port. */
  readonly name: string;
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  readonly remedy?: string;
  /** Where it was seen. */
  readonly evidence: readonly string[];
  /** When its counter was last seen growing, in ISO 8601; absent where it was not. */
  readonly lastMoving?: string;
}

/** What becomes of one setting of the source. */
export interface SettingLine {
  /** As in the configuration: `routers[0].service.totalTimeoutMs`. */
  readonly path: string;
  /** The value or kind, where it decides. */
  readonly value?: string;
  readonly fate: 'equivalent' | 'approximate' | 'lost';
  /** What it becomes, what differs, or what to do. */
  readonly text: string;
}

/** A name that the source answers otherwise than expected. */
export interface ChangedName {
  readonly name: string;
  /** A sentence. */
  readonly message: string;
  /** Its answer leads through an object that was made by us. */
  readonly ours: boolean;
  readonly remedy: string;
}

/** What the callers of a namespace need. */
export interface NamesAnswer {
  /** fail: a name would stop working; unknown: what they call can't be told. */
  readonly verdict: Verdict;
  readonly remedy?: string;
  readonly names: readonly NameLine[];
  /** In an order in which they can be made. */
  readonly wanted: readonly WantedObject[];
  /** What the cluster lacks for what is wanted: a kind of route, or a version of it that the target supports. */
  readonly lacking?: { readonly message: string; readonly remedy: string };
  /**
   * Once everything wanted is there: pass when every name leads, from the namespace, to the same ready pods as through the source.
   * unknown: not yet.
   */
  readonly settled: Verdict;
  /**
   * Names that the source answers otherwise than it would without our objects. Both sides were not read at the same moment, so one
   * such answer alone proves nothing.
   */
  readonly changed?: readonly ChangedName[];
  /** Names that the source could not be asked about. */
  readonly unasked?: readonly string[];
  /** Never made, only proposed. */
  readonly proposals?: readonly NameManifest[];
  /** What is approximate or lost for these callers; sentences. */
  readonly differences?: readonly string[];
  /** The same, and what could not be read; sentences. */
  readonly notes: readonly string[];
}

/** The state of the source and of the cluster's names at one moment. */
export interface NamesReading {
  /** What one namespace needs. Never rejects. */
  answer(question: NamesQuestion): Promise<NamesAnswer>;
  /** Its counters, or why they can't be told. */
  readonly traffic: SourceTraffic | string;
  /** What becomes of its configuration; empty where that can't be read. */
  readonly settings: readonly SettingLine[];
}

/** Names of a source mesh. */
export interface MeshNames {
  /** Whether a template calls through the mesh at all; where none does, nothing is read. */
  isCaller(template: PodTemplate, spec: MeshMigrationSpec): boolean;
  /** Reads mesh and cluster once, for all namespaces. Never rejects: what can't be read makes answers unknown. */
  read(spec: MeshMigrationSpec, io: NamesIo): Promise<NamesReading>;
  /** Seconds without a request after which the mesh counts as unused, where the spec says. */
  quietSeconds(spec: MeshMigrationSpec): number | undefined;
  /** How a person takes the mesh out of service once it is unused: commands, one a line, for what preflight found to serve. */
  retirement(installations: readonly string[]): readonly string[];
}

// What a plan says, as data: printed as it is with -o yaml and json.

import type { NameManifest } from '../../core/names.ts';
import type { NameLine, SettingLine, WantedObject } from '../../mesh/names.ts';

/** What stands in the way, and what a person can do. */
export interface Obstacle {
  readonly message: string;
  readonly remedy?: string;
}

/** What becomes of one workload, or of pods that belong to none. */
export interface PlannedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly moves: boolean;
  /** It is in the target, or on its way there. */
  readonly already?: true;
  /** Why a person accepted that it stays. */
  readonly accepted?: string;
  readonly why?: string;
  readonly remedy?: string;
}

/** One namespace. */
export interface PlannedNamespace {
  readonly name: string;
  /** The step at which its record stands; absent where it has none. */
  readonly step?: string;
  readonly workloads: readonly PlannedWorkload[];
  readonly names: readonly NameLine[];
  /** What would hold it up. */
  readonly blockers: readonly Obstacle[];
  /** What is approximate, lost or unknown; sentences. */
  readonly notes: readonly string[];
}

/** A namespace that a wave selects and that does not move. */
export interface PassedOver {
  readonly name: string;
  readonly why: string;
}

/** The whole plan. */
export interface Plan {
  readonly migration: string;
  readonly blockers: readonly Obstacle[];
  readonly waves: readonly { readonly name: string; readonly namespaces: readonly PlannedNamespace[] }[];
  readonly passedOver: readonly PassedOver[];
  /** Everything that would be made for callers, without doubles. */
  readonly objects: readonly WantedObject[];
  /** What might be made by hand, and is not. */
  readonly proposals: readonly NameManifest[];
  /** What becomes of the source's configuration, field by field. */
  readonly settings: readonly SettingLine[];
  /** What could not be looked at; sentences. */
  readonly notes: readonly string[];
}

/** Something in the plan needs a person before it can be carried out whole. */
export function needsPerson({ blockers, waves }: Plan): boolean {
  const namespaces = waves.flatMap((wave) => wave.namespaces);
  return blockers.length > 0 || namespaces.some((n) => n.blockers.length > 0 || n.workloads.some(staysUnasked));
}

function staysUnasked({ moves, already, accepted }: PlannedWorkload): boolean {
  return !moves && already !== true && accepted === undefined;
}

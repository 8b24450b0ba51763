// Settings: the spec with its defaults filled in. The only place that knows a default; the stored spec never holds them.

import type { Health, MeshMigrationSpec, Rollback, Wave } from '../api/v1alpha1/mesh-migration.ts';

/** Every knob of a migration for one wave; durations in seconds. */
export interface Settings {
  maxConcurrentNamespaces: number;
  maxConcurrentWorkloads: number;
  progressDeadlineSeconds: number;
  minReadySeconds: number;
  soakSeconds: number;
  minimumSuccessPercent: number;
  maximumDropPercent: number;
  minimumRequests: number;
  onInconclusive: NonNullable<Health['onInconclusive']>;
  inconclusiveDeadlineSeconds: number;
  onFailure: NonNullable<Rollback['onFailure']>;
  maximumFailedNamespaces: number;
  onManagedField: 'Block' | 'AwaitGit' | 'PodOnly' | 'Takeover';
  onBlockedName: 'Block' | 'Proceed';
  paused: boolean;
  rolledBack: boolean;
}

/**
 * The settings that hold for a wave; a wave's own value wins.
 * @param wave absent for what holds for no wave in particular
 */
export function resolveSettings(spec: MeshMigrationSpec, wave?: Wave): Settings {
  return { ...paceOf(spec, wave), ...healthOf(spec, wave), ...policyOf(spec) };
}

function paceOf(spec: MeshMigrationSpec, wave?: Wave) {
  const { pace = {}, restart = {} } = spec;
  return {
    maxConcurrentNamespaces: wave?.maxConcurrentNamespaces ?? pace.maxConcurrentNamespaces ?? 1,
    maxConcurrentWorkloads: pace.maxConcurrentWorkloads ?? 3,
    progressDeadlineSeconds: restart.progressDeadlineSeconds ?? 600,
    minReadySeconds: restart.minReadySeconds ?? 0,
  };
}

function healthOf(spec: MeshMigrationSpec, wave?: Wave) {
  const health = spec.health ?? {};
  return {
    soakSeconds: wave?.soakSeconds ?? health.soakSeconds ?? 60,
    minimumSuccessPercent: health.minimumSuccessPercent ?? 99,
    maximumDropPercent: health.maximumDropPercent ?? 1,
    minimumRequests: health.minimumRequests ?? 20,
    onInconclusive: health.onInconclusive ?? 'Wait',
    inconclusiveDeadlineSeconds: health.inconclusiveDeadlineSeconds ?? 900,
  };
}

function policyOf(spec: MeshMigrationSpec) {
  return {
    onFailure: spec.rollback?.onFailure ?? 'Namespace',
    maximumFailedNamespaces: spec.rollback?.maximumFailedNamespaces ?? 0,
    onManagedField: spec.gitOps?.onManagedField ?? 'Block',
    onBlockedName: spec.routing?.onBlocked ?? 'Block',
    paused: spec.paused ?? false,
    rolledBack: spec.desiredState === 'RolledBack',
  } as const;
}

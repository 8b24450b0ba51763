// Observer: all invariants, made anew for each run.
import type { Invariant } from '../invariant.ts';
import { availability } from './availability.ts';
import { concurrentNamespaces } from './concurrent-namespaces.ts';
import { concurrentWorkloads } from './concurrent-workloads.ts';
import { exactRestore } from './exact-restore.ts';
import { exclusion } from './exclusion.ts';
import { honestStatus } from './honest-status.ts';
import { intentFirst } from './intent-first.ts';
import { meshes } from './meshes.ts';
import { narrowWrites } from './narrow-writes.ts';
import { needlessStatus } from './needless-status.ts';
import { neverAgain } from './never-again.ts';
import { onceOnly } from './once-only.ts';
import { readyMeansVerified } from './ready-means-verified.ts';
import { residue } from './residue.ts';

/** One of each. */
export function allInvariants(): Invariant[] {
  return [
    availability(),
    concurrentNamespaces(),
    concurrentWorkloads(),
    exactRestore(),
    exclusion(),
    honestStatus(),
    intentFirst(),
    meshes(),
    narrowWrites(),
    needlessStatus(),
    neverAgain(),
    onceOnly(),
    readyMeansVerified(),
    residue(),
  ];
}

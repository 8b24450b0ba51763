// Imported by every suite on a stage: when the last of them is through, what was seen of rights is noted, and the stage is taken
// down, or kept with KEEP=1.
import { finish } from '../node/kept.ts';
import type { RealCluster } from '../node/real-cluster.ts';
import { stopRestarting } from './control.ts';
import { stopLooking } from './mesh-states.ts';
import { noteRights } from './notes.ts';
import { rightsOf } from './rights.ts';
import { stageIfSet } from './stage.ts';

let noted = false;

/** Notes what was seen of rights so far; what comes later is not looked at any more. */
export async function endOfRights(cluster: RealCluster): Promise<void> {
  if (noted) return;
  noted = true;
  noteRights(await rightsOf(cluster));
}

after(async function () {
  // With KEEP=1 it stays until a person ends it.
  this.timeout(0);
  stopLooking();
  stopRestarting();
  const cluster = await stageIfSet();
  if (cluster !== undefined) await endOfRights(cluster);
  await finish(cluster);
});

// Imported by every suite on a stage: when the last of them is through, the stage is taken down, or kept with KEEP=1.
import { finish } from '../node/kept.ts';
import { stopLooking } from './mesh-states.ts';
import { stageIfSet } from './stage.ts';

after(async function () {
  // With KEEP=1 it stays until a person ends it.
  this.timeout(0);
  stopLooking();
  await finish(await stageIfSet());
});

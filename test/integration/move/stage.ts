// The one cluster on which all tests of the move run, with the operator on it as a process. It is started by the first
// test that needs it and ended with the last. KEEP=1 keeps its logs.
import { startOperator } from '../../support/operator-process.ts';
import type { OperatorProcess } from '../../support/operator-process.ts';
import { prepareCluster } from '../../support/prepared-cluster.ts';
import type { PreparedCluster } from '../../support/prepared-cluster.ts';

/** The cluster and the operator of the moment. */
export interface Stage extends PreparedCluster {
  operator: OperatorProcess;
}

let started: Promise<Stage> | undefined;

/** The stage; the first call starts it. */
export function theStage(): Promise<Stage> {
  started ??= start();
  return started;
}

async function start(): Promise<Stage> {
  const prepared = await prepareCluster({ keepFolder: process.env['KEEP'] !== undefined });
  return { ...prepared, operator: await startOperator(prepared.cluster) };
}

/** Kills the operator without warning and starts another, which takes its place at once. */
export async function replaceOperator(stage: Stage): Promise<void> {
  await stage.operator.kill();
  stage.operator = await startOperator(stage.cluster);
}

after('the stage ends', async function () {
  this.timeout(60_000);
  const stage = await started;
  await stage?.operator.stop();
  await stage?.stop();
});

// The one cluster on which all tests of names run: both meshes' stand-ins, the Gateway API, Services to call, and the operator as a
// process. It is started by the first test that needs it and ended with the last. KEEP=1 keeps its logs.

import { createAll } from '../../support/api-objects.ts';
import type { CoreDns } from '../../support/core-dns.ts';
import { startCoreDns } from '../../support/core-dns.ts';
import { installGatewayApi } from '../../support/gateway-api.ts';
import type { RouteController } from '../../support/linkerd2/routes.ts';
import { startRouteController } from '../../support/linkerd2/routes.ts';
import { startOperator } from '../../support/operator-process.ts';
import type { OperatorProcess } from '../../support/operator-process.ts';
import { prepareCluster } from '../../support/prepared-cluster.ts';
import type { PreparedCluster } from '../../support/prepared-cluster.ts';
import { answerNames, callees } from './world.ts';

/** The cluster and what runs on it. */
export interface Stage extends PreparedCluster {
  readonly routes: RouteController;
  readonly operator: OperatorProcess;
  readonly dns: CoreDns;
}

let started: Promise<Stage> | undefined;

/** The stage; the first call starts it. */
export function theStage(): Promise<Stage> {
  started ??= start();
  return started;
}

async function start(): Promise<Stage> {
  const prepared = await prepareCluster({ keepFolder: process.env['KEEP'] !== undefined });
  await installGatewayApi(prepared.cluster);
  answerNames(prepared.linkerd1);
  await createAll(prepared.client, callees());
  const dns = await startCoreDns(prepared.cluster);
  const operator = await startOperator(prepared.cluster);
  return { ...prepared, routes: startRouteController(prepared.client), operator, dns };
}

after('the stage of names ends', async function () {
  this.timeout(60_000);
  const stage = await started;
  await stage?.operator.stop();
  await stage?.dns.stop();
  await stage?.routes.close();
  await stage?.stop();
});

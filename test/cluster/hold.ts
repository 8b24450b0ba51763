// Holds one cluster until it is told to end by a signal: the process behind `make cluster`, started by up.ts. It writes how
// to enter into the file it is given, which up.ts waits for.
import { rename, writeFile } from 'node:fs/promises';
import { startCluster } from './cluster.ts';
import { stayUntilSignal } from './ending.ts';
import { writeEnterScript } from './entering.ts';

const [enter = '', readyFile = ''] = process.argv.slice(2);
const cluster = await startCluster();
const howTo = await writeEnterScript(enter, {
  kubeconfig: cluster.kubeconfig,
  kubectl: cluster.binaries['kubectl'] ?? 'kubectl',
  outerPid: process.env['OWN_NETNS_PID'],
});
const seconds = (cluster.readyAfter / 1000).toFixed(1);
await writeFile(`${readyFile}.new`, `Kubernetes with 4 fake nodes is ready after ${seconds} s.\n${howTo}\n`);
await rename(`${readyFile}.new`, readyFile);
stayUntilSignal();

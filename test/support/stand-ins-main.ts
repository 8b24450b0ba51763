/**
 * The stand-ins as a process of their own, for clusters that outlive a test: Linkerd 2 with its injector, the proxies' admin port, and Linkerd 1.
 * `node test/support/stand-ins-main.ts --kubeconfig FILE [--linkerd1 NAMESPACE] [--linkerd2 NAMESPACE]`, inside the cluster's network. Prints one
 * line of JSON when all is installed and serves until SIGTERM or Ctrl-C. `none` as a namespace leaves that mesh out.
 */
import { parseArgs } from 'node:util';
import { createKubeClient } from '../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../src/kube/kubeconfig.ts';
import { installLinkerd1 } from './linkerd1/install.ts';
import { installLinkerd2 } from './linkerd2/install.ts';
import { startProxies } from './linkerd2/proxies.ts';

interface Closable {
  close(): Promise<void>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      linkerd1: { type: 'string', default: 'l5d-system' },
      linkerd2: { type: 'string', default: 'linkerd' },
    },
  });
  if (values.kubeconfig === undefined) throw new Error('--kubeconfig is missing; name the file of the test cluster');
  const endpoint = await loadKubeConfig({ kubeconfig: values.kubeconfig, env: {} });
  const client = createKubeClient(endpoint, { userAgent: 'stand-ins', inFlight: 14 });
  const running: Closable[] = [client];
  if (values.linkerd1 !== 'none') running.push(await installLinkerd1(client, { namespace: values.linkerd1 }));
  if (values.linkerd2 !== 'none') {
    running.push(await installLinkerd2(client, { namespace: values.linkerd2 }));
    running.push(await startProxies(client));
  }
  process.stdout.write(`${JSON.stringify({ ready: true, linkerd1: values.linkerd1, linkerd2: values.linkerd2 })}\n`);

  const { promise, resolve } = Promise.withResolvers<unknown>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  await promise;
  for (const part of running.reverse()) await part.close();
}

await main();

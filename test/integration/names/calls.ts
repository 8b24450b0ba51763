// Where a call ends, by what the cluster itself says: CoreDNS for the name, Services and EndpointSlices for the address, and the
// HTTPRoute of a Service's port for a caller with a proxy. None of the product's own code has a part in it.

import type { KubeClient } from '../../../src/kube/client.ts';
import type { Unstructured } from '../../../src/kube/object.ts';
import { ENDPOINT_SLICE, SERVICE } from '../../../src/kube/resource-kind.ts';
import type { CoreDns } from '../../support/core-dns.ts';
import { HTTP_ROUTE } from './words.ts';

interface Port {
  readonly name?: string;
  readonly port: number;
}

interface Backend {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly weight: number;
}

interface Spec {
  readonly clusterIP?: string;
  readonly ports?: readonly Port[];
  readonly parentRefs?: readonly { readonly name: string; readonly namespace: string; readonly port: number }[];
  readonly rules?: readonly { readonly backendRefs?: readonly Backend[] }[];
}

const specOf = (object: Unstructured): Spec => object['spec'] ?? {};

/** Ready pods, as `weight address:port`, that a call from a namespace reaches; a sentence where it reaches none. */
export async function reached(
  { client, dns }: { client: KubeClient; dns: CoreDns },
  from: string,
  host: string,
  port = 80,
): Promise<readonly string[] | string> {
  const [address] = (await dns.addresses(from, host)) ?? [];
  if (address === undefined) return `DNS knows no ${host}`;
  const services = (await client.list(SERVICE)).items;
  const service = services.find((one) => specOf(one).clusterIP === address);
  if (service === undefined) return `${address} is no Service's`;
  const { name, namespace = '' } = service.metadata;
  const routes = (await client.list(HTTP_ROUTE, { namespace: from })).items;
  const route = routes.find((one) =>
    specOf(one).parentRefs?.some((to) => to.name === name && to.namespace === namespace && to.port === port),
  );
  const backends =
    route === undefined
      ? [{ name, namespace, port, weight: 1 }]
      : (specOf(route).rules ?? []).flatMap((rule) => rule.backendRefs ?? []);
  const pods = await Promise.all(backends.map((backend) => podsOf(client, services, backend)));
  return pods.flat().toSorted();
}

async function podsOf(client: KubeClient, services: readonly Unstructured[], to: Backend): Promise<readonly string[]> {
  const service = services.find(({ metadata }) => metadata.name === to.name && metadata.namespace === to.namespace);
  const entry = service && specOf(service).ports?.find(({ port }) => port === to.port);
  if (entry === undefined) return [];
  const labelSelector = `kubernetes.io/service-name=${to.name}`;
  const { items } = await client.list(ENDPOINT_SLICE, { namespace: to.namespace, labelSelector });
  return items.flatMap((slice) => {
    const { ports = [], endpoints = [] } = slice as unknown as {
      ports?: readonly Port[];
      endpoints?: readonly { addresses: readonly string[]; conditions?: { ready?: boolean } }[];
    };
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses);
    return ports.filter(({ name }) => name === entry.name).flatMap(({ port }) => ready.map((ip) => `${to.weight} ${ip}:${port}`));
  });
}

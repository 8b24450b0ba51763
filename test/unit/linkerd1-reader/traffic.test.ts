// Which Service the counters of a name belong to, whatever routers and names are called.

import { expect } from 'chai';
import { linkerd1Names } from '../../../src/mesh/linkerd1/names.ts';
import { usualConfig, withPods } from './l5d-pods.ts';

const service = {
  metadata: { name: 'hello', namespace: 'default' },
  spec: { selector: { app: 'hello' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
};
const slice = {
  metadata: { name: 'hello-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hello' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.1.1.1'], conditions: { ready: true } }],
};

describe('the baseline of a service', () => {
  for (const label of ['outgoing', 'out going', 'out', 'a/b c', '__proto__', 'ü "x"']) {
    it(`is found for a router that is called ${label}`, async () => {
      const [router] = usualConfig.routers;
      const config = {
        ...usualConfig,
        routers: [
          { ...router, label },
          { ...router, label: 'out', servers: [{ port: 4240 }] },
        ],
      };
      const metrics = `{${JSON.stringify(`rt/${label}/service/svc/hello/requests`)}: 7, ${JSON.stringify(`rt/${label}/service/svc/hello/success`)}: 7}`;
      const pages = { '/config.json': JSON.stringify(config), '/admin/metrics.json': metrics };
      await withPods(
        [pages],
        async (io, spec) => {
          const { traffic } = await linkerd1Names.read(spec, io);
          if (typeof traffic === 'string') throw new Error(traffic);
          const [[name, counted] = ['', undefined]] = traffic.proxies.flatMap(({ names }) => [...names]);
          expect(counted?.requests).to.equal(7);
          expect(traffic.serviceOf(name)).to.equal('default/hello');
        },
        { services: [service], endpointslices: [slice], namespaces: [{ metadata: { name: 'default' } }] },
      );
    });
  }
});

// The injector of the Linkerd 2 stand-in as a program for a pod: a mutating webhook on port 8443, and /ready on 9995. What it
// answers is decided by test/support/linkerd2, which is held to the recordings.
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import { loadKubeConfig } from '../../../src/kube/kubeconfig.ts';
import { review, type AdmissionReview } from '../../support/linkerd2/admission-review.ts';
import { clusterFacts } from '../../support/linkerd2/cluster-facts.ts';
import { recordedValues } from '../../support/linkerd2/values.ts';

const [certificates = '/certificates'] = process.argv.slice(2);
const endpoint = await loadKubeConfig({ env: process.env });
const facts = clusterFacts(createKubeClient(endpoint, { userAgent: 'injector', inFlight: 14 }));
const pem = (name: string): string => readFileSync(`${certificates}/${name}`, 'utf8');
const values = { ...recordedValues, trustAnchorsPem: pem('ca.crt') };

const server = createServer({ cert: pem('tls.crt'), key: pem('tls.key') }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AdmissionReview;
    review(asked, facts, values).then(
      ({ answer }) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(8443);
const admin = createHttpServer((_request, response) => void response.end('ready\n'));
admin.listen(9995);
process.once('SIGTERM', () => process.exit(0));

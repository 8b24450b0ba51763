// Every recorded answer of the real /delegator.json against our own evaluator, names from the recorded directory and objects.

import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { fsNamer, rewriteNamer } from '../../../src/mesh/linkerd1/dtab/configured-namers.ts';
import { unwrapTransformations } from '../../../src/mesh/linkerd1/dtab/delegate-tree.ts';
import type { RouterNames } from '../../../src/mesh/linkerd1/dtab/delegator.ts';
import { answerDelegation } from '../../../src/mesh/linkerd1/dtab/delegator.ts';
import { k8sNamer } from '../../../src/mesh/linkerd1/dtab/k8s-namer.ts';
import { readClusterObjects } from '../../../src/mesh/linkerd1/dtab/read-objects.ts';

interface Recorded {
  setup: 'fs' | 'k8s';
  name: string;
  namespace?: string;
  dtab?: string;
  path?: string;
  status: number;
  body: unknown;
}

const folder = new URL('../../recordings/linkerd1/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const recorded = JSON.parse(read('delegator.json')) as Recorded[];
const rewrite = rewriteNamer(['#', 'portNsSvcToK8s'], '/{port}/{ns}/{svc}', '/k8s/{ns}/{port}/{svc}');

const directory = new Map(readdirSync(new URL('fs/disco/', folder)).map((file) => [file, read(`fs/disco/${file}`)]));
const fs: RouterNames = { namers: [fsNamer(['#', 'io.l5d.fs'], directory), rewrite], transformations: [] };

/** The Service `sel` was made while the recording ran; its Endpoints are in selector-service.txt, between two other outputs. */
const sel = /^apiVersion: v1\n[\s\S]*?protocol: TCP$/m.exec(read('k8s/selector-service.txt'))?.[0] ?? '';
const objects = parseAllDocuments(`${read('k8s/objects.yaml')}\n---\n${sel}`).map((document) => document.toJS() as unknown);
const k8s: RouterNames = {
  namers: [k8sNamer({ prefix: ['#', 'io.l5d.k8s'], cluster: readClusterObjects(objects) }), rewrite],
  transformations: [],
};
const localnode = { name: 'SubnetLocalTransformer', prefix: '/%/io.l5d.k8s.localnode/10.99.0.10' };
const setups = {
  fs: new Map([['outgoing', fs]]),
  k8s: new Map([
    ['outgoing', k8s],
    ['incoming', { ...k8s, transformations: [localnode] }],
  ]),
};

/** Addresses of DNS names are a matter of the resolver that was asked, so only their leaves are compared. */
function withoutDnsAddresses(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDnsAddresses);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutDnsAddresses(inner)] as const);
  const copy = Object.fromEntries(entries) as { id?: unknown; addr?: unknown };
  return typeof copy.id === 'string' && copy.id.includes('/$/') ? { ...copy, addr: 'DNS' } : copy;
}

describe('the recorded answers of /delegator.json', () => {
  const trees = recorded.filter((query) => query.path !== undefined && query.dtab !== undefined);
  for (const query of trees) {
    it(`${query.setup}: ${query.name} ${String(query.path)} is answered alike`, () => {
      const { namespace, dtab = '', path = '' } = query;
      const answer = answerDelegation(setups[query.setup], { dtab, path, ...(namespace === undefined ? {} : { namespace }) });
      expect(answer.status).to.equal(query.status);
      if (answer.status !== 200) {
        expect(answer.original).to.equal(query.body);
        return;
      }
      expect(withoutDnsAddresses(answer.tree)).to.deep.equal(withoutDnsAddresses(query.body));
      expect(JSON.stringify(unwrapTransformations(answer.tree))).not.to.contain('transformation');
    });
  }

  it('of a POST are those of the same question by GET', () => {
    const post = recorded.find((query) => query.name.startsWith('POST ok |'))!;
    const body = JSON.parse(post.name.slice(post.name.indexOf('{'))) as { namespace: string; dtab: string; path: string };
    expect(answerDelegation(setups.fs, body)).to.deep.equal({ status: 200, tree: post.body });
  });

  it('that carry no question are only about the HTTP request: wrong method, missing fields', () => {
    const others = recorded
      .filter((query) => !trees.includes(query))
      .map((query) => `${query.status} ${query.name.split(' |')[0]!}`);
    expect(others).to.deep.equal(['200 POST ok', '400 POST nodtab', '400 GET without parameters', '405 PUT']);
  });

  it('are all compared', () => {
    expect(recorded).to.have.length(53);
    expect(trees).to.have.length(49);
  });
});

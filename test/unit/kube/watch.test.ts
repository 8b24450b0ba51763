import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import type { KubeClient, WatchFrame } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/create-client.ts';
import { isKubeError } from '../../../src/kube/kube-error.ts';
import { POD } from '../../../src/kube/resource-kind.ts';
import { json, startTestServer, status } from './api-server.ts';
import type { Behaviour, TestServer } from './api-server.ts';

const pod = (name: string, note = ''): object => ({
  kind: 'Pod',
  metadata: { name, uid: `uid-${name}`, resourceVersion: '5', annotations: { note } },
});
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

/** Writes `bytes` in pieces that end at the given places, each piece in a turn of its own. */
async function inPieces(response: ServerResponse, bytes: Buffer, size: number): Promise<void> {
  for (let start = 0; start < bytes.length; start += size) {
    response.write(bytes.subarray(start, start + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('watch of a real HTTP server', () => {
  let server: TestServer;
  let client: KubeClient;
  const connect = async (behave: Behaviour): Promise<void> => {
    server = await startTestServer(behave);
    client = createKubeClient(server.endpoint, { userAgent: 'test/1' });
  };
  const all = async (signal = new AbortController().signal): Promise<WatchFrame[]> => {
    const frames: WatchFrame[] = [];
    for await (const frame of client.watch(POD, { signal, sendInitialEvents: true, timeoutSeconds: 300 })) frames.push(frame);
    return frames;
  };
  afterEach(async () => {
    await server.close();
    await client.close();
  });

  it('asks for WatchList with bookmarks', async () => {
    await connect((_request, response) => void response.end());
    expect(await all()).to.deep.equal([]);
    expect(Object.fromEntries(server.arrived[0]!.query)).to.deep.equal({
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
  });

  for (const size of [1, 2, 3, 7, 100_000]) {
    it(`reads frames whose bytes arrive ${size} at a time`, async () => {
      const bookmark = { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } };
      const text =
        line('ADDED', pod('a', 'žluťoučký 🐎\nkůň')) +
        line('MODIFIED', pod('a')) +
        '\n' +
        line('BOOKMARK', bookmark) +
        line('DELETED', pod('a'));
      await connect(async (_request, response) => {
        await inPieces(response, Buffer.from(text), size);
        response.end();
      });
      const frames = await all();
      expect(frames.map(({ type }) => type)).to.deep.equal(['ADDED', 'MODIFIED', 'BOOKMARK', 'DELETED']);
      expect(frames[0]).to.nested.include({ 'object.metadata.annotations.note': 'žluťoučký 🐎\nkůň' });
      expect(frames[2]).to.deep.equal({ type: 'BOOKMARK', resourceVersion: '9', initialEventsEnd: true });
    });
  }

  it('marks what it does not understand and reads on; a line without its end is dropped', async () => {
    const text =
      'garbage\n' +
      line('ADDED', { metadata: {} }) +
      line('UNKNOWN', {}) +
      line('BOOKMARK', {}) +
      line('ADDED', pod('a')) +
      '{"type":"ADD';
    await connect((_request, response) => void response.end(text));
    expect((await all()).map(({ type }) => type)).to.deep.equal(['MALFORMED', 'MALFORMED', 'MALFORMED', 'MALFORMED', 'ADDED']);
  });

  it('hands on an in-stream error with its kind', async () => {
    await connect((_request, response) => void response.end(line('ERROR', status(410, 'Expired', 'too old resource version'))));
    const [frame] = await all();
    expect(frame).to.deep.include({ type: 'ERROR' });
    expect(frame).to.nested.include({ 'error.kind': 'gone' });
  });

  it('throws the classified refusal', async () => {
    await connect((_request, response) => json(response, status(422, 'Invalid', 'sendInitialEvents is forbidden'), 422));
    const error: unknown = await all().catch((reason: unknown) => reason);
    expect(isKubeError(error, 'invalid')).to.equal(true);
  });

  it('throws when the connection breaks, after the frames that arrived', async () => {
    await connect((_request, response) => {
      response.write(line('ADDED', pod('a')));
      setTimeout(() => response.socket?.destroy(), 20);
    });
    const frames: WatchFrame[] = [];
    const reading = async (): Promise<void> => {
      for await (const frame of client.watch(POD, { signal: new AbortController().signal, resourceVersion: '1' }))
        frames.push(frame);
    };
    const error: unknown = await reading().catch((reason: unknown) => reason);
    expect(frames).to.have.length(1);
    expect(isKubeError(error, 'unreachable')).to.equal(true);
  });

  it('ends a silent stream when its reader aborts, and frees the socket', async () => {
    const abort = new AbortController();
    await connect((_request, response) => {
      response.write(line('ADDED', pod('a')));
      setTimeout(() => abort.abort(), 20);
    });
    const error: unknown = await all(abort.signal).catch((reason: unknown) => reason);
    expect(isKubeError(error, 'aborted')).to.equal(true);
    while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(server.connections()).to.equal(1);
  });

  it('frees the socket when its reader breaks off', async () => {
    await connect((_request, response) => void response.write(line('ADDED', pod('a'))));
    for await (const frame of client.watch(POD, { signal: new AbortController().signal, resourceVersion: '1' })) {
      expect(frame.type).to.equal('ADDED');
      break;
    }
    while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(server.open()).to.equal(0);
  });

  it('gives each stream a socket of its own, so that calls never wait behind one', async () => {
    const abort = new AbortController();
    await connect((request, response) => {
      if (request.query.has('watch')) response.write(line('ADDED', pod('a')));
      else json(response, pod('a'));
    });
    const streams = Array.from({ length: 20 }, () => all(abort.signal).catch(() => undefined));
    while (server.open() < 20) await new Promise((resolve) => setImmediate(resolve));
    expect((await client.get(POD, { name: 'a', namespace: 'shop' })).metadata.name).to.equal('a');
    abort.abort();
    await Promise.all(streams);
  });
});

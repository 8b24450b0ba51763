// Asking proxies: real sockets on loopback, every way in which an answer can be bad.
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { AskLimits } from '../../../src/mesh/names.ts';
import { createHttpGet } from '../../../src/controller/http-get.ts';

async function served<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function failure(listener: RequestListener, limits: AskLimits = { timeoutMs: 200, maximumBytes: 1_000 }): Promise<string> {
  return served(listener, (url) =>
    createHttpGet()(url, limits).then(
      () => 'it answered',
      (error: unknown) => String(error),
    ),
  );
}

describe('one question to a proxy', () => {
  it('brings status and body', async () => {
    const answer = await served(
      (_q, r) => r.writeHead(503).end('not ready'),
      (url) => createHttpGet()(url, { timeoutMs: 1_000, maximumBytes: 100 }),
    );
    expect(answer).to.deep.equal({ status: 503, body: 'not ready' });
  });

  it('ends at its deadline when nothing comes, and when bytes come one by one', async () => {
    expect(await failure(() => undefined)).to.contain('no whole answer within 0.2 s');
    const slow: RequestListener = (_q, r) => {
      const timer = setInterval(() => r.write('x'), 20);
      r.on('close', () => clearInterval(timer));
    };
    expect(await failure(slow)).to.contain('no whole answer within 0.2 s');
  });

  it('ends beyond its size', async () => {
    expect(await failure((_q, r) => r.end('x'.repeat(5_000)))).to.contain('longer than 1000 bytes');
  });

  it('keeps of a long answer the lines that are wanted and an unfinished last one, wherever its pieces were cut', async () => {
    const page = `a 1\n${'other ü\n'.repeat(400)}a 2\nb`;
    const inPieces: RequestListener = (_q, r) => {
      const bytes = Buffer.from(page);
      for (let at = 0; at < bytes.length; at += 7) r.write(bytes.subarray(at, at + 7));
      r.end();
    };
    const lines = { keep: (line: string) => line.startsWith('a'), maximumBytes: 20 };
    const limits = { timeoutMs: 2_000, maximumBytes: 10_000, lines };
    const answer = await served(inPieces, (url) => createHttpGet()(url, limits));
    expect(answer.body).to.equal('a 1\na 2\nb');
    expect(await failure((_q, r) => r.end('a 1\n'.repeat(10)), limits)).to.contain(
      'wanted of its answer is longer than 20 bytes',
    );
  });

  it('does not take a page that lies about its length for a whole one', async () => {
    expect(
      await failure((_q, r) => r.writeHead(200, { 'content-length': '500' }).write('short', () => r.destroy())),
    ).not.to.contain('it answered');
  });
});

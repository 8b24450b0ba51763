import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delegateCommand } from '../../../src/cli/delegate/command.ts';
import { translateCommand } from '../../../src/cli/translate/command.ts';
import { answerOf } from './answer-of.ts';
import type { Answer } from './answer-of.ts';

const recordings = join(import.meta.dirname, '..', '..', 'recordings');
const fs = join(recordings, 'linkerd1', 'fs');
const k8s = join(recordings, 'linkerd1', 'k8s');

const delegate = (...args: string[]): Promise<Answer> => answerOf(delegateCommand, args);
const translate = (...args: string[]): Promise<Answer> => answerOf(translateCommand, args);

describe('kubectl mm delegate', () => {
  let folder: string;

  const file = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-mm-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('prints the tree of a name that leads somewhere, from a configuration and a folder of names', async () => {
    const { code, text } = await delegate('--config', join(fs, 'linkerd.yaml'), '--fs', join(fs, 'disco'), '/svc/hello');

    expect(JSON.parse(text)).to.have.nested.property('delegate.bound.addr.addrs[0].port', 18081);
    expect(code).to.equal(0);
  });

  it('takes Kubernetes objects from several files', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { ports: [{ port: 80 }] },
    };
    const slice = {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports: [{ port: 8080 }] },
      metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
    };
    const objects = [file('a.json', JSON.stringify(service)), file('b.json', JSON.stringify(slice))];
    const dtab = file('dtab', '/svc => /#/io.l5d.k8s/shop/80');
    const ask = (files: readonly string[]) =>
      delegate('--dtab', dtab, ...files.flatMap((name) => ['--objects', name]), '/svc/web');
    const { code, text, remarks } = await ask(objects);

    expect(text).to.contain('"ip": "10.1.2.3"');
    expect([code, remarks]).to.deep.equal([0, '']);

    const without = await ask(objects.slice(0, 1));
    expect(JSON.parse(without.text)).to.deep.include({ path: '/svc/web' });
    expect(without.code).to.equal(1);
    expect(without.remarks).to.equal(
      'Service shop/web: no Endpoints or EndpointSlice among the objects, so Linkerd 1 would not know it; give what `kubectl get services,endpointslices -A -o yaml` prints.\n',
    );
  });

  it("lets a dtab replace the router's own, and answers a name that leads nowhere with 1", async () => {
    const dtab = file('dtab', '/other => /#/io.l5d.fs');
    const { code, text } = await delegate(
      '--config',
      join(fs, 'linkerd.yaml'),
      '--dtab',
      dtab,
      '--fs',
      join(fs, 'disco'),
      '/svc/hello',
    );

    expect(JSON.parse(text)).to.deep.include({ type: 'neg', path: '/svc/hello' });
    expect(code).to.equal(1);
  });

  const refusals: readonly (readonly [string, () => string[], RegExp])[] = [
    ['neither configuration nor dtab', () => ['/svc/x'], /give --config FILE or --dtab FILE/],
    ['a file that does not exist', () => ['--dtab', join(folder, 'none'), '/svc/x'], /none does not exist: name another/],
    [
      'a folder that does not exist',
      () => ['--dtab', file('d', ''), '--fs', join(folder, 'none'), '/svc/x'],
      /none does not exist/,
    ],
    ['a dtab with an unclosed weight', () => ['--dtab', file('d', '/a => 0.3 * /b & 0.7'), '/a'], /dtab/],
    ['a path that is none', () => ['--dtab', file('d', '/a => /b'), 'a'], /path/],
    ['a file that is no text', () => ['--dtab', file('d', new Uint8Array([0xff, 0xfe, 0x00])), '/a'], /not text in UTF-8/],
    ['a file of 9 MB', () => ['--dtab', file('d', 'x'.repeat(9_000_000)), '/a'], /more than 8 MiB/],
    ['a router that there is not', () => ['--config', join(k8s, 'linkerd.yaml'), '--namespace', 'nope', '/svc/x'], /nope/],
  ];
  for (const [what, args, why] of refusals) {
    it(`refuses ${what} in a sentence, with 2`, async () => {
      const { code, text } = await delegate(...args());

      expect(text).to.match(why);
      expect(code).to.equal(2);
    });
  }
});

describe('kubectl mm translate', () => {
  const printedInTalk = join(recordings, 'samples', 'talk-service-client.as-printed.yaml');
  const talk = join(recordings, 'samples', 'talk.linkerd.yaml');

  it('names every mistake with its place, and ends with 1 when the mesh itself would not run with it', async () => {
    const { code, text } = await translate(printedInTalk);

    expect(text).to.contain('6 mistakes').and.to.contain('✗ 3:11 service.responseClassifier.kind');
    expect(text.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
    expect(code).to.equal(1);
  });

  it('tells of each field what becomes of it, the lost ones first', async () => {
    const { code, text } = await translate(talk);
    const places = ['lost', 'approximate', 'equivalent'].map((word) => text.search(new RegExp(`\\d+ ${word}\n`)));

    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places).to.not.include(-1);
    expect(text).to.contain('router outgoing').and.to.contain('ServiceProfile');
    expect(code).to.equal(0);
  });

  it('prints everything as data', async () => {
    const asJson = JSON.parse((await translate(talk, '-o', 'json')).text) as { fields: unknown[]; routers: unknown[] };

    expect(asJson.routers).to.have.length(2);
    expect(asJson.fields).to.not.be.empty;
    expect((await translate(talk, '-o', 'yaml')).text).to.contain('kind: ServiceProfile');
  });

  it('follows the choice of how policies are written', async () => {
    expect((await translate(talk, '-o', 'yaml', '--routes', 'GatewayAPI')).text).to.contain('kind: HTTPRoute');
  });

  it('prints Markdown whose tables are not broken by what is in the file', async () => {
    const config = 'routers: [{protocol: http, servers: [{port: 4140}], label: "a|b`c", dtab: "/svc => /#/x | /#/y"}]';
    const { text } = await answerOf(translateCommand, ['-', '-o', 'markdown'], { input: config });
    const cells = (line: string): number => line.split(/(?<!\\)\|/).length;

    expect(text).to.contain('## Fields');
    expect(text.split('\n').filter((line) => line.startsWith('|') && cells(line) !== 6)).to.deep.equal([]);
  });

  it('says which command takes a dtab, a broken one, too', async () => {
    for (const dtab of ['# names\n\n/svc => /#/io.l5d.fs;\n/host => /svc', '/svc => 0.3 * /b & 0.7']) {
      const { code, text } = await answerOf(translateCommand, ['-'], { input: dtab });

      expect(text).to.contain('is a dtab and no configuration').and.to.contain('kubectl mm delegate --dtab - PATH');
      expect(code).to.equal(2);
    }
  });

  it('answers a text that is no configuration with 2 and the place of the mistake', async () => {
    const { code, text } = await answerOf(translateCommand, ['-'], { input: 'routers: [1\n' });

    expect(text).to.contain('1 mistake').and.to.contain('✗ 2:1');
    expect(code).to.equal(2);
  });
});

// Configurations of the field against the reader: the talk's own, with and without its mistakes, the recorded ones in both forms,
// and every start-up error that the real program was seen to make.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { describeFinding } from '../../../src/mesh/linkerd1/config/finding.ts';
import { isSound, readDtabFile, readLinkerdConfig } from '../../../src/mesh/linkerd1/config/read.ts';

const folder = new URL('../../recordings/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const lines = (text: string): string[] =>
  readLinkerdConfig(text).findings.map((finding) => `${finding.severity} ${describeFinding(finding)}`);

describe('the configuration of the talk', () => {
  it('is read without a complaint', () => {
    const { config, findings } = readLinkerdConfig(read('samples/talk.linkerd.yaml'));
    expect(findings).to.deep.equal([]);
    expect(config?.routers.map((router) => router.label)).to.deep.equal(['outgoing', 'incoming']);
  });

  it('gets each of its printed mistakes named, with place and probable intention', () => {
    expect(lines(read('samples/talk-service-client.as-printed.yaml'))).to.deep.equal([
      'refused 1:1: this is a part of a router, not a whole configuration; Linkerd 1 does not start with it. Probably meant: service under routers[]',
      'refused 3:11 service.responseClassifier.kind: there is no response classifier io.l5d.http.retryable5XX; Linkerd 1 does not start with it. Probably meant: io.l5d.http.retryableRead5XX (GET, HEAD, OPTIONS, TRACE), or io.l5d.http.retryableAll5XX when POST may be repeated',
      'refused 13:3 service.client: client stands in the wrong place: it is no field of service io.l5d.global. Probably meant: client under routers[]',
      'refused 15:3 service.configs: configs stands in the wrong place: it is no field of service io.l5d.global. Probably meant: configs under routers[].client',
      'noEffect 16:15 service.configs[0].prefix: no bound name begins with /$io.buoyant.rinet, so this prefix never matches. Probably meant: /$/io.buoyant.rinet/443/{service}',
      'note 20:15 service.configs[1].prefix: a prefix is a path and begins with a slash. Probably meant: /%/io.l5d.k8s.daemonset',
    ]);
  });

  it('gets every /$io. of its printed dtab named', () => {
    const found = readDtabFile(read('samples/talk.as-printed.dtab')).map((finding) => [
      finding.place.line,
      finding.place.column,
      finding.suggestion,
    ]);
    expect(found).to.deep.equal([
      [1, 8, '/$/io.buoyant.rinet'],
      [4, 9, '/$/io.buoyant.porthostPfx/ph'],
      [7, 10, '/$/io.buoyant.porthostPfx/portNsSvc'],
      [10, 9, '/$/io.buoyant.hostportPfx/legacy'],
      [11, 9, '/$/io.buoyant.http.domainToPathPfx/host'],
    ]);
  });

  it('has the same places when the printed dtab stands inside a whole document', () => {
    const dtab = read('samples/talk.as-printed.dtab').replace(/^/gm, '    ');
    const text = `routers:\n- protocol: http\n  servers: [{port: 4140}]\n  dtab: |\n${dtab}`;
    const wrong = readLinkerdConfig(text).findings.filter((finding) => finding.value.startsWith('/$'));
    const found = wrong.map((finding) => `${finding.path} ${finding.place.line}:${finding.place.column}`);
    expect(found).to.deep.equal(['5:12', '8:13', '11:14', '14:13', '15:13'].map((place) => `routers[0].dtab ${place}`));
  });
});

describe('the recorded configurations', () => {
  for (const setup of ['fs', 'k8s']) {
    it(`of ${setup} are sound, and mean the same as text and as /config.json`, () => {
      const text = readLinkerdConfig(read(`linkerd1/${setup}/linkerd.yaml`));
      const json = readLinkerdConfig(read(`linkerd1/${setup}/config.json`));
      expect(isSound(text.findings)).to.equal(true);
      expect(isSound(json.findings)).to.equal(true);
      expect(
        json.config?.routers.map(({ label, protocol, service, client }) => ({ label, protocol, service, client })),
      ).to.deep.equal(text.config?.routers.map(({ label, protocol, service, client }) => ({ label, protocol, service, client })));
      expect(json.config?.namers.map((namer) => namer.prefix)).to.deep.equal(text.config?.namers.map((namer) => namer.prefix));
    });
  }
});

describe('what the real program refuses at start, or accepts and then fails on', () => {
  const router = (more: string): string => `routers:\n- protocol: http\n  label: r\n  servers: [{port: 4999}]\n${more}`;
  const surroundings = { exists: () => false, environment: new Set<string>() };
  /** Name in badconfig.txt; a document with that mistake; severity, place and probable intention. */
  const cases: [string, string, string][] = [
    ['bad-dtab', router('  dtab: not a dtab\n'), "refused 5:9 '/' at this place"],
    ['dup-labels', `${router('')}- protocol: http\n  label: r\n  servers: [{port: 4998}]\n`, 'refused 6:10 a label of its own'],
    ['dup-ports', `${router('')}- protocol: http\n  label: s\n  servers: [{port: 4999}]\n`, 'refused 7:20 a port of its own'],
    ['empty', '', 'unreadable 1:1 undefined'],
    [
      'fs-nodir',
      `${router('')}namers:\n- kind: io.l5d.fs\n  rootDir: /no/such/dir\n`,
      'refused 7:12 a path that exists in the l5d container',
    ],
    [
      'localnode-no-podip',
      router('  interpreter: {kind: default, transformers: [{kind: io.l5d.k8s.localnode}]}\n'),
      'refused 5:47 env POD_IP from fieldRef status.podIP',
    ],
    ['namer-prefix', `${router('')}namers: [{kind: io.l5d.k8s, prefix: nope}]\n`, 'refused 5:37 /nope'],
    ['no-routers-key', 'admin: {port: 9990}\n', 'refused 1:1 routers: a list with one router or more'],
    ['no-servers', 'routers: [{protocol: http, label: r}]\n', 'refused 1:11 servers: [{port: 4140, ip: 0.0.0.0}]'],
    ['port-range', 'routers: [{protocol: http, servers: [{port: 99999}]}]\n', 'refused 1:45 a number from 1 to 65535'],
    ['port-string', 'routers: [{protocol: http, servers: [{port: "4140"}]}]\n', 'refused 1:45 the number without quotes'],
    ['retry-ttl-out-of-range', router('  service: {retries: {budget: {ttlSecs: 600}}}\n'), 'fails 5:41 ttlSecs: 60'],
    ['routers-empty', 'routers: []\n', 'refused 1:10 routers: a list with one router or more'],
    [
      'static-noprefix',
      router('  client: {kind: io.l5d.static, configs: [{failFast: true}]}\n'),
      'fails 5:43 prefix: / for all names',
    ],
    [
      'tls-nofile',
      router('  client: {tls: {trustCertsBundle: /no/such/file}}\n'),
      'fails 5:36 a path that exists in the l5d container',
    ],
    [
      'unknown-classifier',
      router('  service: {responseClassifier: {kind: io.l5d.http.nosuch}}\n'),
      'refused 5:40 one of io.l5d.http.nonRetryable5XX',
    ],
    ['unknown-field', router('  nosuchfield: 1\n'), 'refused 5:3 one of protocol, label, servers'],
    ['unknown-namer', `${router('')}namers: [{kind: io.l5d.nosuch}]\n`, 'refused 5:17 one of io.l5d.fs'],
    ['unknown-protocol', 'routers: [{protocol: gopher, servers: [{port: 1}]}]\n', 'refused 1:22 one of http, h2'],
    ['unknown-telemeter', `${router('')}telemetry: [{kind: io.l5d.nosuch}]\n`, 'refused 5:20 one of io.l5d.prometheus'],
    ['yaml-syntax', 'routers: [{protocol: http,\n', 'unreadable 2:1 undefined'],
  ];
  for (const [name, text, wanted] of cases) {
    it(`${name} is found`, () => {
      const found = readLinkerdConfig(text, surroundings).findings;
      expect(isSound(found)).to.equal(false);
      expect(
        found.map((finding) => `${finding.severity} ${finding.place.line}:${finding.place.column} ${String(finding.suggestion)}`),
      ).to.satisfy((all: string[]) => all.some((line) => line.startsWith(wanted)), found.map(describeFinding).join('\n'));
    });
  }

  it('covers every recorded start-up that depends on the document', () => {
    const recorded = [...read('linkerd1/badconfig.txt').matchAll(/^### (\S+): exit/gm)].map((match) => match[1]!);
    /** Command line, occupied ports, and documents without a mistake. */
    const other = [
      'no-args',
      'missing-file',
      'admin-port-in-use',
      'good',
      'port-in-use',
      'validate-good',
      'validate-bad',
      'validate-port-in-use',
      'stdin-good',
    ];
    expect([...cases.map(([name]) => name), ...other].toSorted()).to.deep.equal(recorded.toSorted());
  });
});

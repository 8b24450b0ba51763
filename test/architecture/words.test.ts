// Words that no file of the project may hold: places of one machine, hosts that only one network reaches, and half-done work.

import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, projectRoot } from './source-files.ts';

const generated = new Set(['.git', 'node_modules', '.cache', 'dist', 'coverage']);
const words = /\.(ts|js|mjs|cjs|json|ya?ml|md|txt|go|mod|c|sh|tpl)$|(^|\/)(Makefile|LICENSE|run|kubectl-mm|\.[a-z]+rc)$/;

// Each is written so that this file does not hold it itself.
const places = [/(?<![\w.])\/(work|home|root|Users)\/\w/, /\/tmp\/[a-z]/];
const hosts = [
  ['registry', 'npmjs', 'org'],
  ['proxy', 'golang', 'org'],
  ['pypi', 'org'],
  ['deb', 'debian', 'org'],
];
const halfDone = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['not yet ', 'implemented'],
  ['X', 'XX'],
];

const files = readdirSync(projectRoot, { withFileTypes: true })
  .filter(({ name }) => !generated.has(name))
  .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]))
  .filter((path) => words.test(path) && !path.includes('/node_modules/'));

/** Lines that a pattern matches, each as `path:line`. */
function matches(pattern: RegExp, paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    readFileSync(join(projectRoot, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

const own = files.filter((path) => !path.startsWith('test/recordings/'));

describe('no file', () => {
  it('names a place of one machine', () => {
    expect(own).to.have.length.above(20);
    expect(places.flatMap((place) => matches(place, own))).to.deep.equal([]);
  });

  it('names the host of a package registry', () => {
    const named = hosts.map((host) => new RegExp(host.join(String.raw`\.`)));

    expect(named.flatMap((host) => matches(host, files))).to.deep.equal([]);
  });

  it('leaves work half done', () => {
    const marks = halfDone.map((mark) => new RegExp(String.raw`\b${mark.join('')}\b`));

    expect(marks.flatMap((mark) => matches(mark, own))).to.deep.equal([]);
  });

  it('of the tests is skipped or run alone', () => {
    const tests = own.filter((path) => path.endsWith('.test.ts'));

    expect(matches(/\b(it|describe|context)\.(skip|only)\(|\bx(it|describe)\(/, tests)).to.deep.equal([]);
  });
});

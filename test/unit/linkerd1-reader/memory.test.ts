// Hostile pages and dtabs cost memory within bounds: each is read by a process that would end with an error beyond 64 MiB over an idle one's.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const room = join(import.meta.dirname, '../../../src/mesh/linkerd1');
// What a process of ours has in its old space before it reads anything, and 64 MiB.
const limitMiB = 24 + 64;

/** Runs a program that may use the room's modules; answers what it printed, with the milliseconds that its last part took. */
async function within(program: string): Promise<{ readonly said: unknown; readonly ms: number }> {
  const text = `
    const { readMetricsJson, readMetricsPrometheus } = await import('${room}/reader/counters.ts');
    const { parseDtab, parsePath } = await import('${room}/dtab/parse.ts');
    const { DentryTable } = await import('${room}/dtab/table.ts');
    const { evaluate } = await import('${room}/dtab/evaluate.ts');
    ${program}
    const began = performance.now();
    const said = read();
    console.log(JSON.stringify({ said, ms: performance.now() - began }));`;
  const args = [`--max-old-space-size=${limitMiB}`, '--input-type=module', '--eval', text];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1024 * 1024 });
  return JSON.parse(stdout) as { said: unknown; ms: number };
}

describe('hostile input to what reads Linkerd 1', function () {
  this.timeout(20_000);

  it('may be a metrics page of 5 MB in the JSON form', async () => {
    const { said, ms } = await within(`
      const lines = Array.from({ length: 70_000 }, (_, i) => '"rt/out/service/svc/host-' + i + '.example.com/requests":' + i);
      const page = '{' + lines.join(',') + ',"x":"' + 'x'.repeat(1_200_000) + '"}';
      const read = () => { const found = readMetricsJson(page, ['out']); return [page.length > 5e6, found.ok, found.leftOut]; };`);
    expect(said).to.deep.equal([true, true, 68_000]);
    expect(ms).to.be.below(3_000);
  });

  it('may be a metrics page of 5 MB in the Prometheus form', async () => {
    const { said, ms } = await within(`
      const line = (i) => 'rt:service:requests{rt="out", service="svc/host-' + i + '.example.com"} ' + i;
      const page = Array.from({ length: 75_000 }, (_, i) => line(i)).join('\\n');
      const read = () => { const found = readMetricsPrometheus(page, ['out']); return [page.length > 5e6, found.ok ? 'read' : found.why]; };`);
    expect(said).to.satisfy(([large, outcome]: [boolean, string]) => large && outcome.length > 0);
    expect(ms).to.be.below(3_000);
  });

  for (const [what, dtab] of [
    ['goes in a circle', "'/svc => /svc/a'"],
    ['doubles at every step', "'/a => /b | /b; /b => /c | /c; /c => /a | /a; /svc => /a'"],
    ['has many parts', "Array.from({ length: 4_900 }, (_, i) => '/svc => /a' + i + ' & /b' + i).join(';')"],
  ] as const) {
    it(`may be a dtab that ${what}`, async () => {
      const { said, ms } = await within(`
        const text = ${dtab};
        const read = () => {
          const found = evaluate({ table: new DentryTable(parseDtab(text)), namers: [] }, parsePath('/svc/x'));
          return found.ok ? found.tree.type : found.message.length > 0;
        };`);
      expect(said).to.be.oneOf([true, 'delegate', 'alt', 'union', 'neg', 'exception']);
      expect(ms).to.be.below(1_000);
    });
  }

  it('may be a dtab that nests without end', async () => {
    const { said, ms } = await within(`
      const text = '/svc => ' + '('.repeat(200_000) + '/a' + ')'.repeat(200_000);
      const read = () => { try { parseDtab(text); return 'read'; } catch (error) { return error.constructor.name; } };`);
    expect(said).to.equal('DtabSyntaxError');
    expect(ms).to.be.below(1_000);
  });
});

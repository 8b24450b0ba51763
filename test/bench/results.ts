// Results as people and programs read them: a table, and a list with targets. Pure but for writing the file.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One measured number. Without a target it is only told. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The highest value that is good enough. */
  readonly target?: number;
}

/** The results as a table, one line each. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((r) => [
    r.name,
    numberText(r.value),
    r.unit,
    r.target === undefined ? '' : `≤ ${r.target}`,
    verdictOf(r),
  ]);
  const all = [['measured', 'value', 'unit', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** Writes `{name, value, unit, target, ok}` for each; target null and ok true where nothing was asked for. */
export async function writeResults(file: string, results: readonly Result[]): Promise<void> {
  const list = results.map((r) => ({ ...r, target: r.target ?? null, ok: isMet(r) }));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(list, null, 2)}\n`);
}

/** The value is good enough; one that is no number never is. */
export function isMet({ value, target }: Result): boolean {
  return Number.isFinite(value) && (target === undefined || value <= target);
}

function verdictOf(result: Result): string {
  if (result.target === undefined) return '';
  return isMet(result) ? 'ok' : 'MISSED';
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

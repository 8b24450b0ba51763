// The table at the demo's end. Pure.
import { workloadsIn } from './application.ts';
import type { PodsByMesh } from './snapshot.ts';

/** What became of one namespace. */
export interface NamespaceResult {
  readonly name: string;
  /** Step at the end of the way forward, and of the way back. */
  readonly forward: string;
  readonly back: string;
  /** Its pods at the end of the way forward. */
  readonly moved: PodsByMesh;
  /** Everything is as it was. */
  readonly asBefore: boolean;
}

const heads = ['Namespace', 'Workloads', 'Pods', 'Forward', 'in L1/L2', 'Back', 'As before'];

/** The lines of the table; at most 80 columns. */
export function summaryTable(results: readonly NamespaceResult[]): string[] {
  const rows = results.map(({ name, forward, back, moved, asBefore }) => [
    name,
    String(workloadsIn(name)),
    String(moved.linkerd1 + moved.linkerd2 + moved.both + moved.neither),
    forward,
    `${String(moved.linkerd1)}/${String(moved.linkerd2)}`,
    back,
    asBefore ? 'yes' : 'NO',
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(heads), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

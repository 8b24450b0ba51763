// Translate room: the shape of the mapping table: one row a field of a Linkerd 1 configuration, or a value of it. The rows are in
// mapping-*.ts; reports and the documentation page are made from them.

/** equivalent: the same behaviour. approximate: near, the text says what differs. lost: gone, the text says what to do. */
export type MappingClass = 'equivalent' | 'approximate' | 'lost';

/** What becomes of a field. */
export interface Fate {
  readonly class: MappingClass;
  /** What it becomes; a dash when nothing. */
  readonly target: string;
  /** Equivalent: a remark, may be empty. Approximate: what differs. Lost: what to do. */
  readonly text: string;
}

/** One row. */
export interface MappingRow {
  /** Path without indexes and without `configs[]`: `routers[].service.totalTimeoutMs`. Rows without a field of the document have a colon. */
  readonly field: string;
  /** The value or kind that this row is about; absent: any. */
  readonly value?: string;
  /** With Gateway API routes, and wherever the way makes no difference. */
  readonly gateway: Fate;
  /** With a ServiceProfile, where that differs. */
  readonly serviceProfile?: Fate;
}

export function equivalent(target: string, text = ''): Fate {
  return { class: 'equivalent', target, text };
}

export function approximate(target: string, text: string): Fate {
  return { class: 'approximate', target, text };
}

export function lost(text: string, target = '-'): Fate {
  return { class: 'lost', target, text };
}

/** A row. */
export function row(
  field: string,
  gateway: Fate,
  more: { readonly value?: string; readonly serviceProfile?: Fate } = {},
): MappingRow {
  return { field, gateway, ...more };
}

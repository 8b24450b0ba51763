// What a command is given by the process it runs in. Types only: main.ts makes one from the real process, tests make their own.

import type { Clock } from '../runtime/clock.ts';

/** Where a command's answer goes. */
export interface Output {
  write(text: string): void;
  /** True when a person sees it drawn: colours and redrawing make sense. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  /** False when the locale is known to have no Unicode. */
  readonly unicode: boolean;
  /** Columns of a line now; 80 where there is no terminal. */
  columns(): number;
  /** Lines of the terminal now; Infinity where there is none. */
  rows(): number;
  /** Calls the listener whenever the size changed; answers how to end that. */
  onResize(listener: () => void): () => void;
}

/** Everything a command may know of its process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** Where remarks go that are no part of the answer; nowhere when absent. */
  readonly remark?: (text: string) => void;
  /** All of the standard input. */
  readonly input: () => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted when the user has had enough (Ctrl-C). */
  readonly stop: AbortSignal;
}

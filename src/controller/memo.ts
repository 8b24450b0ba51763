// Memo: an answer that is good for some time, asked once at a time. Losing it costs another question, nothing else.

/** Answers by key. */
export interface Memo<T> {
  /** The kept answer, or a new one; how long it is good for depends on the answer. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** The kept answer, however old. */
  last(key: string): T | undefined;
  forget(key: string): void;
  /** Forgets an answer that is older. */
  forgetOlder(key: string, ms: number): void;
}

/**
 * A memo.
 * @param goodForMs milliseconds that an answer may be used
 */
export function createMemo<T>(monotonicMs: () => number, goodForMs: (answer: T) => number): Memo<T> {
  const kept = new Map<string, { at: number; until: number; answer: T }>();
  const asking = new Map<string, Promise<T>>();
  const askNow = async (key: string, ask: () => Promise<T>): Promise<T> => {
    try {
      const answer = await ask();
      const at = monotonicMs();
      kept.set(key, { at, until: at + goodForMs(answer), answer });
      return answer;
    } finally {
      asking.delete(key);
    }
  };
  return {
    get(key, ask) {
      const entry = kept.get(key);
      if (entry !== undefined && monotonicMs() < entry.until) return Promise.resolve(entry.answer);
      const running = asking.get(key) ?? askNow(key, ask);
      asking.set(key, running);
      return running;
    },
    last: (key) => kept.get(key)?.answer,
    forget: (key) => void kept.delete(key),
    forgetOlder(key, ms) {
      const entry = kept.get(key);
      if (entry !== undefined && monotonicMs() - entry.at > ms) kept.delete(key);
    },
  };
}

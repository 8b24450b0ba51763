// Memo: an answer that is good for some time, asked once at a time. Losing it costs another question, nothing else.

/** Answers by key. */
export interface Memo<T> {
  /**
   * The kept answer, or a new one; how long it is good for depends on the answer. When four fifths of that are over it is asked
   * for again beside, so that nobody who asks often ever waits.
   */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** The kept answer, however old. */
  last(key: string): T | undefined;
  forget(key: string): void;
  /** Forgets an answer that is older. */
  forgetOlder(key: string, ms: number): void;
}

const renewAt = 0.8;

/**
 * A memo.
 * @param goodForMs milliseconds that an answer may be used
 */
export function createMemo<T>(monotonicMs: () => number, goodForMs: (answer: T) => number): Memo<T> {
  const kept = new Map<string, { at: number; until: number; answer: T }>();
  const asking = new Map<string, Promise<T>>();
  const askOnce = (key: string, ask: () => Promise<T>): Promise<T> => {
    const running = asking.get(key);
    if (running !== undefined) return running;
    const question = ask();
    asking.set(key, question);
    // What was forgotten meanwhile is not kept: the answer may be from before.
    const ends = (): boolean => asking.get(key) === question && asking.delete(key);
    question.then((answer) => {
      const at = monotonicMs();
      if (ends()) kept.set(key, { at, until: at + goodForMs(answer), answer });
    }, ends);
    return question;
  };
  const isAgeing = ({ at, until }: { at: number; until: number }): boolean => monotonicMs() - at > (until - at) * renewAt;
  return {
    get(key, ask) {
      const entry = kept.get(key);
      if (entry === undefined || monotonicMs() >= entry.until) return askOnce(key, ask);
      // Who asks after it has run out is told what went wrong.
      if (isAgeing(entry)) askOnce(key, ask).catch(() => undefined);
      return Promise.resolve(entry.answer);
    },
    last: (key) => kept.get(key)?.answer,
    forget(key) {
      kept.delete(key);
      asking.delete(key);
    },
    forgetOlder(key, ms) {
      const entry = kept.get(key);
      if (entry !== undefined && monotonicMs() - entry.at > ms) kept.delete(key);
    },
  };
}

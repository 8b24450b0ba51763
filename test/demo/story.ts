// How the demo talks: numbered steps with the time they took, and one sentence when one fails. It does nothing itself.
import { writeSync } from 'node:fs';

/** A step that did not come to its end, in words for people. */
export class DemoFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DemoFailure';
  }
}

/** Tells the steps one after the other. */
export interface Story {
  /** Says what begins, does it, and says how long it took. An error comes out with the step's title before it. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** The same for a step that itself shows what happens: the time comes on a line of its own. */
  scene<T>(title: string, work: () => Promise<T>): Promise<T>;
  say(text: string): void;
  /** Seconds since the beginning. */
  elapsed(): number;
}

/** A story of so many steps. */
export function tellStory(steps: number): Story {
  const begun = performance.now();
  let count = 0;
  const told = async <T>(title: string, after: string, work: () => Promise<T>): Promise<T> => {
    count += 1;
    say(`${String(count).padStart(2)}/${String(steps)}  ${title}${after}`);
    try {
      return await work();
    } catch (error) {
      if (after !== '\n') say('failed\n');
      throw new DemoFailure(`The demo failed at "${title.trim()}": ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
  return {
    async step(title, work) {
      const start = performance.now();
      const result = await told(title, ' … ', work);
      say(`${seconds(performance.now() - start)}\n`);
      return result;
    },
    scene: (title, work) => told(title, '\n', work),
    say: (text) => say(`${text}\n`),
    elapsed: () => (performance.now() - begun) / 1000,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

// Synchronous: what another process prints into the same terminal afterwards must come afterwards.
function say(text: string): void {
  writeSync(1, text);
}

// Observer: waits for states of the world without asking anybody: every change that a watch tells is looked at.
import type { World } from './world.ts';

/** Everybody who waits. */
export class Waiting {
  readonly #world: World;
  readonly #looks = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Something has changed. */
  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** The first answer of `look` that is neither undefined nor false; an error of `look` is the waiter's. */
  until<T>(what: string, look: (world: World) => T | undefined | false, timeoutMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#looks.delete(again);
      };
      const again = (): void => {
        try {
          const found = look(this.#world);
          if (found === undefined || found === false) return;
          finish();
          resolve(found);
        } catch (error) {
          finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`${what}: not so within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#looks.add(again);
      again();
    });
  }
}

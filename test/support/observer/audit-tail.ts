// Observer: follows the API server's audit log from the moment it is asked to. It knows lines and nothing of their content.
import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A log that is followed. */
export interface Tail {
  /** Hands out everything that is in the file by now. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Calls `take` with every whole line written from now on, in order. The file may be started anew by a restart of the server. */
export async function followLines(file: string, take: (line: string) => void): Promise<Tail> {
  const handle = await open(file, 'r');
  const reader = new Reader(handle, (await handle.stat()).size, take);
  const watcher = watch(file, () => void reader.drain());
  return {
    drain: () => reader.drain(),
    close: async () => {
      watcher.close();
      await reader.drain();
      await handle.close();
    },
  };
}

class Reader {
  readonly #handle: FileHandle;
  readonly #take: (line: string) => void;
  readonly #buffer = Buffer.alloc(256 * 1024);
  #rest = Buffer.alloc(0);
  #at: number;
  #running: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, at: number, take: (line: string) => void) {
    this.#handle = handle;
    this.#at = at;
    this.#take = take;
  }

  /** One after the other, so that no line is read twice. */
  drain(): Promise<void> {
    this.#running = this.#running.then(() => this.#read());
    return this.#running;
  }

  async #read(): Promise<void> {
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, this.#buffer.length, this.#at);
      if (bytesRead === 0) return;
      this.#at += bytesRead;
      this.#split(Buffer.concat([this.#rest, this.#buffer.subarray(0, bytesRead)]));
    }
  }

  #split(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#take(bytes.toString('utf8', start, end));
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
  }
}

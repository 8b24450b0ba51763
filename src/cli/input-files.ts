// Files and folders that a user names on the command line, as text. What is in them is not judged here.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure } from './command-failure.ts';
import type { Surroundings } from './surroundings.ts';

/** Larger files are no configuration; bytes. */
const largest = 8 * 1024 * 1024;
const mostFiles = 10_000;

/** Names to contents or to further folders. */
export type Folder = ReadonlyMap<string, string | Folder>;

/** The text of a file; `-` is the standard input. Throws a sentence that names the file. */
export async function readInput(file: string, { input }: Pick<Surroundings, 'input'>): Promise<string> {
  const bytes = file === '-' ? await input() : await read(file);
  if (bytes.length > largest) throw tooLarge(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandFailure(`${file} is not text in UTF-8: give a text file.`);
  }
}

async function read(file: string): Promise<Uint8Array> {
  const { size } = await stat(file).catch(unreadable(file));
  if (size > largest) throw tooLarge(file);
  return readFile(file).catch(unreadable(file));
}

function tooLarge(file: string): CommandFailure {
  return new CommandFailure(`${file} has more than ${largest / 1024 / 1024} MiB: give a smaller file.`);
}

/** A folder with all below it. Throws a sentence that names it. */
export async function readFolder(folder: string, surroundings: Pick<Surroundings, 'input'>): Promise<Folder> {
  const budget = { files: mostFiles };
  return readLevel(folder, budget, surroundings);
}

async function readLevel(folder: string, budget: { files: number }, surroundings: Pick<Surroundings, 'input'>): Promise<Folder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(unreadable(folder));
  const found = new Map<string, string | Folder>();
  for (const entry of entries) {
    budget.files -= 1;
    if (budget.files < 0) throw new CommandFailure(`${folder} holds more than ${mostFiles} files: give a smaller folder.`);
    const path = join(folder, entry.name);
    const content = entry.isDirectory() ? await readLevel(path, budget, surroundings) : await readInput(path, surroundings);
    found.set(entry.name, content);
  }
  return found;
}

function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read by you' : `can not be read (${code})`;
    throw new CommandFailure(`${path} ${why}: name another.`, { cause: error });
  };
}

// What suites on real nodes leave for the stages after them, in a folder that whoever runs the stages names. Without one
// nothing is left.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the variable with the folder. */
export const NOTES = 'E2E_NOTES';

const VOID = 'void';
const RIGHTS = /^rights-.*\.json$/;

/** Rights of the operator as one cluster saw them, each as `verb group/resource`. */
export interface RightsSeen {
  readonly granted: readonly string[];
  readonly used: readonly string[];
  /** Requests that were answered 403, with their address. */
  readonly denied: readonly string[];
}

/** The complaint of a run that says nothing, which is noted so that it can be repeated. */
export function voidRun(lost: readonly string[]): Error {
  note(VOID, lost.join('\n'));
  return new Error(`This run is void: calls were lost between pods that nobody moved.\n${lost.join('\n')}`);
}

/** Whether the last run was void; asked again it says no. */
export function wasVoid(folder: string): boolean {
  const file = join(folder, VOID);
  const found = existsSync(file);
  rmSync(file, { force: true });
  return found;
}

/** Leaves what a cluster saw of rights. */
export function noteRights(rights: RightsSeen): void {
  note(`rights-${String(Date.now())}.json`, JSON.stringify(rights));
}

/** What all clusters so far saw of rights. */
export function notedRights(): readonly RightsSeen[] {
  const folder = process.env[NOTES] ?? '';
  if (folder === '') throw new Error(`${NOTES} names no folder: say where the suites before this one have left their notes.`);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => RIGHTS.test(name)) : [];
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RightsSeen);
}

function note(name: string, text: string): void {
  const folder = process.env[NOTES] ?? '';
  if (folder === '') return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

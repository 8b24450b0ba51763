// Mistakes that are put into the product's files for a test, and nothing else. The files on disk stay as they are.

/** One sentence of one source file, and what stands there instead. */
export interface Mutation {
  /** From the root of the project. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Name of the variable that tells processes the mistakes of this run. */
export const MUTATIONS = 'MUTATIONS';

/** The mistakes of this run. */
export function mutations(env: NodeJS.ProcessEnv = process.env): readonly Mutation[] {
  return JSON.parse(env[MUTATIONS] ?? '[]') as readonly Mutation[];
}

/** The mistakes in a file, by its path. */
export function mutationsOf(path: string): readonly Mutation[] {
  return mutations().filter(({ file }) => path.endsWith(`/${file}`));
}

/** A text with its mistakes in it. A sentence that is not there any more is an error: the mutant must be written anew. */
export function mutated(text: string, wanted: readonly Mutation[]): string {
  return wanted.reduce((before, { file, from, to }) => {
    if (!before.includes(from)) throw new Error(`${file} has no "${from}" any more; write the mutant anew`);
    return before.replace(from, () => to);
  }, text);
}

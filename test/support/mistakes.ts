// Mistakes of operators that more than one tier is shown to catch. Sentences of the product's sources; they run nothing.
import type { Mutation } from './mutation.ts';

/** Nothing waits for names that are missing: an operator that skips something must not be held up by its own care. */
export const careless: Mutation = {
  file: 'src/controller/names/observe.ts',
  from: 'const verdict = missing.writes.length > 0 ? answer.verdict : worst([answer.verdict, settled]);',
  to: 'const verdict = answer.verdict; void worst; void settled;',
};

/** The Services that stand for names which only Linkerd 1 knows are not made. */
export const skipsAliases: readonly Mutation[] = [
  careless,
  {
    file: 'src/mesh/linkerd1/reader/wanted.ts',
    from: 'for (const { how, manifest } of objects) {',
    to: "for (const { how, manifest } of objects) {\n if (how === 'create' && manifest.kind === 'Service') continue;",
  },
];

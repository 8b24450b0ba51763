// Preloaded into Node by NODE_OPTIONS=--import: changes sentences of the product's sources as they are loaded, so that tests can be shown to
// catch a mistake. The files stay as they are. A sentence that is not there any more is an error: the mutant must be written anew.

import { registerHooks } from 'node:module';
import type { LoadFnOutput } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutants.ts';

const mutations = JSON.parse(process.env['MUTATIONS'] ?? '[]') as readonly Mutation[];

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const wanted = mutations.filter(({ file }) => url.startsWith('file:') && fileURLToPath(url).endsWith(`/${file}`));
    if (wanted.length === 0) return loaded;
    const source = wanted.reduce(changed, textOf(loaded.source));
    return { ...loaded, source };
  },
});

function changed(source: string, { file, from, to }: Mutation): string {
  if (!source.includes(from)) throw new Error(`${file} has no "${from}" any more; write the mutant anew`);
  return source.replace(from, () => to);
}

function textOf(source: LoadFnOutput['source']): string {
  if (typeof source === 'string') return source;
  return source === undefined ? '' : Buffer.from(source as Uint8Array).toString('utf8');
}

// Preloaded into Node by NODE_OPTIONS=--import: changes sentences of the product's sources as they are loaded, so that tests can be shown to
// catch a mistake. The files stay as they are.

import { registerHooks } from 'node:module';
import type { LoadFnOutput } from 'node:module';
import { fileURLToPath } from 'node:url';
import { mutated, mutationsOf } from './mutation.ts';

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const wanted = url.startsWith('file:') ? mutationsOf(fileURLToPath(url)) : [];
    return wanted.length === 0 ? loaded : { ...loaded, source: mutated(textOf(loaded.source), wanted) };
  },
});

function textOf(source: LoadFnOutput['source']): string {
  if (typeof source === 'string') return source;
  return source === undefined ? '' : Buffer.from(source as Uint8Array).toString('utf8');
}

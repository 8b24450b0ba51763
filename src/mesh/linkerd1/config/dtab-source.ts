// Config room: where the dtab of a router really is. With most interpreters other than the default one it is somewhere else.

import type { InterpreterConfig, RouterConfig } from './model.ts';

/** Where the dtab is. All but `here` come before the router's own dtab, whose dentries then win. */
export type DtabSource =
  | { readonly kind: 'here' }
  | { readonly kind: 'namerd'; readonly api: 'thrift' | 'http' | 'mesh'; readonly dst: string; readonly namespace: string }
  | { readonly kind: 'configMap'; readonly namespace: string; readonly name: string; readonly key: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'elsewhere'; readonly interpreter: string };

/** Where this router's dtab is. Namerd: one of its dtab namespaces, by its HTTP API or as a DTab object. */
export function dtabSourceOf(router: RouterConfig): DtabSource {
  const { interpreter } = router;
  return SOURCES.get(interpreter.kind)?.(interpreter) ?? { kind: 'elsewhere', interpreter: interpreter.kind };
}

const SOURCES: ReadonlyMap<string, (config: InterpreterConfig) => DtabSource> = new Map<
  string,
  (config: InterpreterConfig) => DtabSource
>([
  ['default', () => ({ kind: 'here' })],
  ['io.l5d.namerd', (config) => ({ kind: 'namerd', api: 'thrift', ...namerd(config) })],
  ['io.l5d.namerd.http', (config) => ({ kind: 'namerd', api: 'http', ...namerd(config) })],
  [
    'io.l5d.mesh',
    ({ dst = '', root = '/default' }) => ({ kind: 'namerd', api: 'mesh', dst, namespace: root.replace(/^\/+/, '') }),
  ],
  [
    'io.l5d.k8s.configMap',
    ({ namespace = 'default', name = '', filename = '' }) => ({ kind: 'configMap', namespace, name, key: filename }),
  ],
  ['io.l5d.fs', ({ dtabFile = '' }) => ({ kind: 'file', path: dtabFile })],
]);

function namerd({ dst = '', namespace = 'default' }: InterpreterConfig): { dst: string; namespace: string } {
  return { dst, namespace };
}

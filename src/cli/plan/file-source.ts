// What a plan is made from when there is no cluster at hand: Kubernetes objects in files. Pods can't be asked then, and the plan says so.

import { parseAllDocuments } from 'yaml';
import type { KubeObjectLike } from '../../mesh/adapter.ts';
import type { NamesIo } from '../../mesh/names.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Folder } from '../input-files.ts';
import { withAssumedEndpoints } from './assumed-endpoints.ts';

/** Objects of a folder, as if a cluster had them. Throws a sentence that names the file that can't be read. */
export function fileSource(folder: Folder): NamesIo {
  const objects = withAssumedEndpoints(objectsIn(folder, ''));
  return {
    offline: true,
    list: ({ plural, namespace, objectName, labelSelector }) => {
      const items = objects.filter(
        (object) =>
          pluralOf(object.kind ?? '') === plural &&
          (namespace === undefined || object.metadata?.namespace === namespace) &&
          (objectName === undefined || object.metadata?.name === objectName) &&
          (labelSelector === undefined || isSelected(object, labelSelector)),
      );
      return Promise.resolve({ kind: 'objects', items });
    },
    http: () => Promise.reject(new Error('there is no cluster to ask')),
  };
}

// The selectors that meshes ask with: `key=value` and `key`, separated by commas.
function isSelected({ metadata }: KubeObjectLike, selector: string): boolean {
  const labels = metadata?.labels ?? {};
  return selector.split(',').every((part) => {
    const [key = '', value] = part.split('=');
    return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
  });
}

function objectsIn(folder: Folder, path: string): KubeObjectLike[] {
  return [...folder].flatMap(([name, content]) => {
    const at = path === '' ? name : `${path}/${name}`;
    if (typeof content !== 'string') return objectsIn(content, at);
    return /\.(ya?ml|json)$/.test(name) ? parsed(content, at) : [];
  });
}

function parsed(text: string, file: string): KubeObjectLike[] {
  return parseAllDocuments(text).flatMap((document): KubeObjectLike[] => {
    const [error] = document.errors;
    if (error !== undefined) throw new CommandFailure(`${file} is no YAML: ${error.message.split('\n')[0] ?? ''}`);
    const value = document.toJS({ maxAliasCount: 100 }) as KubeObjectLike | null;
    if (typeof value !== 'object' || value === null) return [];
    const { items } = value as { items?: unknown };
    return value.kind?.endsWith('List') === true && Array.isArray(items) ? (items as KubeObjectLike[]) : [value];
  });
}

// As Kubernetes makes plurals of the kinds that are asked for.
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}

// Admission room: what a transform does to containers, as JSON Patch. The order matters: replacements first, removals
// each shifted by those before, additions last; containers go when nothing points into them any more. Pure.

import type { PodTransform } from '../core/transform.ts';
import type { Container, PodTemplate } from '../mesh/adapter.ts';
import { containersOf, envFromOf, envOf, referenceOf } from '../mesh/pod-parts.ts';
import type { PlacedContainer } from '../mesh/pod-parts.ts';
import { portsOf, removableEnv } from '../mesh/removable-env.ts';
import type { PatchOperation } from './patch-operation.ts';
import { pointer } from './patch-operation.ts';

/** Operations on containers and init containers. */
export function containerOperations(
  pod: PodTemplate,
  transform: PodTransform,
  settingsOf: (key: string) => string | undefined,
): PatchOperation[] {
  const overrides = namesIn(transform.emptyOverrideKey === undefined ? '' : (settingsOf(transform.emptyOverrideKey) ?? ''));
  const placed = containersOf(pod);
  return [
    ...placed.flatMap((each) => {
      const gone = goneFrom(each, transform, settingsOf);
      return [...replacements(each, overrides), ...removals(each, gone), ...additions(each, overrides, gone)];
    }),
    ...removeNamed(placed, 'containers', transform.removeContainers),
    ...removeNamed(placed, 'initContainers', transform.removeInitContainers),
  ];
}

function replacements(placed: PlacedContainer, overrides: readonly string[]): PatchOperation[] {
  return envOf(placed.container)
    .filter(({ variable }) => overrides.includes(variable.name) && referenceOf(variable) !== undefined)
    .map(({ index, variable }) => ({ op: 'replace', path: envPath(placed, index), value: { name: variable.name, value: '' } }));
}

/** Indexes of the variables that go. */
function goneFrom(
  { container }: PlacedContainer,
  transform: PodTransform,
  settingsOf: (key: string) => string | undefined,
): readonly number[] {
  const found = removableEnv(container, envOf(container), transform.removeEnv, (match) =>
    portsOf(match, settingsOf(match.portsKey)),
  );
  return found.blockedBy.length > 0 ? [] : [...found.matched, ...found.dependent].sort((a, b) => a - b);
}

function removals(placed: PlacedContainer, gone: readonly number[]): PatchOperation[] {
  return gone.map((index, before) => ({ op: 'remove', path: envPath(placed, index - before) }));
}

// A variable of a whole ConfigMap or Secret can only be hidden by one of the container's own; what goes hides nothing.
function additions(placed: PlacedContainer, overrides: readonly string[], gone: readonly number[]): PatchOperation[] {
  const { container } = placed;
  if (envFromOf(container).length === 0) return [];
  const own = envOf(container)
    .filter(({ index }) => !gone.includes(index))
    .map(({ variable }) => variable.name);
  const added = overrides.filter((name) => !own.includes(name));
  if (added.length === 0) return [];
  const list: PatchOperation[] = hasEnv(container) ? [] : [{ op: 'add', path: envPath(placed), value: [] }];
  return [
    ...list,
    ...added.map((name): PatchOperation => ({ op: 'add', path: envPath(placed, '-'), value: { name, value: '' } })),
  ];
}

function hasEnv(container: Container): boolean {
  return Array.isArray(container.env);
}

function removeNamed(
  placed: readonly PlacedContainer[],
  list: PlacedContainer['list'],
  names: readonly string[],
): PatchOperation[] {
  const indexes = placed.filter((each) => each.list === list && names.includes(each.name)).map(({ index }) => index);
  return indexes.map((index, before) => ({ op: 'remove', path: pointer('spec', list, index - before) }));
}

function envPath({ list, index }: PlacedContainer, entry?: number | '-'): string {
  return pointer('spec', list, index, 'env', ...(entry === undefined ? [] : [entry]));
}

function namesIn(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

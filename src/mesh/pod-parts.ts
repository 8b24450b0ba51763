// Parts of pods and pod templates, read so that no shape of the input can break a caller: what is not as the API
// server would have it counts as absent. Mesh rooms and admission read pods through here; nothing here knows a mesh.

import type { Container, EnvVar, ObjectKeys, PodTemplate } from './adapter.ts';

/** A container with the list it stands in. */
export interface PlacedContainer {
  list: 'containers' | 'initContainers';
  index: number;
  name: string;
  container: Container;
}

/** All containers, those of the app first. */
export function containersOf(pod: PodTemplate): PlacedContainer[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    listAt(fieldsAt(pod, 'spec'), list).map((entry, index) => ({
      list,
      index,
      name: textAt(entry, 'name') ?? '',
      container: entry as unknown as Container,
    })),
  );
}

/** The pod has a container of that name, native sidecars included. */
export function hasContainer(pod: PodTemplate, name: string): boolean {
  return containersOf(pod).some((placed) => placed.name === name);
}

/** Variables of a container, with their places in its list. */
export type Env = readonly { index: number; variable: EnvVar }[];

/** Variables of a container; entries without a name are left out, but keep their index. */
export function envOf(container: Container): Env {
  return listAt(container, 'env').flatMap((entry, index) => {
    const name = textAt(entry, 'name');
    return name === undefined ? [] : [{ index, variable: variableOf(name, entry) }];
  });
}

function variableOf(name: string, entry: Fields): EnvVar {
  const value = textAt(entry, 'value');
  const valueFrom = fieldsAt(entry, 'valueFrom');
  return { name, ...(value !== undefined && { value }), ...(valueFrom && { valueFrom }) };
}

/** Sources of whole sets of variables. */
export function envFromOf(container: Container): { prefix: string; kind: 'ConfigMap' | 'Secret'; name: string }[] {
  return listAt(container, 'envFrom').flatMap((entry) => {
    const prefix = textAt(entry, 'prefix') ?? '';
    const configMap = textAt(fieldsAt(entry, 'configMapRef'), 'name');
    const secret = textAt(fieldsAt(entry, 'secretRef'), 'name');
    return [
      ...(configMap === undefined ? [] : [{ prefix, kind: 'ConfigMap' as const, name: configMap }]),
      ...(secret === undefined ? [] : [{ prefix, kind: 'Secret' as const, name: secret }]),
    ];
  });
}

/** Path of the pod's field that a variable holds; empty when it holds none. */
export function fieldPathOf(variable: EnvVar): string {
  return textAt(fieldsAt(variable.valueFrom, 'fieldRef'), 'fieldPath') ?? '';
}

/** The ConfigMap or Secret that a variable's value comes from. */
export function referenceOf(variable: EnvVar): { kind: 'ConfigMap' | 'Secret'; name: string; key: string } | undefined {
  for (const [kind, field] of referenceKinds) {
    const reference = fieldsAt(variable.valueFrom, field);
    if (reference) return { kind, name: textAt(reference, 'name') ?? '', key: textAt(reference, 'key') ?? '' };
  }
  return undefined;
}

const referenceKinds = [
  ['ConfigMap', 'configMapKeyRef'],
  ['Secret', 'secretKeyRef'],
] as const;

/** Texts of `command` and `args`, with their place in the container. */
export function commandLineOf(container: Container): { place: string; text: string }[] {
  return (['command', 'args'] as const).flatMap((field) =>
    arrayAt(container, field).flatMap((text, index) => (typeof text === 'string' ? [{ place: `${field}[${index}]`, text }] : [])),
  );
}

/** An annotation; undefined when there is none. */
export function annotationOf(object: { metadata?: ObjectKeys } | undefined, key: string): string | undefined {
  return textAt(fieldsAt(fieldsAt(object, 'metadata'), 'annotations'), key);
}

/** A label; undefined when there is none. */
export function labelOf(object: { metadata?: ObjectKeys } | undefined, key: string): string | undefined {
  return textAt(fieldsAt(fieldsAt(object, 'metadata'), 'labels'), key);
}

/** All labels; none where there is no map of them. */
export function labelsOf(object: { metadata?: ObjectKeys }): Readonly<Record<string, string>> {
  return (fieldsAt(fieldsAt(object, 'metadata'), 'labels') ?? {}) as Readonly<Record<string, string>>;
}

/** One key of a map of strings; undefined when it is absent or no string. */
export function keyOf(map: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return textAt(map, key);
}

/** An object whose fields are not known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field that is an object. */
export function fieldsAt(from: unknown, field: string): Fields | undefined {
  const value = own(from, field);
  return isFields(value) ? value : undefined;
}

/** A field that is a text. */
export function textAt(from: unknown, field: string): string | undefined {
  const value = own(from, field);
  return typeof value === 'string' ? value : undefined;
}

/** A field that is a number. */
export function numberAt(from: unknown, field: string): number | undefined {
  const value = own(from, field);
  return typeof value === 'number' ? value : undefined;
}

/** A field that is a list; empty when it is none. */
export function arrayAt(from: unknown, field: string): readonly unknown[] {
  const value = own(from, field);
  return Array.isArray(value) ? value : [];
}

/** Objects of a field that is a list; what is no object stands as an empty one, so that indexes hold. */
export function listAt(from: unknown, field: string): Fields[] {
  return arrayAt(from, field).map((entry) => (isFields(entry) ? entry : {}));
}

function own(from: unknown, field: string): unknown {
  return isFields(from) && Object.hasOwn(from, field) ? from[field] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

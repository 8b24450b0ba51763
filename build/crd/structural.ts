// Turns JSON Schema into the structural subset that CustomResourceDefinitions accept, and refuses what has no structural
// form. It knows keywords only, none of our kinds. Source: the Kubernetes documentation, "Specifying a structural schema".

/** A JSON Schema node as plain data. */
export type SchemaNode = Record<string, unknown>;

/** A type that can't be written as a structural schema: names the place, the keyword and the fix. */
export class NotStructuralError extends Error {
  override name = 'NotStructuralError';
}

/** The API server's own keywords that our types may carry as JSDoc tags. */
export const kubernetesKeywords: readonly string[] = [
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
];

const copied = new Set([
  'type',
  'description',
  'format',
  'pattern',
  'enum',
  'required',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  ...kubernetesKeywords,
]);
const dropped = new Set(['$schema', 'definitions', '$defs']);
const fixes: Record<string, string> = {
  $ref: 'break the cycle of types',
  anyOf: 'use one object with optional parts and a validation rule instead of a union',
  oneOf: 'use one object with optional parts and a validation rule instead of a union',
  allOf: 'write the fields out instead of intersecting types',
  patternProperties: 'use Record<string, T>',
};

/**
 * The structural form of a JSON Schema node and everything below it.
 * @param path where the node stands, for errors, as in `spec.waves[]`
 * @throws NotStructuralError when a keyword has no structural form
 */
export function toStructural(node: SchemaNode, path: string): SchemaNode {
  const result: SchemaNode = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (dropped.has(keyword)) continue;
    const [name, rewritten] = rewrite(keyword, value, path);
    if (rewritten !== undefined) result[name] = rewritten;
  }
  if (typeof result['type'] !== 'string') {
    throw new NotStructuralError(`${path}: type is ${JSON.stringify(result['type'])}; declare the field with exactly one type`);
  }
  return result;
}

function rewrite(keyword: string, value: unknown, path: string): [string, unknown] {
  switch (keyword) {
    case 'properties':
      return [keyword, mapValues(asNode(value, path), (child, name) => toStructural(asNode(child, path), join(path, name)))];
    case 'items':
      return [keyword, toStructural(asNode(value, path), `${path}[]`)];
    case 'additionalProperties':
      return [keyword, typeof value === 'boolean' ? undefined : toStructural(asNode(value, path), `${path}{}`)];
    case 'const':
      return ['enum', [value]];
    default:
      if (copied.has(keyword)) return [keyword, value];
      throw new NotStructuralError(
        `${path}: the keyword ${keyword} has no structural form; ${fixes[keyword] ?? 'write the type without it'}`,
      );
  }
}

/** A copy of an object with each value replaced; the order of keys is kept. */
export function mapValues(node: SchemaNode, change: (value: unknown, key: string) => unknown): SchemaNode {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(value, key)]));
}

/**
 * The value as a schema node.
 * @throws NotStructuralError when it is no object
 */
export function asNode(value: unknown, path: string): SchemaNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotStructuralError(`${path}: expected a schema, found ${JSON.stringify(value)}`);
  }
  return value as SchemaNode;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

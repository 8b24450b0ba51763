// Walks the schema of a CRD, so that tests can say what holds for every field. It judges nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The parts of a schema node that tests look at. */
export interface Schema {
  type: string;
  description?: string;
  format?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maxItems?: number;
  maxLength?: number;
  maxProperties?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-validations'?: { rule: string; message?: string; messageExpression?: string }[];
}

/** The parts of a CRD that tests look at. */
export interface Crd {
  metadata: { name: string };
  spec: {
    scope: string;
    names: { kind: string; shortNames: string[]; categories: string[] };
    versions: {
      subresources: { status?: object };
      additionalPrinterColumns: { name: string; jsonPath: string; priority?: number }[];
      schema: { openAPIV3Schema: Schema };
    }[];
  };
}

/** One field and where it stands, as in `spec.waves[].name`. */
export interface Field {
  path: string;
  schema: Schema;
}

/** The top folder of the project. */
export const projectRoot = join(import.meta.dirname, '..', '..');
const folder = join(projectRoot, 'crds');

/** File name → content of the committed CRDs. */
export function committedCrds(): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.startsWith('meshmigration.io_'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Every committed CRD, by kind. */
export function crdsByKind(): Map<string, Crd> {
  const crds = [...committedCrds().values()].map((text) => parse(text) as Crd);
  return new Map(crds.map((crd) => [crd.spec.names.kind, crd]));
}

/** Every field of a CRD but the API server's own (`apiVersion`, `kind`, `metadata`), each list's and map's items included. */
export function fieldsOf(crd: Crd): Field[] {
  const root = crd.spec.versions[0]!.schema.openAPIV3Schema;
  const kind = crd.spec.names.kind;
  const own = Object.entries(root.properties ?? {}).filter(([name]) => name === 'spec' || name === 'status');
  return [{ path: kind, schema: root }, ...own.flatMap(([name, schema]) => below(`${kind}.${name}`, schema))];
}

function below(path: string, schema: Schema): Field[] {
  return [
    { path, schema },
    ...Object.entries(schema.properties ?? {}).flatMap(([name, child]) => below(`${path}.${name}`, child)),
    ...(schema.items ? below(`${path}[]`, schema.items) : []),
    ...(schema.additionalProperties ? below(`${path}{}`, schema.additionalProperties) : []),
  ];
}

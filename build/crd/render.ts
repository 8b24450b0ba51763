// From the TypeScript types of the API to the text of the CRD files. It reads the types and nothing else, and writes
// nothing: the caller decides whether to write or to compare.

import { createGenerator, type SchemaGenerator } from 'ts-json-schema-generator';
import { stringify } from 'yaml';
import { definitions, groupVersion, type CrdDefinition } from './definitions.ts';
import { asNode, kubernetesKeywords, toStructural, type SchemaNode } from './structural.ts';

const header = '# Generated from src/api/v1alpha1 by `make generate`. Edit the types there, not this file.\n';

const apiVersion = {
  type: 'string',
  description: `Version of the schema that this object is written in: ${groupVersion.group}/${groupVersion.version}.`,
};
const metadata = { type: 'object' };

/**
 * File name → content of every CRD, from the types under `root`.
 * @param root the top folder of the project
 */
export function renderCrds(root: string): Map<string, string> {
  const generator = createGenerator({
    path: `${root}/src/api/v1alpha1/*.ts`,
    tsconfig: `${root}/tsconfig.json`,
    expose: 'none',
    topRef: false,
    jsDoc: 'extended',
    additionalProperties: true,
    skipTypeCheck: true,
    extraTags: [...kubernetesKeywords],
  });
  return new Map(
    definitions.map((definition) => {
      const manifest = crd(definition, schemaOf(generator, definition));
      return [`${groupVersion.group}_${definition.plural}.yaml`, header + stringify(manifest, { lineWidth: 0 })];
    }),
  );
}

/** The schema of one kind; metadata is the API server's own, so our view of it is left out. */
function schemaOf(generator: SchemaGenerator, definition: CrdDefinition): SchemaNode {
  const root = generator.createSchema(definition.kind) as SchemaNode;
  const properties = asNode(root['properties'], definition.kind);
  const kind = { type: 'string', description: `Kind of this object: ${definition.kind}.` };
  const spec = toStructural(asNode(properties['spec'], 'spec'), 'spec');
  const status = toStructural(asNode(properties['status'], 'status'), 'status');
  if (definition.statusDefault) status['default'] = definition.statusDefault;
  return {
    ...toStructural({ ...root, properties: {} }, definition.kind),
    required: ['spec'],
    properties: { apiVersion, kind, metadata, spec, status },
  };
}

function crd(definition: CrdDefinition, schema: SchemaNode): SchemaNode {
  const { kind, plural, shortName, columns } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${groupVersion.group}`, labels: { 'app.kubernetes.io/name': 'meshmigration' } },
    spec: {
      group: groupVersion.group,
      scope: 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['mesh-migration'],
      },
      versions: [
        {
          name: groupVersion.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

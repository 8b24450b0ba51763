// The committed CRDs against the types, and against what we promise of every field. The API server has the last word on
// whether it accepts them: test/integration/api.

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { renderCrds } from '../../build/crd/render.ts';
import { allAdapters } from '../../src/mesh/registry.ts';
import { committedCrds, crdsByKind, fieldsOf, projectRoot, type Field } from './crd-nodes.ts';

const crds = crdsByKind();
const fields = [...crds.values()].flatMap(fieldsOf);
const paths = (some: Field[]) => some.map(({ path }) => path);

/** The columns of `kubectl get`, by kind. */
const columns = {
  MeshMigration: ['Source', 'Target', 'Ready', 'Wave', 'Migrated', 'Failed', 'Age', 'Message'],
  NamespaceMigration: ['Migration', 'Step', 'Workloads', 'Reason', 'Age'],
};

describe('the committed CRDs', () => {
  it('are what the types say', () => {
    const rendered = renderCrds(projectRoot);

    expect([...committedCrds().keys()]).to.have.members([...rendered.keys()]);
    for (const [name, content] of committedCrds()) {
      expect(content, `crds/${name} is stale: run make generate`).to.equal(rendered.get(name));
    }
  });

  it('are cluster-scoped, with a status subresource, short names and a category of our own', () => {
    expect(crds.get('MeshMigration')?.spec.names.shortNames).to.deep.equal(['mm']);
    expect(crds.get('NamespaceMigration')?.spec.names.shortNames).to.deep.equal(['nm']);
    for (const { spec } of crds.values()) {
      expect(spec.scope).to.equal('Cluster');
      expect(spec.names.categories).to.deep.equal(['mesh-migration']);
      expect(spec.versions[0]?.subresources).to.deep.equal({ status: {} });
    }
  });

  for (const [kind, names] of Object.entries(columns)) {
    it(`show ${names.join(', ')} for a ${kind}, and the message only when asked`, () => {
      const shown = crds.get(kind)!.spec.versions[0]!.additionalPrinterColumns;

      expect(shown.map(({ name }) => name)).to.deep.equal(names);
      expect(shown.filter(({ priority }) => priority).map(({ name }) => name)).to.deep.equal(
        names.filter((n) => n === 'Message'),
      );
    });

    it(`read every column of a ${kind} from a field that exists`, () => {
      const known = new Set(paths(fields));
      const read = crds
        .get(kind)!
        .spec.versions[0]!.additionalPrinterColumns.map(({ jsonPath }) => kind + jsonPath.replace(/\[\?.*?\]/, '[]'))
        .filter((path) => !path.includes('.metadata.'));

      expect(read.filter((path) => !known.has(path))).to.deep.equal([]);
    });
  }

  it('refuse exactly the meshes that can only be left as targets', () => {
    const target = fields.find(({ path }) => path === 'MeshMigration.spec.target.mesh')!.schema;
    const refused = (target['x-kubernetes-validations'] ?? []).flatMap(({ rule }) => /^self != '(\w+)'$/.exec(rule)?.[1] ?? []);
    const leftOnly = allAdapters.filter(({ roles }) => !roles.includes('target')).map(({ mesh }) => mesh);

    expect(refused).to.deep.equal(leftOnly);
  });

  it('keep every validation rule of the types', () => {
    const sources = ['mesh-migration', 'mesh-migration-status', 'namespace-migration', 'condition'].map((name) =>
      readFileSync(`${projectRoot}/src/api/v1alpha1/${name}.ts`, 'utf8'),
    );
    const written = sources.flatMap((text) => [...text.matchAll(/"rule": "([^"]+)"/g)].map(([, rule]) => rule));
    const kept = new Set(fields.flatMap(({ schema }) => schema['x-kubernetes-validations']?.map(({ rule }) => rule) ?? []));

    expect(written).to.not.be.empty;
    expect(written.filter((rule) => !kept.has(rule!))).to.deep.equal([]);
  });
});

describe('every field', () => {
  it('has a description that is a sentence', () => {
    const silent = fields.filter(({ schema }) => !/^.{8,}\.$/s.test(schema.description ?? ''));

    expect(paths(silent)).to.deep.equal([]);
  });

  it('with seconds in its name says so in its description', () => {
    const timed = fields.filter(({ path }) => path.endsWith('Seconds'));

    expect(timed).to.have.length.above(5);
    expect(paths(timed.filter(({ schema }) => !schema.description?.startsWith('Seconds')))).to.deep.equal([]);
  });

  it('that is an enum in a spec names each of its values in its description', () => {
    const vague = fields.filter(
      ({ path, schema }) =>
        path.includes('.spec.') && schema.enum?.some((value) => !schema.description?.includes(value)) === true,
    );

    expect(paths(vague)).to.deep.equal([]);
  });

  it('that is a list has a list type and a bound', () => {
    const lists = fields.filter(({ schema }) => schema.type === 'array');
    const loose = lists.filter(({ schema }) => schema['x-kubernetes-list-type'] === undefined || schema.maxItems === undefined);

    expect(lists).to.have.length.above(10);
    expect(paths(loose)).to.deep.equal([]);
  });

  it('that is a string or a map has a bound, so that the cost of rules is bounded too', () => {
    const loose = fields.filter(
      ({ schema }) =>
        (schema.type === 'string' && !schema.enum && !schema.format && schema.maxLength === undefined) ||
        (schema.additionalProperties !== undefined && schema.maxProperties === undefined),
    );

    expect(paths(loose)).to.deep.equal([]);
  });

  it('that is a number is an integer of a known width with a lower bound', () => {
    const numbers = fields.filter(({ schema }) => schema.type === 'integer' || schema.type === 'number');
    const loose = numbers.filter(
      ({ schema }) => schema.type !== 'integer' || !/^int(32|64)$/.test(schema.format ?? '') || schema.minimum === undefined,
    );

    expect(numbers).to.have.length.above(20);
    expect(paths(loose)).to.deep.equal([]);
  });

  it('has no stored default, but for the status of a MeshMigration that nobody has looked at', () => {
    const defaulted = fields.filter(({ schema }) => schema.default !== undefined);

    expect(paths(defaulted)).to.deep.equal(['MeshMigration.status']);
    expect(defaulted[0]?.schema.default).to.deep.equal({ observedGeneration: -1 });
  });
});

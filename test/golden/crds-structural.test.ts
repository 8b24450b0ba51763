// The rewriter from JSON Schema to structural schema: what it changes, and what it refuses with the place and the fix.

import { expect } from 'chai';
import { toStructural, type SchemaNode } from '../../build/crd/structural.ts';

describe('the structural form', () => {
  it('drops what is only for JSON Schema and keeps what the API server knows', () => {
    const node = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: {},
      type: 'object',
      additionalProperties: false,
      properties: { mode: { type: 'string', const: 'Auto', description: 'How.' } },
      required: ['mode'],
    };

    expect(toStructural(node, 'spec')).to.deep.equal({
      type: 'object',
      properties: { mode: { type: 'string', enum: ['Auto'], description: 'How.' } },
      required: ['mode'],
    });
  });

  it('keeps the values of a map and the items of a list', () => {
    const node = {
      type: 'object',
      properties: {
        labels: { type: 'object', additionalProperties: { type: 'string', $schema: 'x' } },
        ports: { type: 'array', items: { type: 'integer', format: 'int32' }, 'x-kubernetes-list-type': 'set' },
      },
    };

    expect(toStructural(node, 'spec')['properties']).to.deep.equal({
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      ports: { type: 'array', items: { type: 'integer', format: 'int32' }, 'x-kubernetes-list-type': 'set' },
    });
  });

  const refused: [what: string, node: SchemaNode, says: RegExp][] = [
    ['a cycle of types', { $ref: '#/definitions/Node' }, /spec\.a: the keyword \$ref .*break the cycle/],
    ['a union of objects', { anyOf: [] }, /spec\.a: the keyword anyOf .*instead of a union/],
    ['a discriminated union', { oneOf: [] }, /spec\.a: the keyword oneOf .*instead of a union/],
    ['keys by pattern', { type: 'object', patternProperties: {} }, /spec\.a: the keyword patternProperties .*Record<string, T>/],
    ['a nullable field', { type: ['string', 'null'] }, /spec\.a: type is \["string","null"\].*exactly one type/],
    ['a field of any type', { description: 'Anything.' }, /spec\.a: type is undefined.*exactly one type/],
    ['a keyword it has never seen', { type: 'string', contentEncoding: 'base64' }, /spec\.a: the keyword contentEncoding/],
  ];
  for (const [what, node, says] of refused) {
    it(`does not exist for ${what}`, () => {
      expect(() => toStructural({ type: 'object', properties: { a: node } }, 'spec')).to.throw(says);
    });
  }
});

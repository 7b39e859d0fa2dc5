import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definitionHash } from './definition-hash.ts'
import type { JsonSchema } from './json-schema.ts'
import { reduceCrds } from './reduce-crds.ts'
import { reduceOpenApi } from './reduce-openapi.ts'
import {
  anyObjectSchema,
  makeWidgetCrd,
  makeWidgetDocument,
  shuffleMembers,
  widgetType,
} from '../../test/schemas.ts'

const hash = (root: JsonSchema, named = {}) =>
  definitionHash(widgetType, ['status'], { root, named })

function crdHash(crd: unknown): string {
  const [reduced] = reduceCrds([crd], new Map([['widgets.shop.example', widgetType]]), 1500)
  if (!reduced || !('definition' in reduced)) throw new Error('not reduced')
  return reduced.definition.definitionHash
}

test('the hash is independent of the order of members, required names and enum values', () => {
  fc.assert(
    fc.property(anyObjectSchema, fc.infiniteStream(fc.nat()), (schema, picks) => {
      expect(hash(shuffleMembers(schema, picks))).toBe(hash(schema))
    }),
  )
})

test('the hash is independent of white space in texts', () => {
  const schema = (description: string) => ({ type: 'object', description })
  expect(hash(schema('One  two\n   three '))).toBe(hash(schema('One two three')))
  expect(hash(schema('One two'))).not.toBe(hash(schema('Onetwo')))
})

test('the hash is independent of server metadata, other versions and their order', () => {
  fc.assert(
    fc.property(anyObjectSchema, fc.boolean(), fc.string(), (schema, reverse, note) => {
      const plain = makeWidgetCrd(schema)
      const versions = [...plain.spec.versions, { ...plain.spec.versions[0], name: 'v2alpha1' }]
      const served = {
        ...plain,
        metadata: {
          ...plain.metadata,
          annotations: { 'controller-gen.kubebuilder.io/version': note },
          managedFields: [{ manager: note }],
          resourceVersion: '77',
        },
        spec: { ...plain.spec, versions: reverse ? versions.toReversed() : versions },
        status: { storedVersions: ['v1'], conditions: [] },
      }
      expect(crdHash(served)).toBe(crdHash(plain))
    }),
  )
})

test('a CRD and its OpenAPI document have the same hash', () => {
  fc.assert(
    fc.property(anyObjectSchema, (schema) => {
      const wanted = [{ type: widgetType, subresources: ['status'] }]
      const [reduced] = reduceOpenApi(makeWidgetDocument(schema), wanted, () => undefined, 1500)
      const ofDocument = reduced && 'definition' in reduced ? reduced.definition : undefined
      expect(ofDocument?.definitionHash).toBe(crdHash(makeWidgetCrd(schema)))
    }),
  )
})

test.each([
  [
    'a new field',
    { properties: { spec: { type: 'object', properties: { b: { type: 'string' } } } } },
  ],
  [
    'another type',
    { properties: { spec: { type: 'object', properties: { a: { type: 'integer' } } } } },
  ],
  [
    'a default',
    {
      properties: { spec: { type: 'object', properties: { a: { type: 'string', default: 'x' } } } },
    },
  ],
  ['a required name', { required: ['spec'] }],
  ['a description', { description: 'Something else' }],
])('%s changes the hash', (_, change) => {
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
  }
  expect(hash({ ...schema, ...change })).not.toBe(hash(schema))
})

test('fields named like schema keywords are hashed as fields', () => {
  const schema = (inner: JsonSchema) => ({
    type: 'object',
    properties: { spec: { type: 'object', properties: inner } },
  })
  const a = schema({ example: { type: 'string' }, required: { type: 'string' } })
  const b = schema({ example: { type: 'integer' }, required: { type: 'string' } })
  const metadata = schema({ metadata: { type: 'object' } })
  expect(hash(a)).not.toBe(hash(b))
  expect(hash(metadata)).not.toBe(hash(schema({})))
})

test('a field named __proto__ is hashed and does not pollute prototypes', () => {
  const schema = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"polluted":{"type":"string"}}}}}',
  )
  expect(hash(schema)).not.toBe(hash({ type: 'object' }))
  expect({}).not.toHaveProperty('polluted')
})

test('cyclic references end, and their schemas are part of the hash', () => {
  const named = (type: string) => ({
    Tree: {
      type: 'object',
      properties: { left: ref('Tree'), twin: ref('Leaf'), also: { allOf: [ref('Tree')] } },
    },
    Leaf: { type: 'object', properties: { back: ref('Tree'), value: { type } } },
  })
  expect(hash(ref('Tree'), named('string'))).not.toBe(hash(ref('Tree'), named('integer')))
  expect(hash(ref('Gone'), {})).toBe(hash({}))
})

test('references that multiply exponentially are cut off', () => {
  const named: JsonSchema = { L20: { type: 'string' } }
  for (let level = 0; level < 20; level++) {
    const next = ref(`L${level + 1}`)
    named[`L${level}`] = { type: 'object', properties: { a: next, b: next, c: next } }
  }
  expect(hash(ref('L0'), named)).toMatch(/^[0-9a-f]{64}$/)
})

test('ten thousand levels and a hundred thousand fields are hashed', () => {
  let deep: JsonSchema = { type: 'string' }
  for (let level = 0; level < 10_000; level++) deep = { type: 'object', properties: { a: deep } }
  const fields = Array.from({ length: 100_000 }, (_, index) => [`f${index}`, { type: 'string' }])
  const wide = { type: 'object', properties: Object.fromEntries(fields) }
  expect(hash(deep)).not.toBe(hash(wide))
})

function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

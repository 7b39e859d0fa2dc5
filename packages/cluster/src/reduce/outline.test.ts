import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyObjectSchema, shuffleMembers, widgetType } from '../../test/schemas.ts'
import type { JsonSchema } from './json-schema.ts'
import { makeOutline } from './outline.ts'
import type { TypeSource } from './type-schema.ts'

const string = { type: 'string' }

function outlineOf(root: JsonSchema | undefined, change: Partial<TypeSource> = {}, budget = 1500) {
  const schema = root && { root, named: {} }
  const source = { schema, subresources: [], operator: undefined, printerColumns: [], ...change }
  return makeOutline(widgetType, source, budget)
}

function withSpec(properties: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties: { spec: { type: 'object', properties, ...more } } }
}

test('an outline has the names, the purpose and the user fields of a type', () => {
  const root = {
    type: 'object',
    description: 'Widget is the Schema for the widgets API. Holds a door open.',
    properties: {
      metadata: { type: 'object' },
      spec: {
        type: 'object',
        required: ['size'],
        properties: {
          colour: {
            enum: ['red', 'blue'],
            type: 'string',
            description: 'Its colour, e.g. red. More.',
          },
          size: { type: 'integer', description: 'How large it is; in mm' },
          parts: {
            type: 'array',
            items: { type: 'object', required: ['name'], properties: { name: string, at: string } },
          },
          limits: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
        },
      },
      status: { type: 'object', properties: { conditions: {}, open: {}, phase: string } },
    },
  }
  const type = { ...widgetType, shortNames: ['wd'], categories: ['all'] }
  const { outline, ...rest } = makeOutline(
    type,
    {
      schema: { root, named: {} },
      subresources: ['status', 'scale'],
      operator: 'shop-operator',
      printerColumns: ['Age', 'Ready'].map(columnNamed),
    },
    1500,
  )
  expect(outline.split('\n')).toEqual([
    'Widget (shop.example/v1, namespaced)',
    'Names: widgets, wd',
    'Categories: all',
    'Operator: shop-operator',
    'Subresources: scale',
    'Columns: Ready',
    'Description: Holds a door open.',
    'Fields of spec (* required):',
    '  *size integer: How large it is',
    '  colour blue|red: Its colour, e.g. red',
    '  limits map[int|string]',
    '  parts []object',
    '    *name string',
    '    at string',
    'Status: open, phase',
  ])
  expect(rest).toEqual({
    outlineTokens: Math.ceil(outline.length / 4),
    truncated: false,
    schemaPublished: true,
  })
})

test('the outline of a type without a published schema states that there is none', () => {
  for (const root of [
    undefined,
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  ]) {
    const { outline, schemaPublished } = outlineOf(root)
    expect(schemaPublished).toBe(false)
    expect(outline).toContain('Schema not published')
  }
})

test('well-known shapes are named and not expanded', () => {
  const pod = { containers: { type: 'array' }, restartPolicy: string, volumes: { type: 'array' } }
  const { outline } = outlineOf(
    withSpec({
      template: {
        type: 'object',
        properties: { metadata: { type: 'object' }, spec: { type: 'object', properties: pod } },
      },
      resources: { type: 'object', properties: { claims: {}, limits: {}, requests: {} } },
      secret: { type: 'object', properties: { key: string, name: string, optional: {} } },
      owner: { type: 'object', properties: { kind: string, name: string, namespace: string } },
      selector: { type: 'object', properties: { matchExpressions: {}, matchLabels: {} } },
    }),
  )
  expect(outline.split('\n').slice(3)).toEqual([
    '  owner Ref',
    '  resources ResourceRequirements',
    '  secret KeyRef',
    '  selector LabelSelector',
    '  template PodTemplate',
  ])
})

test('a managed resource of Crossplane shows forProvider and counts references', () => {
  const reference = { type: 'object', properties: { name: string, policy: { type: 'object' } } }
  const selector = {
    type: 'object',
    properties: { matchControllerRef: { type: 'boolean' }, matchLabels: { type: 'object' } },
  }
  const { outline } = outlineOf({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          deletionPolicy: string,
          forProvider: {
            type: 'object',
            required: ['region'],
            properties: {
              region: string,
              vpcId: string,
              vpcIdRef: reference,
              vpcIdSelector: selector,
            },
          },
          initProvider: { type: 'object', properties: { secret: string } },
          providerConfigRef: reference,
        },
      },
      status: { type: 'object', properties: { atProvider: { type: 'object' } } },
    },
  })
  expect(outline.split('\n').slice(2)).toEqual([
    'Fields of spec.forProvider (* required):',
    '  *region string',
    '  vpcId string',
    'References and selectors to other resources: 2',
    'Beside forProvider: deletionPolicy, providerConfigRef',
  ])
})

test('a type without spec shows its own fields', () => {
  const { outline } = outlineOf({
    properties: { data: {}, kind: string, metadata: {}, immutable: {} },
  })
  expect(outline.split('\n').slice(2)).toEqual([
    'Fields (* required):',
    '  data any',
    '  immutable any',
  ])
})

test('fields below the third level and after the seventieth line are cut, which the outline states', () => {
  const leaf = { type: 'object', properties: { d: { type: 'object', properties: { e: string } } } }
  const nested = withSpec({ b: { type: 'object', properties: { c: leaf } } })
  expect(outlineOf(nested).outline).toMatch(/\n {6}d object$/)
  const many = withSpec(Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`f${i}`, string])))
  const { outline, truncated } = outlineOf(many)
  expect(truncated).toBe(true)
  expect(outline.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(70)
  expect(outline).toMatch(/more fields exist\)$/)
})

test('no outline exceeds its token budget', () => {
  fc.assert(
    fc.property(anyObjectSchema, fc.integer({ min: 120, max: 600 }), (schema, budget) => {
      expect(outlineOf(schema, {}, budget).outlineTokens).toBeLessThanOrEqual(budget)
    }),
  )
})

test('the outline is independent of the order of the schema', () => {
  fc.assert(
    fc.property(anyObjectSchema, fc.infiniteStream(fc.nat()), (schema, picks) => {
      expect(outlineOf(shuffleMembers(schema, picks))).toEqual(outlineOf(schema))
    }),
  )
})

test('text from the cluster stays on one line and loses invisible characters', () => {
  const evil = 'ok\n-----end-----\u001b[2J\u200b\u202e\u{e0041}\u0000'
  const { outline } = makeOutline(
    { ...widgetType, kind: evil, shortNames: [evil], categories: [evil] },
    {
      schema: {
        root: {
          description: evil,
          ...withSpec({ [evil]: { type: evil, enum: [evil], description: evil } }),
        },
        named: {},
      },
      subresources: [evil],
      operator: evil,
      printerColumns: [columnNamed(evil)],
    },
    1500,
  )
  expect(outline.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u202e]|\u{e0041}/u)
  expect(outline.split('\n')).toHaveLength(9)
})

test('members of an unexpected type are skipped', () => {
  const odd = withSpec({
    a: null,
    b: 'text',
    c: { type: ['string'], enum: 'x', description: 7 },
    d: { type: 'array', items: [1] },
    e: { type: 'object', additionalProperties: true, required: 'e', properties: [] },
  })
  expect(outlineOf(odd).outline.split('\n').slice(3)).toEqual([
    '  c any',
    '  d []any',
    '  e object',
  ])
})

test('a recursive schema is shown by its name where it repeats', () => {
  const $ref = '#/components/schemas/example.Tree'
  const named = { 'example.Tree': { type: 'object', properties: { next: { $ref }, size: string } } }
  const root = withSpec({ tree: { $ref, description: 'The first' } })
  expect(outlineOf(root, { schema: { root, named } }).outline.split('\n').slice(3)).toEqual([
    '  tree object: The first',
    '    next Tree',
    '    size string',
  ])
})

test('an outline is created for a hundred thousand fields and for descriptions of a megabyte', () => {
  const fields = Array.from({ length: 100_000 }, (_, i) => [`f${i}`, { description: 'x' }])
  expect(outlineOf(withSpec(Object.fromEntries(fields))).truncated).toBe(true)
  const words = 'word '.repeat(200_000)
  const wordy = { ...withSpec({ a: { type: 'string', description: words } }), description: words }
  expect(outlineOf(wordy).outlineTokens).toBeLessThan(200)
})

function columnNamed(name: string) {
  return { name, type: 'string', jsonPath: '' }
}

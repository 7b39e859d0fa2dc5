import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { findSchemaFaults } from '@capstan/testkit/find-schema-faults'
import { anyObjectSchema, widgetType } from './schemas.ts'
import type { JsonSchema } from '../src/reduce/json-schema.ts'
import { renderExample } from '../src/example/render-example.ts'

function render(spec: JsonSchema, named = {}): string {
  const root = { type: 'object', properties: { spec } }
  return renderExample(widgetType, { root, named }) ?? ''
}

function readSpec(spec: JsonSchema, named = {}): unknown {
  const yaml = render(spec, named)
  expect(findSchemaFaults(parse(yaml).spec, spec, named)).toEqual([])
  return parse(yaml, { version: '1.1' }).spec
}

/** The value of one required field with this schema. */
function readField(schema: JsonSchema): unknown {
  const spec = { type: 'object', required: ['field'], properties: { field: schema } }
  const value = readSpec(spec)
  return typeof value === 'object' && value !== null && 'field' in value ? value.field : undefined
}

test('an example has the required fields with their descriptions, and names the optional ones', () => {
  expect(
    render({
      type: 'object',
      description: 'What to run. In detail.',
      required: ['size', 'image'],
      properties: {
        image: { type: 'string', description: 'Image to run.' },
        size: { type: 'string', enum: ['small', 'large'] },
        replicas: { type: 'integer', default: 3 },
      },
    }),
  ).toBe(`# A minimal Widget (shop.example/v1). Replace the placeholders.

apiVersion: shop.example/v1
kind: Widget
metadata:
  name: example
  namespace: default
# What to run
spec:
  # Image to run
  image: example
  # One of: small, large
  size: small
  # Optional:
  #   replicas: integer
`)
})

test.each<[schema: JsonSchema, value: unknown]>([
  [{ type: 'string', default: 'yes' }, 'yes'],
  [{ type: 'string', enum: ['', 'on', 'off'] }, 'on'],
  [{ type: 'integer', minimum: 5 }, 5],
  [{ type: 'integer', minimum: 5, exclusiveMinimum: true, multipleOf: 4 }, 8],
  [{ type: 'integer', maximum: -3 }, -3],
  [{ type: 'number', minimum: 0.2, maximum: 0.4 }, 0.2],
  [{ type: 'string', format: 'date-time' }, '2026-01-01T00:00:00Z'],
  [{ type: 'string', format: 'ipv4' }, '192.0.2.1'],
  [{ type: 'string', pattern: '^[A-Z]{3}-[0-9]+$' }, 'AAA-0'],
  [{ type: 'string', pattern: '^([0-9]+(s|m))+$' }, '5m'],
  [{ type: 'string', maxLength: 3 }, '1'],
  [{ type: 'string', minLength: 12 }, 'https://example.com'],
  [{ type: 'string', minLength: 40, maxLength: 40 }, 'exampleexampleexampleexampleexampleexamp'],
  [{ type: 'boolean' }, false],
  [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
  [{ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, {}],
  [{ type: 'array', items: { type: 'string' } }, ['example']],
  [{ type: 'array', minItems: 2, uniqueItems: true, items: { type: 'integer' } }, [1, 2]],
  [{ type: 'array', maxItems: 0, items: { type: 'string' } }, []],
  [
    { type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } },
    { example: 1, 'example-2': 1 },
  ],
])('a field with the schema %j has the value %j', (schema, value) => {
  expect(readField(schema)).toEqual(value)
})

test('a list of type map has its keys, and an embedded object has a type and a name', () => {
  expect(
    readField({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    }),
  ).toEqual([{ port: 1, protocol: 'TCP' }])
  expect(readField({ type: 'object', 'x-kubernetes-embedded-resource': true })).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'example' },
  })
})

const BACKENDS = {
  type: 'object',
  properties: { s3: { type: 'object' }, gcs: { type: 'object' }, size: { type: 'integer' } },
}

test('exactly one option of oneOf is fulfilled, together with allOf and not', () => {
  expect(readSpec({ ...BACKENDS, oneOf: [{ required: ['s3'] }, { required: ['gcs'] }] })).toEqual({
    s3: {},
  })
  expect(
    readSpec({
      ...BACKENDS,
      oneOf: [{ required: ['s3'] }, { required: ['gcs'] }],
      not: { required: ['s3'] },
      allOf: [{ required: ['size'], properties: { size: { minimum: 7 } } }],
    }),
  ).toEqual({ size: 7, gcs: {} })
})

test('a condition that the example cannot fulfil is stated, and so are rules of the API server', () => {
  const yaml = render({
    type: 'object',
    required: ['name', 'size'],
    properties: {
      name: { type: 'string', pattern: '^(?i)[a-z]+$' },
      size: { type: 'integer', minimum: 5, maximum: 4 },
    },
    'x-kubernetes-validations': [{ rule: 'self.size > 1', message: 'size\nis larger' }],
  })
  expect(yaml).toContain('# Check the values that the schema restricts: spec.name, spec.size\n')
  expect(yaml).toContain('# Rule: size is larger\n')
})

test('a rule about the items of a list is stated above the list', () => {
  const items = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, port: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: 'has(self.port)', message: 'must have a port' }],
  }
  const yaml = render({
    type: 'object',
    required: ['backends'],
    properties: { backends: { type: 'array', minItems: 1, items } },
  })
  expect(yaml).toContain('  # Rule: must have a port\n  backends:\n    - name: example\n')
})

test('a template gets labels that its selector matches, and its container an image', () => {
  const labels = { type: 'object', additionalProperties: { type: 'string' } }
  const container = {
    type: 'object',
    required: ['name'],
    properties: Object.fromEntries(
      ['name', 'image', 'command', 'env', 'volumeMounts'].map((name) => [name, { type: 'string' }]),
    ),
  }
  const named = {
    Template: {
      type: 'object',
      properties: {
        metadata: { type: 'object', properties: { labels } },
        spec: {
          type: 'object',
          required: ['containers'],
          properties: { containers: { type: 'array', items: container } },
        },
      },
    },
  }
  expect(
    readSpec(
      {
        type: 'object',
        required: ['selector', 'template'],
        properties: {
          selector: {
            type: 'object',
            properties: { matchLabels: labels, matchExpressions: { type: 'array' } },
          },
          template: { allOf: [{ $ref: '#/components/schemas/Template' }] },
        },
      },
      named,
    ),
  ).toEqual({
    selector: { matchLabels: { app: 'example' } },
    template: {
      metadata: { labels: { app: 'example' } },
      spec: { containers: [{ name: 'example', image: 'example' }] },
    },
  })
})

test('a recursive schema and one that multiplies alternatives end', () => {
  const named = {
    Node: {
      type: 'object',
      required: ['child'],
      properties: { child: { $ref: '#/components/schemas/Node' } },
    },
  }
  expect(render({ $ref: '#/components/schemas/Node' }, named)).toContain('child: {}')
  let schema: JsonSchema = { type: 'string', pattern: '^(?=x)$' }
  for (let depth = 0; depth < 30; depth += 1) {
    const option = { required: ['a'], properties: { a: schema } }
    schema = { type: 'object', anyOf: Array.from({ length: 20 }, () => option) }
  }
  expect(render(schema)).toContain('Check the values')
})

test('any text of a schema stays a text: no line breaks out of a comment, a key or a value', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      'a\nkind: Secret',
      'a\r\nkind: Secret',
      'a\u2028kind: Secret',
      'a\u0085kind: Secret',
      '# x',
      '--- ',
      '<<',
      '&a *a !!binary',
      '%YAML 1.2',
      '__proto__',
      '\u001B[2J\u202E',
      'y',
      '1:20',
      '0x1F',
      '~',
    ),
  )
  fc.assert(
    fc.property(hostile, hostile, hostile, (text, name, value) => {
      const spec = {
        type: 'object',
        description: text,
        required: [name, 'second'],
        properties: {
          // A computed name, because `__proto__: …` would set the prototype.
          ['second']: { type: 'string', description: text, enum: [value] },
          third: { type: 'object', description: text },
        },
        'x-kubernetes-validations': [{ message: text, rule: text }],
      }
      Object.defineProperty(spec.properties, name, {
        value: { type: 'string', default: value, description: text },
        enumerable: true,
        configurable: true,
      })
      const yaml = render(spec)
      expect(yaml).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
      for (const version of ['1.1', '1.2'] as const) {
        const { spec: read, ...rest } = parse(yaml, { version })
        expect(Object.keys(rest)).toEqual(['apiVersion', 'kind', 'metadata'])
        const names = [name, 'second'].filter((key) => key !== '<<')
        expect(new Set(Object.keys(read))).toEqual(new Set(names))
        expect(read.second).toBe(name === 'second' && value === '' ? 'example' : value)
      }
    }),
    { numRuns: 300 },
  )
})

test('the example of any schema is valid against it, or names what is not', () => {
  const property = fc.property(anyObjectSchema, (root) => {
    const yaml = renderExample(widgetType, { root, named: {} }) ?? ''
    const isDoubtful = yaml.includes('Check the values')
    return isDoubtful || findSchemaFaults(parse(yaml), root).length === 0
  })
  expect(fc.check(property, { numRuns: 200 })).toMatchObject({ failed: false })
})

test('a type without a schema has an example with its names only', () => {
  const yaml = renderExample({ ...widgetType, scope: 'Cluster' }, undefined) ?? ''
  expect(yaml).toContain('# The cluster publishes no schema of its fields.')
  expect(parse(yaml)).toEqual({
    apiVersion: 'shop.example/v1',
    kind: 'Widget',
    metadata: { name: 'example' },
  })
})

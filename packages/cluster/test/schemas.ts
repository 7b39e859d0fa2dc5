import fc from 'fast-check'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { JsonSchema } from '../src/reduce/json-schema.ts'

/** A fictitious type. */
export const widgetType: ResourceType = {
  group: 'shop.example',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  scope: 'Namespaced',
  verbs: ['get', 'list'],
  shortNames: [],
  categories: [],
  origin: 'crd',
}

/** Field names, including keywords of JSON schema and JavaScript. */
const fieldName = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/),
  fc.constantFrom('required', 'enum', 'properties', 'metadata', 'kind', 'constructor', 'items'),
)
const description = fc.option(fc.string({ maxLength: 60 }), { nil: undefined })

const { object } = fc.letrec<{ object: JsonSchema; schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    described({ type: fc.constantFrom('string', 'integer', 'boolean') }),
    described({
      type: fc.constant('string'),
      enum: fc.uniqueArray(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 5 }),
    }),
    described({ type: fc.constant('array'), items: tie('schema') }),
    described({ type: fc.constant('object'), additionalProperties: tie('schema') }),
    tie('object'),
  ),
  object: fc
    .record({
      description,
      fields: fc.dictionary(fieldName, tie('schema'), { maxKeys: 5 }),
      mandatory: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      embedded: fc.boolean(),
    })
    .map(({ description: words, fields, mandatory, embedded }) => ({
      type: 'object',
      ...(words === undefined ? {} : { description: words }),
      properties: { ...fields },
      required: Object.keys(fields).filter((_, index) => mandatory[index]),
      ...(embedded ? { 'x-kubernetes-embedded-resource': true } : {}),
    })),
}))

function described(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonSchema> {
  return fc
    .tuple(fc.record(members), description)
    .map(([typed, words]) => (words === undefined ? typed : { ...typed, description: words }))
}

/** A schema of a complete object, with spec and status. */
export const anyObjectSchema: fc.Arbitrary<JsonSchema> = fc
  .record({ description, spec: object, status: object })
  .map(({ description: words, spec, status }) => ({
    type: 'object',
    ...(words === undefined ? {} : { description: words }),
    properties: { spec, status },
  }))

/** The same schema with its members in another order, where the order has no meaning. */
export function shuffleMembers(value: JsonSchema, picks: Iterator<number>): JsonSchema {
  return Object.fromEntries(
    permuted(Object.entries(value), picks).map(([key, inner]) => [
      key,
      shuffledMember(key, inner, picks),
    ]),
  )
}

function shuffledMember(key: string, value: unknown, picks: Iterator<number>): unknown {
  if (Array.isArray(value)) {
    return key === 'required' || key === 'enum' ? permuted(value, picks) : value
  }
  return typeof value === 'object' && value !== null
    ? shuffleMembers(Object.fromEntries(Object.entries(value)), picks)
    : value
}

function permuted<T>(values: T[], picks: Iterator<number>): T[] {
  const rest = [...values]
  return values.flatMap(() => rest.splice((picks.next().value ?? 0) % rest.length, 1))
}

/** A CRD of the widget type with this schema. */
export function makeWidgetCrd(openAPIV3Schema: JsonSchema) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.shop.example', uid: 'u1', generation: 1 },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema },
          subresources: { status: {} },
        },
      ],
    },
  }
}

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** The OpenAPI document that an API server generates from that CRD. */
export function makeWidgetDocument(schema: JsonSchema) {
  const kind = { group: 'shop.example', version: 'v1', kind: 'Widget' }
  return {
    openapi: '3.0.0',
    paths: {},
    components: {
      schemas: {
        'example.shop.v1.Widget': {
          ...asObject(withEmbedded(schema), false),
          'x-kubernetes-group-version-kind': [kind],
        },
        [OBJECT_META]: { type: 'object', properties: { name: { type: 'string' } } },
      },
    },
  }
}

/** Adds the members of top-level objects to embedded objects. */
function withEmbedded(schema: JsonSchema): JsonSchema {
  const inner = { ...schema }
  for (const key of ['items', 'additionalProperties']) {
    if (isObject(inner[key])) inner[key] = withEmbedded(inner[key])
  }
  if (isObject(inner['properties'])) {
    const fields = Object.entries(inner['properties'])
    inner['properties'] = Object.fromEntries(
      fields.map(([name, field]) => [name, isObject(field) ? withEmbedded(field) : field]),
    )
  }
  return inner['x-kubernetes-embedded-resource'] === true ? asObject(inner, true) : inner
}

function asObject(schema: JsonSchema, isRequired: boolean): JsonSchema {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return {
    ...schema,
    properties: {
      ...properties,
      apiVersion: { type: 'string', description: 'APIVersion defines the versioned schema' },
      kind: { type: 'string', description: 'Kind is a string value' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }], default: {} },
    },
    ...(isRequired ? { required: [...new Set([...required, 'kind', 'apiVersion'])] } : {}),
  }
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

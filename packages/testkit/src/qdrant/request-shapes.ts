import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'

export const REQUEST_SHAPES = [
  'CreateCollection',
  'CreateFieldIndex',
  'ChangeAliasesOperation',
  'PointInsertOperations',
  'PointsSelector',
  'CountRequest',
  'ScrollRequest',
  'QueryRequest',
] as const
export type RequestShape = (typeof REQUEST_SHAPES)[number]

/** Returns the errors of a request body. */
export type CheckShape = (shape: RequestShape, body: unknown) => string[]

const filter = z.strictObject({
  must: z.array(z.looseObject({})).optional(),
  should: z.array(z.looseObject({})).optional(),
})
const vector = z.union([
  z.array(z.number()),
  z.strictObject({ indices: z.array(z.int().min(0).max(0xffffffff)), values: z.array(z.number()) }),
  z.strictObject({ text: z.string(), model: z.literal('qdrant/bm25') }),
])
const search = {
  query: z.union([vector, z.strictObject({ rrf: z.strictObject({ k: z.int().min(1) }) })]),
  using: z.string().optional(),
  filter: filter.optional(),
  limit: z.int().min(1).optional(),
  score_threshold: z.number().optional(),
}
/** Schemas of the requests of Capstan, for use without Qdrant's document. They are stricter than Qdrant. */
const OWN: Record<RequestShape, z.ZodType> = {
  CreateCollection: z.strictObject({
    vectors: z
      .record(z.string(), z.strictObject({ size: z.int().min(1), distance: z.literal('Cosine') }))
      .optional(),
    sparse_vectors: z.record(z.string(), z.strictObject({ modifier: z.enum(['idf', 'none']) })),
    strict_mode_config: z.looseObject({ enabled: z.boolean() }),
    metadata: z.record(z.string(), z.unknown()),
  }),
  CreateFieldIndex: z.strictObject({
    field_name: z.string(),
    field_schema: z.looseObject({ type: z.enum(['keyword', 'float', 'bool', 'integer']) }),
  }),
  ChangeAliasesOperation: z.strictObject({
    actions: z.array(
      z.union([
        z.strictObject({
          create_alias: z.strictObject({ alias_name: z.string(), collection_name: z.string() }),
        }),
        z.strictObject({ delete_alias: z.strictObject({ alias_name: z.string() }) }),
      ]),
    ),
  }),
  PointInsertOperations: z.strictObject({
    points: z.array(
      z.strictObject({
        id: z.uuid(),
        vector: z.record(z.string(), vector),
        payload: z.looseObject({}),
      }),
    ),
    update_filter: filter.optional(),
  }),
  PointsSelector: z.strictObject({ filter }),
  CountRequest: z.strictObject({ filter: filter.optional(), exact: z.boolean().optional() }),
  ScrollRequest: z.strictObject({
    limit: z.int().min(1),
    order_by: z.strictObject({ key: z.string(), direction: z.literal('desc') }),
    with_payload: z.array(z.string()),
    with_vector: z.literal(false),
  }),
  QueryRequest: z.strictObject({
    ...search,
    prefetch: z.array(z.strictObject(search)).optional(),
    with_payload: z.union([z.boolean(), z.array(z.string())]).optional(),
  }),
}

/**
 * Checks requests against these schemas, and against Qdrant's OpenAPI document if CAPSTAN_QDRANT_SPEC names
 * it.
 */
export async function openRequestShapes(specPath: string | undefined): Promise<CheckShape> {
  const official = specPath === undefined ? undefined : await readDocument(specPath)
  return (shape, body) => {
    const own = OWN[shape].safeParse(body)
    const faults = own.success ? [] : [`${shape}: ${z.prettifyError(own.error)}`]
    return [...faults, ...(official?.(shape, body) ?? [])]
  }
}

async function readDocument(path: string): Promise<CheckShape> {
  const document: unknown = JSON.parse(await readFile(path, 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(Object(withNulls(document)), 'qdrant')
  return (shape, body) => {
    const validate = ajv.getSchema(`qdrant#/components/schemas/${shape}`)
    if (!validate) throw new Error(`the document has no schema ${shape}`)
    if (validate(body)) return []
    return (validate.errors ?? []).map((error) => `${shape}${error.instancePath} ${error.message}`)
  }
}

/** The document still uses `nullable`, which this JSON Schema dialect does not support. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, ...rest } = value as Record<string, unknown> // any object can be read this way
  const inner = Object.fromEntries(
    Object.entries(rest).map(([name, one]) => [name, withNulls(one)]),
  )
  if (nullable !== true) return inner
  return Object.keys(inner).length === 0 ? { type: 'null' } : { anyOf: [inner, { type: 'null' }] }
}

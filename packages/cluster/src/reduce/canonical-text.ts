import { resolveRef, type NamedSchemas, type ResolvedSchema } from './resolve-ref.ts'
import { isSchema, type JsonSchema } from './json-schema.ts'

/** Members that do not describe the type, or that only one of CRD and OpenAPI document contains. */
const DROPPED = new Set([
  'x-kubernetes-group-version-kind',
  'x-kubernetes-selectable-fields',
  '$schema',
  'id',
  'example',
  'externalDocs',
])
const MAPS_OF_SCHEMAS = new Set(['properties', 'patternProperties', 'definitions'])
const LISTS_OF_SCHEMAS = new Set(['allOf', 'anyOf', 'oneOf'])
const SCHEMAS = new Set(['items', 'additionalProperties', 'additionalItems', 'not'])
/** Members of every object. Optional in a CRD; the server adds them to OpenAPI documents. */
const OF_EVERY_OBJECT = new Set(['apiVersion', 'kind', 'metadata'])
/** White space to collapse. Testing is cheaper than replacing, and most texts have none. */
const UNEVEN_SPACE = /\s\s|[^\S ]/
/** Limit for expanded references. Real types need a few thousand. */
const MAX_REFERENCES = 50_000

/** Pending output: text, or a value with its role. */
type Work = string | Node
interface Node {
  as: 'schema' | 'map' | 'list' | 'value'
  value: unknown
  refs: ResolvedSchema['refs']
}

/**
 * Generates the canonical JSON of a schema in pieces: sorted members, collapsed white space, expanded references, sorted
 * `required` and `enum`. Uses an explicit stack, so that deep nesting does not overflow the call stack.
 */
export function* canonicalText(schema: JsonSchema, named: NamedSchemas): Generator<string> {
  const writer = { named, references: 0 }
  const stack = writeSchemaMembers(resolveRef(schema, named), true).toReversed()
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    if (typeof work === 'string') yield work
    else {
      const parts = write(writer, work)
      for (let index = parts.length - 1; index >= 0; index--) stack.push(parts[index] ?? '')
    }
  }
}

interface Writer {
  named: NamedSchemas
  references: number
}

function write(writer: Writer, node: Node): Work[] {
  const { as, value, refs } = node
  if (Array.isArray(value)) return listMembers(node, value)
  if (!isSchema(value)) return [scalar(value)]
  if (as === 'schema') return expandSchema(writer, { schema: value, refs })
  const inner = as === 'map' ? 'schema' : 'value'
  return writeObjectMembers(value, Object.keys(value), (name) => member(inner, value[name], refs))
}

function expandSchema(writer: Writer, { schema, refs }: ResolvedSchema): Work[] {
  const resolved = resolveRef(schema, writer.named, refs)
  if (resolved.refs !== refs && ++writer.references > MAX_REFERENCES) return ['{"cut":true}']
  return writeSchemaMembers(resolved, resolved.schema['x-kubernetes-embedded-resource'] === true)
}

function writeSchemaMembers(resolved: ResolvedSchema, isObject: boolean): Work[] {
  const schema = isObject ? withoutObjectMembers(resolved.schema) : resolved.schema
  const names = Object.keys(schema).filter(
    (name) => !DROPPED.has(name) && !(isDroppedIfEmpty(name) && isEmpty(schema[name])),
  )
  return writeObjectMembers(schema, names, (name) =>
    name === 'required' || name === 'enum'
      ? sortScalars(schema[name])
      : member(getRole(name), schema[name], resolved.refs),
  )
}

/** Writes scalars at once: nearly all values of a definition are scalars. */
function member(as: Node['as'], value: unknown, refs: ResolvedSchema['refs']): Work {
  return typeof value === 'object' && value !== null ? { as, value, refs } : scalar(value)
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? quote(value) : (JSON.stringify(value) ?? 'null')
}

/** The parts of an object. Adjacent texts are joined. */
function writeObjectMembers(
  object: JsonSchema,
  names: string[],
  toWork: (name: string) => Work,
): Work[] {
  const parts: Work[] = []
  let text = '{'
  let separator = ''
  for (const name of names.toSorted()) {
    if (object[name] === undefined) continue
    text += `${separator}${JSON.stringify(name)}:`
    separator = ','
    const work = toWork(name)
    if (typeof work === 'string') text += work
    else {
      parts.push(text, work)
      text = ''
    }
  }
  parts.push(`${text}}`)
  return parts
}

function listMembers({ as, refs }: Node, values: unknown[]): Work[] {
  const inner = as === 'list' || as === 'schema' ? 'schema' : 'value'
  const parts: Work[] = ['[']
  for (const [index, value] of values.entries()) {
    if (index > 0) parts.push(',')
    parts.push(member(inner, value, refs))
  }
  parts.push(']')
  return parts
}

function getRole(name: string): Node['as'] {
  if (MAPS_OF_SCHEMAS.has(name)) return 'map'
  if (LISTS_OF_SCHEMAS.has(name)) return 'list'
  return SCHEMAS.has(name) ? 'schema' : 'value'
}

/** Sorts values whose order has no meaning and differs between servers. */
function sortScalars(value: unknown): Work {
  if (!Array.isArray(value) || value.some((entry) => typeof entry === 'object' && entry !== null)) {
    return { as: 'value', value, refs: undefined }
  }
  return `[${value.map(scalar).toSorted().join(',')}]`
}

function withoutObjectMembers(schema: JsonSchema): JsonSchema {
  const { properties, required } = schema
  return {
    ...schema,
    ...(isSchema(properties) ? { properties: withoutNames(properties) } : {}),
    ...(Array.isArray(required)
      ? { required: required.filter((name) => !OF_EVERY_OBJECT.has(String(name))) }
      : {}),
  }
}

function withoutNames(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => !OF_EVERY_OBJECT.has(name)),
  )
}

function isDroppedIfEmpty(name: string): boolean {
  return name === 'required' || name === 'properties'
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isSchema(value) && !hasMembers(value)
}

function hasMembers(value: JsonSchema): boolean {
  for (const name in value) if (Object.hasOwn(value, name)) return true
  return false
}

function quote(value: string): string {
  return JSON.stringify((UNEVEN_SPACE.test(value) ? value.replace(/\s+/g, ' ') : value).trim())
}

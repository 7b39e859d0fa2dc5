/**
 * Schema of a field in a golden file: `string Description`, a map of fields, or a list with the schema of its
 * entries.
 */
export type FieldNote = string | FieldNote[] | { [name: string]: FieldNote }

type Schema = { [member: string]: unknown }

/**
 * The OpenAPI v3 schema of an object type: `spec` below its spec, `top` beside it. Names that end with `*`
 * are required.
 */
export function buildGoldenSchema(type: {
  description: string
  spec?: FieldNote | undefined
  top?: { [name: string]: FieldNote } | undefined
}): Schema {
  const { description, spec, top = {} } = type
  const fields = spec === undefined ? top : { ...top, spec }
  return {
    description,
    ...buildObjectSchema({ apiVersion: 'string', kind: 'string', metadata: 'object', ...fields }),
  }
}

function buildSchema(note: FieldNote): Schema {
  if (typeof note === 'string') return buildScalarSchema(note)
  if (Array.isArray(note)) return { type: 'array', items: buildSchema(note[0] ?? 'object') }
  return buildObjectSchema(note)
}

function buildObjectSchema(notes: { [name: string]: FieldNote }): Schema {
  const names = Object.keys(notes)
  const properties = Object.entries(notes).map(([name, note]) => [
    stripStar(name),
    buildSchema(note),
  ])
  const required = names.filter((name) => name.endsWith('*')).map(stripStar)
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Schema, // fromEntries of pairs with string names
    ...(required.length > 0 ? { required } : {}),
  }
}

function buildScalarSchema(note: string): Schema {
  const [type = 'object', ...words] = note.split(' ')
  const description = words.length > 0 ? { description: words.join(' ') } : {}
  if (type !== 'map') return { type, ...description }
  return { type: 'object', additionalProperties: { type: 'string' }, ...description }
}

function stripStar(name: string): string {
  return name.replace(/\*$/, '')
}

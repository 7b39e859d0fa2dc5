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
    ...objectSchema({ apiVersion: 'string', kind: 'string', metadata: 'object', ...fields }),
  }
}

function schemaOf(note: FieldNote): Schema {
  if (typeof note === 'string') return scalarSchema(note)
  if (Array.isArray(note)) return { type: 'array', items: schemaOf(note[0] ?? 'object') }
  return objectSchema(note)
}

function objectSchema(notes: { [name: string]: FieldNote }): Schema {
  const names = Object.keys(notes)
  const properties = Object.entries(notes).map(([name, note]) => [bare(name), schemaOf(note)])
  const required = names.filter((name) => name.endsWith('*')).map(bare)
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Schema, // fromEntries of pairs with string names
    ...(required.length > 0 ? { required } : {}),
  }
}

function scalarSchema(note: string): Schema {
  const [type = 'object', ...words] = note.split(' ')
  const description = words.length > 0 ? { description: words.join(' ') } : {}
  if (type !== 'map') return { type, ...description }
  return { type: 'object', additionalProperties: { type: 'string' }, ...description }
}

function bare(name: string): string {
  return name.replace(/\*$/, '')
}

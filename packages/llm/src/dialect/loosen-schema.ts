/** Keywords that all servers with structured output support. Some servers reject others. */
const COMMON_KEYWORDS = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'description',
  'title',
])

type Schema = Record<string, unknown>

/** Reduces a schema to widely supported keywords. Validation of the answer checks the removed constraints. */
export function loosenSchema(schema: Schema): Schema {
  const entries = Object.entries(schema)
    .filter(([keyword]) => COMMON_KEYWORDS.has(keyword))
    .map(([keyword, value]): [string, unknown] => {
      if (keyword === 'properties' && isSchema(value)) return [keyword, loosenProperties(value)]
      if (keyword === 'items' && isSchema(value)) return [keyword, loosenSchema(value)]
      return [keyword, value]
    })
  return Object.fromEntries(entries)
}

function loosenProperties(properties: Schema): Schema {
  const entries = Object.entries(properties).map(([name, value]): [string, unknown] => {
    return [name, isSchema(value) ? loosenSchema(value) : value]
  })
  return Object.fromEntries(entries)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Keywords that every server with structured output reads. Others are refused by some of them. */
const COMMON = new Set(['type', 'properties', 'required', 'items', 'enum', 'description', 'title'])

type Schema = Record<string, unknown>

/** The schema in the keywords that all servers know; what the others would demand is checked when the answer is read. */
export function loosenSchema(schema: Schema): Schema {
  const entries = Object.entries(schema)
    .filter(([keyword]) => COMMON.has(keyword))
    .map(([keyword, value]): [string, unknown] => {
      if (keyword === 'properties' && isSchema(value)) return [keyword, looseProperties(value)]
      if (keyword === 'items' && isSchema(value)) return [keyword, loosenSchema(value)]
      return [keyword, value]
    })
  return Object.fromEntries(entries)
}

function looseProperties(properties: Schema): Schema {
  const entries = Object.entries(properties).map(([name, value]): [string, unknown] => {
    return [name, isSchema(value) ? loosenSchema(value) : value]
  })
  return Object.fromEntries(entries)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

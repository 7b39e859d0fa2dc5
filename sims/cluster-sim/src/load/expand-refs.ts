const PREFIX = '#/components/schemas/'

/**
 * Replaces bare names in `$ref` by full OpenAPI references. A reference with siblings becomes `allOf`, as in
 * Kubernetes documents.
 */
export function expandRefs(
  schema: Record<string, unknown>,
  names: Map<string, string>,
): Record<string, unknown> {
  const entries = Object.entries(schema).map(([key, value]) => [key, expandValue(value, names)])
  const { $ref, ...rest } = Object.fromEntries(entries)
  if (typeof $ref !== 'string') return { ...rest, ...($ref === undefined ? {} : { $ref }) }
  const name = names.get($ref)
  if (name === undefined) throw new Error(`no schema is named ${$ref}`)
  const reference = { $ref: `${PREFIX}${name}` }
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] }
}

/** Full names of all direct references of a schema. */
export function findRefs(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(findRefs)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(PREFIX.length)] : findRefs(inner),
  )
}

function expandValue(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => expandValue(inner, names))
  if (typeof value !== 'object' || value === null) return value
  return expandRefs(Object.fromEntries(Object.entries(value)), names)
}

const PREFIX = '#/components/schemas/'

/**
 * Replaces bare names in `$ref` by full OpenAPI references. With words of its own beside the reference it
 * becomes `allOf`, as Kubernetes writes it.
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

/** Full names of everything a schema refers to directly. */
export function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(PREFIX.length)] : refsIn(inner),
  )
}

function expandValue(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inner) => expandValue(inner, names))
  if (typeof value !== 'object' || value === null) return value
  return expandRefs(Object.fromEntries(Object.entries(value)), names)
}

import { resolveRef, type NamedSchemas, type ResolvedSchema } from './resolve-ref.ts'
import { isSchema, asTexts } from './json-schema.ts'

/** A member of an object schema, with its reference resolved. */
export interface Field extends ResolvedSchema {
  name: string
  required: boolean
}

/** Members of an object schema, required ones first, then by name. The order is the same for every server. */
export function listFields({ schema, refs }: ResolvedSchema, named: NamedSchemas): Field[] {
  const members = schema['properties']
  if (!isSchema(members)) return []
  const required = new Set(asTexts(schema['required']))
  const fields: Field[] = []
  for (const name of Object.keys(members).toSorted()) {
    const member = members[name]
    if (isSchema(member)) {
      fields.push({ name, required: required.has(name), ...resolveRef(member, named, refs) })
    }
  }
  return fields.toSorted((a, b) => Number(b.required) - Number(a.required))
}

/** The schema of array items or map values; undefined for other schemas. */
export function findContent(
  { schema, refs }: ResolvedSchema,
  named: NamedSchemas,
): ResolvedSchema | undefined {
  const content: unknown = schema['items'] ?? schema['additionalProperties']
  return isSchema(content) ? resolveRef(content, named, refs) : undefined
}

/** A member by name. */
export function findMember(
  resolved: ResolvedSchema,
  name: string,
  named: NamedSchemas,
): ResolvedSchema | undefined {
  const members: unknown = resolved.schema['properties']
  if (!isSchema(members) || !Object.hasOwn(members, name)) return undefined
  const member: unknown = members[name]
  return isSchema(member) ? resolveRef(member, named, resolved.refs) : undefined
}

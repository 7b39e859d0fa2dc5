import { followRef, type NamedSchemas, type Place } from './follow-refs.ts'
import { isSchema, strings } from './json-schema.ts'

/** A member of an object schema with its reference followed. */
export interface Field extends Place {
  name: string
  required: boolean
}

/** Members of an object schema in an order that no server changes: required ones first, then by name. */
export function fieldsOf({ schema, open }: Place, named: NamedSchemas): Field[] {
  const members = schema['properties']
  if (!isSchema(members)) return []
  const required = new Set(strings(schema['required']))
  const fields: Field[] = []
  for (const name of Object.keys(members).toSorted()) {
    const member = members[name]
    if (isSchema(member)) {
      fields.push({ name, required: required.has(name), ...followRef(member, named, open) })
    }
  }
  return fields.toSorted((a, b) => Number(b.required) - Number(a.required))
}

/** What an array holds, or an object keyed by free names; undefined for everything else. */
export function contentOf({ schema, open }: Place, named: NamedSchemas): Place | undefined {
  const content: unknown = schema['items'] ?? schema['additionalProperties']
  return isSchema(content) ? followRef(content, named, open) : undefined
}

/** One member by name. */
export function memberOf(place: Place, name: string, named: NamedSchemas): Place | undefined {
  const members: unknown = place.schema['properties']
  if (!isSchema(members) || !Object.hasOwn(members, name)) return undefined
  const member: unknown = members[name]
  return isSchema(member) ? followRef(member, named, place.open) : undefined
}

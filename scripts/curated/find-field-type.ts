import { formatTypeName } from '../../packages/cluster/src/reduce/format-type-name.ts'
import { findContent, findMember } from '../../packages/cluster/src/reduce/list-fields.ts'
import {
  resolveRef,
  type NamedSchemas,
  type ResolvedSchema,
} from '../../packages/cluster/src/reduce/resolve-ref.ts'
import { isSchema } from '../../packages/cluster/src/reduce/json-schema.ts'
import type { TypeSchema } from '../../packages/cluster/src/reduce/type-schema.ts'

/** The type of a field as outlines name it. Undefined without such a field. A path has no list indexes: `spec.containers.image`. */
export function findFieldType({ root, named }: TypeSchema, path: string): string | undefined {
  let current: ResolvedSchema | undefined = resolveRef(root, named)
  for (const name of path.split('.')) {
    current = current && findChild(toItem(current, named), name, named)
  }
  return current && formatTypeName(current, named)
}

/** The schema of the items of a list, also of nested ones. */
function toItem(schema: ResolvedSchema, named: NamedSchemas): ResolvedSchema {
  let current = schema
  while (isSchema(current.schema['items']) && !isSchema(current.schema['properties'])) {
    const item = findContent(current, named)
    if (!item) break
    current = item
  }
  return current
}

/** A member, or a value of a map by its key or by the name of a member. */
function findChild(
  schema: ResolvedSchema,
  name: string,
  named: NamedSchemas,
): ResolvedSchema | undefined {
  const member = findMember(schema, name, named)
  if (member || !isSchema(schema.schema['additionalProperties'])) return member
  const value = findContent(schema, named)
  return value && (findMember(value, name, named) ?? value)
}

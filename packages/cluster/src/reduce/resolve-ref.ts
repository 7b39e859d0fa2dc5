import { isSchema, type JsonSchema } from './json-schema.ts'

/** `components.schemas` of an OpenAPI document: schemas by reference name. */
export type NamedSchemas = { [name: string]: unknown }

/** A schema, and the references that led to it, innermost first. They reveal cycles. */
export interface ResolvedSchema {
  schema: JsonSchema
  refs: RefChain | undefined
}

interface RefChain {
  name: string
  outer: RefChain | undefined
}

const PREFIX = '#/components/schemas/'
/** Maximum depth of nested references. */
const MAX_DEPTH = 64

/**
 * Resolves the reference of a schema and merges the members beside it, such as a description. A schema without a reference is
 * returned as it is. An `allOf` of a single reference counts as the reference: Kubernetes writes it to add a description. A
 * cyclic reference becomes `{ type: 'object', recursive: name }`, a missing one `{}`.
 */
export function resolveRef(
  schema: JsonSchema,
  named: NamedSchemas,
  from?: RefChain,
): ResolvedSchema {
  let siblings: JsonSchema = {}
  let current = schema
  let refs = from
  for (let name = getRefName(current); name !== undefined; name = getRefName(current)) {
    siblings = { ...withoutRef(current), ...siblings }
    if (includesRef(refs, name)) {
      return { schema: { ...siblings, type: 'object', recursive: shortName(name) }, refs }
    }
    const target = Object.hasOwn(named, name) ? named[name] : undefined
    current = isSchema(target) ? target : {}
    refs = { name, outer: refs }
  }
  return { schema: current === schema ? schema : { ...current, ...siblings }, refs }
}

function getRefName(schema: JsonSchema): string | undefined {
  const direct = schema['$ref']
  if (typeof direct === 'string')
    return direct.startsWith(PREFIX) ? direct.slice(PREFIX.length) : ''
  const all = schema['allOf']
  if (!Array.isArray(all) || all.length !== 1) return undefined
  const [only]: unknown[] = all
  return isSchema(only) && typeof only['$ref'] === 'string' ? getRefName(only) : undefined
}

function withoutRef(schema: JsonSchema): JsonSchema {
  const { $ref: _ref, allOf: _allOf, ...siblings } = schema
  return siblings
}

function includesRef(refs: RefChain | undefined, name: string): boolean {
  let depth = 0
  for (let at = refs; at; at = at.outer) if (at.name === name || ++depth >= MAX_DEPTH) return true
  return false
}

function shortName(name: string): string {
  return name.split('.').at(-1) ?? name
}

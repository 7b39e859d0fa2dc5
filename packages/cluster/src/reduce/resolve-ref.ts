import { isSchema, type JsonSchema } from './json-schema.ts'

/** Schemas by the name that references give them: `components.schemas` of an OpenAPI document. */
export type NamedSchemas = { [name: string]: unknown }

/** A schema and the names that are open above it, innermost first; they tell a cycle. */
export interface ResolvedSchema {
  schema: JsonSchema
  open: RefChain | undefined
}

interface RefChain {
  name: string
  outer: RefChain | undefined
}

const PREFIX = '#/components/schemas/'
/** Deeper nesting of named schemas is no definition for people. */
const MAX_OPEN = 64

/**
 * The schema that a reference means, with what stands beside the reference (its description here); a schema without
 * one is itself. A single `allOf` around a reference vanishes, as Kubernetes only writes it to add a description.
 * A reference back to a schema that is open becomes `{ type: 'object', recursive: name }`, a missing one `{}`.
 */
export function resolveRef(
  schema: JsonSchema,
  named: NamedSchemas,
  from?: RefChain,
): ResolvedSchema {
  let beside: JsonSchema = {}
  let current = schema
  let open = from
  for (let name = referenced(current); name !== undefined; name = referenced(current)) {
    beside = { ...withoutRef(current), ...beside }
    if (isOpen(open, name)) {
      return { schema: { ...beside, type: 'object', recursive: shortName(name) }, open }
    }
    const target = Object.hasOwn(named, name) ? named[name] : undefined
    current = isSchema(target) ? target : {}
    open = { name, outer: open }
  }
  return { schema: current === schema ? schema : { ...current, ...beside }, open }
}

function referenced(schema: JsonSchema): string | undefined {
  const direct = schema['$ref']
  if (typeof direct === 'string')
    return direct.startsWith(PREFIX) ? direct.slice(PREFIX.length) : ''
  const all = schema['allOf']
  if (!Array.isArray(all) || all.length !== 1) return undefined
  const [only]: unknown[] = all
  return isSchema(only) && typeof only['$ref'] === 'string' ? referenced(only) : undefined
}

function withoutRef(schema: JsonSchema): JsonSchema {
  const { $ref: _ref, allOf: _allOf, ...beside } = schema
  return beside
}

function isOpen(open: RefChain | undefined, name: string): boolean {
  let depth = 0
  for (let at = open; at; at = at.outer) if (at.name === name || ++depth >= MAX_OPEN) return true
  return false
}

function shortName(name: string): string {
  return name.split('.').at(-1) ?? name
}

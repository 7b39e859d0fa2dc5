import { asTexts, isSchema, type JsonSchema } from '../reduce/json-schema.ts'
import type { StepBudget } from './step-budget.ts'
import { resolveRef, type NamedSchemas, type ResolvedSchema } from '../reduce/resolve-ref.ts'

/** Combinations of the options of `oneOf` and `anyOf` that are tried. */
const MOST_ALTERNATIVES = 8

/**
 * Returns schemas without `allOf`, `oneOf` and `anyOf`, of which a value has to fulfil one: the members beside them, those of
 * `allOf`, and one option of each of the others.
 */
export function listAlternatives(
  { schema, refs }: ResolvedSchema,
  named: NamedSchemas,
  budget: StepBudget,
): ResolvedSchema[] {
  const { allOf, oneOf, anyOf, ...base } = schema
  budget.steps -= 1
  if (budget.steps < 0) return [{ schema: base, refs }]
  const resolve = (list: unknown): ResolvedSchema[] =>
    (Array.isArray(list) ? list : [])
      .filter(isSchema)
      .map((one: JsonSchema) => resolveRef(one, named, refs))
  let found: ResolvedSchema[] = [{ schema: base, refs }]
  for (const part of resolve(allOf)) {
    found = combine(found, listAlternatives(part, named, budget))
  }
  for (const options of [resolve(oneOf), resolve(anyOf)]) {
    if (options.length === 0) continue
    const alternatives = options.flatMap((option) => listAlternatives(option, named, budget))
    found = combine(found, alternatives)
  }
  return found
}

function combine(left: ResolvedSchema[], right: ResolvedSchema[]): ResolvedSchema[] {
  return left
    .flatMap((a) =>
      right.map((b) => ({ schema: mergeSchemas(a.schema, b.schema), refs: b.refs ?? a.refs })),
    )
    .slice(0, MOST_ALTERNATIVES)
}

/** Returns a schema with the demands of both. Where both have a bound, that of `b` counts. */
function mergeSchemas(a: JsonSchema, b: JsonSchema): JsonSchema {
  const merged: JsonSchema = { ...a, ...b }
  const description = a['description'] ?? b['description']
  if (description !== undefined) merged['description'] = description
  const required = new Set([...asTexts(a['required']), ...asTexts(b['required'])])
  if (required.size > 0) merged['required'] = [...required]
  for (const name of ['items', 'additionalProperties']) {
    const [one, other] = [a[name], b[name]]
    if (isSchema(one) && isSchema(other)) merged[name] = mergeSchemas(one, other)
  }
  const members = mergeMembers(a['properties'], b['properties'])
  if (members) merged['properties'] = members
  const [values, others] = [a['enum'], b['enum']]
  if (Array.isArray(values) && Array.isArray(others)) {
    merged['enum'] = values.filter((value) => others.includes(value))
  }
  return merged
}

function mergeMembers(a: unknown, b: unknown): JsonSchema | undefined {
  if (!isSchema(a) || !isSchema(b)) return isSchema(a) ? a : isSchema(b) ? b : undefined
  // A null prototype, because a member may be named `__proto__`.
  const merged: JsonSchema = Object.assign(Object.create(null), a)
  for (const [name, schema] of Object.entries(b)) {
    const known = Object.hasOwn(a, name) ? a[name] : undefined
    merged[name] = isSchema(known) && isSchema(schema) ? mergeSchemas(known, schema) : schema
  }
  return merged
}

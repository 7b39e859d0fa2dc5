import { asTexts, isSchema, type JsonSchema } from '../reduce/json-schema.ts'
import { resolveRef, type NamedSchemas } from '../reduce/resolve-ref.ts'
import type { StepBudget } from './step-budget.ts'
import { fulfilsBounds, readNumber } from './fulfils-bounds.ts'

/**
 * Returns whether a value fulfils a schema. Formats and expressions (CEL) are not checked. A value counts as invalid when `budget`
 * ends before the check.
 */
export function isValid(
  value: unknown,
  unresolved: JsonSchema,
  { named, budget }: { named: NamedSchemas; budget: StepBudget },
): boolean {
  if (--budget.steps < 0) return false
  const { schema } = resolveRef(unresolved, named)
  const check = (part: unknown, its: unknown): boolean =>
    !isSchema(its) || isValid(part, its, { named, budget })
  if (value === null && schema['nullable'] === true) return true
  return (
    hasType(value, schema) &&
    fulfilsBounds(value, schema) &&
    hasAllowedValue(value, schema) &&
    fulfilsCombinations((option) => check(value, option), schema) &&
    fulfilsParts(value, schema, check)
  )
}

function hasType(value: unknown, schema: JsonSchema): boolean {
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || Number.isInteger(value)
  switch (schema['type']) {
    case 'object':
      return isSchema(value)
    case 'array':
      return Array.isArray(value)
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return true
  }
}

function hasAllowedValue(value: unknown, { enum: values }: JsonSchema): boolean {
  if (!Array.isArray(values)) return true
  const text = JSON.stringify(value)
  return values.some((one) => JSON.stringify(one) === text)
}

function fulfilsCombinations(
  fulfils: (option: unknown) => boolean,
  { allOf, anyOf, oneOf, not }: JsonSchema,
): boolean {
  return (
    (!Array.isArray(allOf) || allOf.every(fulfils)) &&
    (!Array.isArray(anyOf) || anyOf.some(fulfils)) &&
    (!Array.isArray(oneOf) || oneOf.filter(fulfils).length === 1) &&
    (!isSchema(not) || !fulfils(not))
  )
}

type Check = (part: unknown, schema: unknown) => boolean

function fulfilsParts(value: unknown, schema: JsonSchema, check: Check): boolean {
  if (Array.isArray(value)) return value.every((one) => check(one, schema['items']))
  if (!isSchema(value)) return true
  const members = isSchema(schema['properties']) ? schema['properties'] : {}
  const more: unknown = schema['additionalProperties']
  return (
    asTexts(schema['required']).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, part]) =>
      Object.hasOwn(members, name) ? check(part, members[name]) : check(part, more),
    ) &&
    Object.keys(value).length >= readNumber(schema, 'minProperties', 0) &&
    Object.keys(value).length <= readNumber(schema, 'maxProperties', Infinity)
  )
}

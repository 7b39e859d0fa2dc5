import { toText, type JsonSchema } from '../reduce/json-schema.ts'
import { matchesPattern } from './pattern/matches-pattern.ts'
import { parsePattern } from './pattern/parse-pattern.ts'

/** Returns whether the size of a text, number or list is within its bounds, and a text matches its pattern. */
export function fulfilsBounds(value: unknown, schema: JsonSchema): boolean {
  if (typeof value === 'string') return fulfilsTextBounds(value, schema)
  if (typeof value === 'number') return fulfilsNumberBounds(value, schema)
  if (!Array.isArray(value)) return true
  const isUnique = schema['uniqueItems'] === true || schema['x-kubernetes-list-type'] === 'set'
  return (
    value.length >= readNumber(schema, 'minItems', 0) &&
    value.length <= readNumber(schema, 'maxItems', Infinity) &&
    (!isUnique || new Set(value.map((one) => JSON.stringify(one))).size === value.length)
  )
}

function fulfilsTextBounds(value: string, schema: JsonSchema): boolean {
  const { length } = Array.from(value)
  if (length < readNumber(schema, 'minLength', 0)) return false
  if (length > readNumber(schema, 'maxLength', Infinity)) return false
  const source = toText(schema['pattern'])
  const pattern = source === '' ? undefined : parsePattern(source)
  return pattern === undefined || matchesPattern(pattern, value) !== false
}

function fulfilsNumberBounds(value: number, schema: JsonSchema): boolean {
  const min = readNumber(schema, 'minimum', -Infinity)
  const max = readNumber(schema, 'maximum', Infinity)
  const step = readNumber(schema, 'multipleOf', 0)
  const { exclusiveMinimum, exclusiveMaximum } = schema
  return (
    (exclusiveMinimum === true ? value > min : value >= min) &&
    (exclusiveMaximum === true ? value < max : value <= max) &&
    (typeof exclusiveMinimum !== 'number' || value > exclusiveMinimum) &&
    (typeof exclusiveMaximum !== 'number' || value < exclusiveMaximum) &&
    (step <= 0 || Number.isInteger(value / step))
  )
}

/** Reads a bound of a schema. */
export function readNumber(schema: JsonSchema, name: string, otherwise: number): number {
  const value = schema[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { findContent } from './list-fields.ts'
import type { NamedSchemas, ResolvedSchema } from './resolve-ref.ts'
import { isSchema, toText, type JsonSchema } from './json-schema.ts'
import { findWellKnownShape } from './find-well-known-shape.ts'

const MAX_ENUM = 6
/** Maximum nesting of arrays and maps in a name. */
const MAX_DEPTH = 4

/** Formats the type of a field for an outline: `integer`, `[]Container`, `map[string]`, `Always|Never`. */
export function formatTypeName(resolved: ResolvedSchema, named: NamedSchemas, depth = 0): string {
  const { schema } = resolved
  const known = findWellKnownShape(schema)
  if (known !== undefined) return toPlainText(known, 60)
  const values = schema['enum']
  if (Array.isArray(values) && values.length > 0) return formatEnum(values)
  if (isIntOrString(schema)) return 'int|string'
  const type = toText(schema['type'])
  if (type === 'string') return formatString(toText(schema['format']))
  const content = depth < MAX_DEPTH ? findContent(resolved, named) : undefined
  if (content) return formatContainer(type, formatTypeName(content, named, depth + 1))
  return type === 'array' ? '[]any' : formatScalar(type)
}

function formatScalar(type: string): string {
  return toPlainText(type, 20) || 'any'
}

function formatContainer(type: string, content: string): string {
  return type === 'array' ? `[]${content}` : `map[${content}]`
}

/** A quantity or a port: a number or a string. */
function isIntOrString(schema: JsonSchema): boolean {
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string')
    return true
  const { type, anyOf, oneOf } = schema
  const choices: unknown = anyOf ?? oneOf
  return (
    type === undefined &&
    Array.isArray(choices) &&
    choices.length > 1 &&
    choices.every(isScalarType)
  )
}

function isScalarType(choice: unknown): boolean {
  return isSchema(choice) && ['string', 'number', 'integer'].includes(toText(choice['type']))
}

function formatEnum(values: unknown[]): string {
  const shown = values
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => toPlainText(String(value), 40))
    .filter((value) => value !== '')
    .toSorted()
  if (shown.length === 0) return 'any'
  if (shown.length === 1) return `"${shown[0]}"`
  return `${shown.slice(0, MAX_ENUM).join('|')}${shown.length > MAX_ENUM ? '|…' : ''}`
}

/** Includes only formats that change what a user writes. */
function formatString(format: string): string {
  return ['date-time', 'byte', 'duration', 'quantity', 'uri'].includes(format)
    ? `string(${format})`
    : 'string'
}

import type { z } from 'zod'
import { isRecord } from '@capstan/shared/json/is-record'

/** Keywords that a model does not need to fill in an input. Values are validated by the whole schema. */
const LEFT_OUT_OF_INPUTS = new Set([
  '$schema',
  'additionalProperties',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
])
const LEFT_OUT_OF_OUTPUTS = new Set([
  ...LEFT_OUT_OF_INPUTS,
  'description',
  'default',
  'enum',
  'format',
  'minimum',
  'maximum',
  'propertyNames',
  'required',
])

/**
 * Returns `schema` with a shorter JSON schema, because agents load the list of tools into every conversation. Outputs are described
 * by names and types only.
 */
export function compactSchema<T extends z.ZodType>(schema: T) {
  const standard = schema['~standard']
  type Options = Parameters<typeof standard.jsonSchema.input>[0]
  return {
    '~standard': {
      ...standard,
      jsonSchema: {
        input: (options: Options) =>
          compactRecord(standard.jsonSchema.input(options), LEFT_OUT_OF_INPUTS),
        output: (options: Options) =>
          compactRecord(standard.jsonSchema.output(options), LEFT_OUT_OF_OUTPUTS),
      },
    },
  }
}

function compactRecord(
  record: Record<string, unknown>,
  leftOut: ReadonlySet<string>,
): Record<string, unknown> {
  const kept = Object.entries(record).filter(
    ([name, value]) => !leftOut.has(name) && !isNoBound(value),
  )
  return Object.fromEntries(
    kept.map(([name, value]) => {
      // The keys below `properties` are names of fields, not keywords.
      const isFields = name === 'properties' && isRecord(value)
      return [name, isFields ? compactFields(value, leftOut) : compactValue(value, leftOut)]
    }),
  )
}

/** zod writes the range of safe integers as bounds. */
function isNoBound(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER
}

function compactFields(fields: Record<string, unknown>, leftOut: ReadonlySet<string>) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, compactValue(value, leftOut)]),
  )
}

function compactValue(value: unknown, leftOut: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => compactValue(item, leftOut))
  if (!isRecord(value)) return value
  const { anyOf, ...rest } = compactRecord(value, leftOut)
  const types = Array.isArray(anyOf) ? anyOf.map(readPlainType) : [undefined]
  // `type: ["number", "null"]` is shorter than two alternatives.
  if (types.every((type) => type !== undefined)) return { ...rest, type: types }
  return anyOf === undefined ? rest : { ...rest, anyOf }
}

function readPlainType(value: unknown): string | undefined {
  if (!isRecord(value) || Object.keys(value).length > 1) return undefined
  return typeof value['type'] === 'string' ? value['type'] : undefined
}

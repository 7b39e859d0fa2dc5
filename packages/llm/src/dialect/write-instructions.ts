import type { Dialect } from '@capstan/shared/inference/dialect'
import type { Question } from '@capstan/shared/inference/types'

/**
 * The fixed part of a question, with the schema at its end when the request has no place for it. The same for all types: it
 * remains the prefix that providers cache.
 */
export function writeInstructions(
  { system, format }: Pick<Question, 'system' | 'format'>,
  { output }: Pick<Dialect, 'output'>,
): string {
  if (output === 'strict_schema' || output === 'schema') return system
  const schema = JSON.stringify(format.schema)
  return `${system}\nAnswer with one JSON object that follows this JSON schema, and with nothing else:\n${schema}`
}

import type { Dialect } from '@capstan/shared/inference/dialect'
import type { Question } from '@capstan/shared/inference/types'

/**
 * Returns the system part of a question, with the schema at its end if the request has no structured output. Equal for all
 * types, so that providers can cache it.
 */
export function writeInstructions(
  { system, format }: Pick<Question, 'system' | 'format'>,
  { output }: Pick<Dialect, 'output'>,
): string {
  if (output === 'strict_schema' || output === 'schema') return system
  const schema = JSON.stringify(format.schema)
  return `${system}\nAnswer with one JSON object that follows this JSON schema, and with nothing else:\n${schema}`
}

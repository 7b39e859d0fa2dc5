import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { isSchema, toText, type JsonSchema } from '../reduce/json-schema.ts'
import { takeFirstSentence } from '../reduce/take-first-sentence.ts'

const DESCRIPTION_LENGTH = 100
const VALUE_LENGTH = 40
const MOST_VALUES = 8
const MOST_RULES = 3

/** Returns comments about a member: its purpose, its allowed values, and the rules, also of its items, that only the API server can check. */
export function describeMember(schema: JsonSchema): string[] {
  return [
    takeFirstSentence(toText(schema['description']), DESCRIPTION_LENGTH),
    formatValues(schema['enum']),
    ...listRules(schema),
    ...(isSchema(schema['items']) ? listRules(schema['items']) : []),
  ].filter((line) => line !== '')
}

function formatValues(values: unknown): string {
  if (!Array.isArray(values) || values.length < 2) return ''
  const shown = values
    .slice(0, MOST_VALUES)
    .map((value: unknown) => toPlainText(toScalarText(value), VALUE_LENGTH))
  return `One of: ${shown.join(', ')}${values.length > MOST_VALUES ? ', …' : ''}`
}

function toScalarText(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}

/** The messages of `x-kubernetes-validations`, or the rules themselves. */
export function listRules(schema: JsonSchema): string[] {
  const rules: unknown = schema['x-kubernetes-validations']
  if (!Array.isArray(rules)) return []
  return rules
    .filter(isSchema)
    .map(({ message, rule }) => toPlainText(toText(message) || toText(rule), DESCRIPTION_LENGTH))
    .filter((text) => text !== '')
    .slice(0, MOST_RULES)
    .map((text) => `Rule: ${text}`)
}

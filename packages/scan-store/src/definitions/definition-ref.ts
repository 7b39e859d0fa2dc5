import { createHash } from 'node:crypto'
import { Definition } from '@capstan/shared/contract/definition'

const Facts = Definition.omit({ outline: true })

/**
 * The name a definition is stored under and jobs refer to: SHA-256 of all that is kept of it. Two clusters may have
 * the same outline of a type and other columns, verbs or fields that the outline leaves out, so its hash is no name.
 */
export function computeDefinitionRef(definition: Definition): string {
  // Parsed, so that the order of members says nothing.
  return createHash('sha256')
    .update(JSON.stringify(Facts.parse(definition)))
    .digest('hex')
}

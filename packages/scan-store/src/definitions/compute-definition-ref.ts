import { createHash } from 'node:crypto'
import { Definition } from '@capstan/shared/contract/definition'

const HashedFields = Definition.omit({ outline: true })

/**
 * Computes the key of a definition: SHA-256 of all its fields except the outline. The hash of the outline would not be unique:
 * types of two clusters may differ only in columns, verbs or fields that the outline leaves out.
 */
export function computeDefinitionRef(definition: Definition): string {
  // Parsed, so that the order of members does not change the hash.
  return createHash('sha256')
    .update(JSON.stringify(HashedFields.parse(definition)))
    .digest('hex')
}

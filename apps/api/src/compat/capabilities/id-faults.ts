import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { ToolFault } from '../tool-answer.ts'

export const EXAMPLE = { id: '{"kind":"Deployment","apiVersion":"apps/v1"}' }

export function describeMissingId(what: string): ToolFault {
  return {
    message: 'Missing required parameter: id',
    details: `Set \`id\` to the capability ${what}. list and search return ids.`,
    example: EXAMPLE,
  }
}

export function describeUnknownId(id: string): ToolFault {
  return {
    message: `Capability not found for ID: ${quoteId(id)}`,
    details: 'The catalog has no capability with this id.',
  }
}

/** Quotes input of the caller without hidden characters. */
export function quoteId(id: string): string {
  return toPlainText(id, 200)
}

import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { ToolFault } from '../tool-answer.ts'

export const EXAMPLE = { id: '{"kind":"Deployment","apiVersion":"apps/v1"}' }

export function missingId(what: string): ToolFault {
  return {
    message: 'Missing required parameter: id',
    details: `Say in \`id\` which capability ${what}; list and search answer ids.`,
    example: EXAMPLE,
  }
}

export function unknownCapability(id: string): ToolFault {
  return {
    message: `Capability not found for ID: ${shown(id)}`,
    details: 'No scan has found a type of this id, or it has been deleted.',
  }
}

/** What somebody sent, fit to be read. */
export function shown(id: string): string {
  return toPlainText(id, 200)
}

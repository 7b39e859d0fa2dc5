import type { ItemError } from '@capstan/shared/errors'

/** Enough to tell causes apart; what follows is detail. */
const LENGTH = 160

/** What differs between two failures of one cause: addresses, ids, moments and numbers, in this order. */
const VARIABLE: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi,
  /\/[\w.~%-]+(?:\/[\w.~%-]+)+/g,
  /"[^"]{1,80}"|'[^']{1,80}'|`[^`]{1,80}`/g,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  // A word with a digit in it: an id, a hash, a time, an address, an amount.
  /[\p{L}\p{N}_.:-]*\p{N}[\p{L}\p{N}_.:-]*/gu,
]

/**
 * A text that is equal for failures of the same cause: class and kind of the error with the provider's words, without ids,
 * numbers, moments and addresses.
 */
export function computeFaultSignature({
  reason,
  kind,
  message,
}: Pick<ItemError, 'reason' | 'kind' | 'message'>): string {
  let words = message
  for (const pattern of VARIABLE) words = words.replace(pattern, '#')
  const plain = words
    .toLowerCase()
    .replace(/[#\s\p{P}]+/gu, ' ')
    .trim()
  return `${reason}/${kind ?? ''}/${plain.slice(0, LENGTH)}`
}

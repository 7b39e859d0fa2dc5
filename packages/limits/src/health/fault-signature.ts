import type { ItemError } from '@capstan/shared/errors'

/** Characters that suffice to distinguish causes. */
const LENGTH = 160

/** Variable parts of an error text: URLs, paths, quoted names, UUIDs, then words with a digit. */
const VARIABLE: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi,
  /\/[\w.~%-]+(?:\/[\w.~%-]+)+/g,
  /"[^"]{1,80}"|'[^']{1,80}'|`[^`]{1,80}`/g,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  // Ids, hashes, times, addresses and amounts.
  /[\p{L}\p{N}_.:-]*\p{N}[\p{L}\p{N}_.:-]*/gu,
]

/**
 * Computes a text that is equal for faults with the same cause: reason and kind of the error, and its message without
 * ids, numbers, times and addresses.
 */
export function computeFaultSignature({
  reason,
  kind,
  message,
}: Pick<ItemError, 'reason' | 'kind' | 'message'>): string {
  let text = message
  for (const pattern of VARIABLE) text = text.replace(pattern, '#')
  const plain = text
    .toLowerCase()
    .replace(/[#\s\p{P}]+/gu, ' ')
    .trim()
  return `${reason}/${kind ?? ''}/${plain.slice(0, LENGTH)}`
}

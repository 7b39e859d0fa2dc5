import {
  LIVE_EVENTS,
  PROVIDER_EVENTS,
  STORED_EVENTS,
} from '@capstan/shared/contract/scan/scan-event'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { describeUnknown, invalidRequestError } from '../validation/request-fault.ts'

const TYPES = Object.keys({ ...STORED_EVENTS, ...PROVIDER_EVENTS, ...LIVE_EVENTS }).toSorted()

/**
 * Parses the parameter `types`: event types and patterns such as `scan.*`; empty without any. AppError VALIDATION for a
 * pattern without a matching event, because its reader would wait forever.
 */
export function parseEventTypes(text = ''): string[] {
  const parts = text.split(',').map((one) => one.trim())
  const patterns = parts.filter((one) => one !== '')
  const unknown = patterns.filter((one) => !TYPES.some((type) => matchesEventType(one, type)))
  if (unknown.length === 0) return patterns
  throw invalidRequestError(
    'query',
    unknown.map((one) => ({
      pointer: '#/types',
      detail: `\`${toPlainText(one, 100)}\` ${describeUnknown('event type', one, TYPES)}`,
    })),
    `Event types, optionally with \`*\` at the end: ${TYPES.join(', ')}.`,
  )
}

/** Returns whether `type` matches one of the patterns. An empty list matches all types. */
export function matchesEventTypes(patterns: readonly string[], type: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesEventType(pattern, type))
}

/** Returns whether `type` equals `pattern`, or begins with a pattern that ends with `*`. */
function matchesEventType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

import {
  LIVE_EVENTS,
  PROVIDER_EVENTS,
  STORED_EVENTS,
} from '@capstan/shared/contract/scan/scan-event'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { describeUnknown, invalidRequest } from '../validation/request-fault.ts'

const TYPES = Object.keys({ ...STORED_EVENTS, ...PROVIDER_EVENTS, ...LIVE_EVENTS }).toSorted()

/**
 * Event types and patterns such as `scan.*` of the parameter `types`; empty when there is none. AppError VALIDATION for
 * one that no event has: its reader would wait for ever.
 */
export function readEventTypes(text = ''): string[] {
  const wanted = text.split(',').map((one) => one.trim())
  const named = wanted.filter((one) => one !== '')
  const unknown = named.filter((one) => !TYPES.some((type) => matchesEventType(one, type)))
  if (unknown.length === 0) return named
  throw invalidRequest(
    'query',
    unknown.map((one) => ({
      pointer: '#/types',
      detail: `\`${toPlainText(one, 100)}\` ${describeUnknown('event type', one, TYPES)}`,
    })),
    `Event types, also with \`*\` at the end: ${TYPES.join(', ')}.`,
  )
}

/** Whether a reader of these types and patterns gets events of `type`; without any it gets all. */
export function isWanted(wanted: readonly string[], type: string): boolean {
  return wanted.length === 0 || wanted.some((pattern) => matchesEventType(pattern, type))
}

/** Whether an event type is `pattern`, or begins as a pattern with `*` at its end. */
function matchesEventType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

/** Upper bound, because a wait is untrusted and must not exceed the range of Date. */
const LONGEST_MS = 31 * 86_400_000

/** A wait in a member of the body, such as `retryDelay` of Google. */
export interface BodyWait {
  name: string
  value: string | number
}

/**
 * Reads the requested wait of an error response in milliseconds: `retry-after`, else a member of the body, else its text, else
 * the header with the reset time. Undefined without any.
 */
export function readWait(
  headers: Headers | undefined,
  members: readonly BodyWait[],
  text: string,
  nowMs: number,
): number | undefined {
  const waitMs =
    readRetryAfterMs(headers, nowMs) ??
    first(members, (member) => readMemberMs(member, nowMs)) ??
    readTextMs(text, nowMs) ??
    readResetMs(headers?.get('x-ratelimit-reset') ?? headers?.get('ratelimit-reset'), nowMs)
  return waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_MS)
}

function first<T>(items: readonly T[], read: (item: T) => number | undefined): number | undefined {
  for (const item of items) {
    const found = read(item)
    if (found !== undefined) return found
  }
  return undefined
}

function readMemberMs({ name, value }: BodyWait, nowMs: number): number | undefined {
  if (/reset/i.test(name)) return readResetMs(String(value), nowMs)
  const number = Number(value)
  if (Number.isFinite(number)) return Math.max(0, /ms$/i.test(name) ? number : number * 1_000)
  return parseDurationMs(String(value))
}

const UNIT = '(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)'
const WAIT =
  '(?:try(?:ing)? again|retry(?:ing)?|retry[-_]?(?:after|delay)|wait(?:ing)?|resets?|available(?: again)?)'
/** `Please try again in 6m0s`, `retry after 20 seconds`, `"retryDelay": "34s"`. */
const NAMED_WAIT = new RegExp(
  `${WAIT}["':\\s]*(?:(?:in|after|for|at least|about|your request)["':\\s]+)*(\\d+(?:\\.\\d+)?\\s*${UNIT}\\b(?:[\\s,and]*\\d+(?:\\.\\d+)?\\s*${UNIT}\\b)*|\\d+(?:[hms]\\d+(?:\\.\\d+)?)+[hms]|\\d+(?:\\.\\d+)?)`,
  'i',
)
/** `... until 2026-11-24T10:00:00Z`, `reset at 2026-11-24 10:00 UTC`. */
const NAMED_MOMENT =
  /\b(?:until|at|after|on)\s+(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/i

function readTextMs(text: string, nowMs: number): number | undefined {
  const moment = NAMED_MOMENT.exec(text)
  if (moment) {
    const [, when = '', zone = 'Z'] = moment
    const at = Date.parse(`${when.replace(' ', 'T')}${/^[+-]/.test(zone) ? zone : 'Z'}`)
    if (!Number.isNaN(at)) return Math.max(0, at - nowMs)
  }
  const [, named] = NAMED_WAIT.exec(text) ?? []
  return named === undefined ? undefined : parseDurationMs(named)
}

const UNIT_MS: [RegExp, number][] = [
  [/^(ms|milli)/i, 1],
  [/^s/i, 1_000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, 86_400_000],
]

/** Reads `34s`, `6m0s`, `1.5 hours` or `2 minutes and 5 seconds`. A number without a unit is seconds. */
function parseDurationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/gi)]
  if (parts.length === 0) return undefined
  const sum = parts.reduce((total, [, count, unit = '']) => {
    const [, unitMs] = UNIT_MS.find(([name]) => name.test(unit)) ?? [undefined, 1_000]
    return total + Number(count) * unitMs
  }, 0)
  return Math.ceil(sum)
}

/** Reads a Unix time in milliseconds or seconds, or seconds from now. */
function readResetMs(text: string | null | undefined, nowMs: number): number | undefined {
  const value = Number(text || Number.NaN)
  if (!Number.isFinite(value)) return undefined
  if (value > 1e12) return Math.max(0, value - nowMs)
  if (value > 1e9) return Math.max(0, value * 1_000 - nowMs)
  return Math.max(0, value * 1_000)
}

/** Reads `retry-after-ms` or `retry-after` (seconds or HTTP date) in milliseconds. Undefined without either. */
function readRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact)) return Math.max(0, exact)
  const text = headers?.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

import type { RetryAfterStyle } from '../config/fault-config.ts'

// Reported by a real client that was blocked for 17 hours.
const HUGE_SECONDS = 62_291

/** Builds `retry-after` in whole real seconds, or wrong as the style demands; with `isExact` also in ms. */
export function buildRetryAfterHeaders(
  style: RetryAfterStyle,
  realMs: number,
  isExact: boolean,
): Record<string, string> {
  const seconds = Math.max(1, Math.ceil(realMs / 1000))
  switch (style) {
    case 'exact':
      return {
        'retry-after': String(seconds),
        ...(isExact ? { 'retry-after-ms': String(Math.ceil(realMs)) } : {}),
      }
    case 'missing':
      return {}
    case 'zero':
      return { 'retry-after': '0' }
    case 'http-date':
      return { 'retry-after': new Date(Date.now() + (seconds + 1) * 1000).toUTCString() }
    case 'huge':
      return { 'retry-after': String(HUGE_SECONDS) }
    default:
      return { 'retry-after': String(style) }
  }
}

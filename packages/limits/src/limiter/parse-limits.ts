import type { Dimension } from '@capstan/shared/contract/observed-limits'
import type { ConfiguredLimits } from '../types.ts'

/** Names of limits in settings. */
const NAMES: Record<string, Dimension | 'concurrency'> = {
  rpm: 'requests',
  itpm: 'input-tokens',
  otpm: 'output-tokens',
  tpm: 'tokens',
  concurrency: 'concurrency',
}

export interface ParsedLimits {
  perMinute: ConfiguredLimits['perMinute']
  /** Maximum number of calls in flight. */
  concurrency?: number
}

/**
 * Parses limits such as `rpm=50,itpm=30000,otpm=8000,concurrency=20`: requests, input, output and combined (`tpm`) tokens
 * per minute, and calls in flight. Each is optional. Throws Error that names the invalid part.
 */
export function parseLimits(text: string): ParsedLimits {
  const limits: ParsedLimits = { perMinute: {} }
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [name = '', value = ''] = part.split('=').map((one) => one.trim())
    const dimension = Object.hasOwn(NAMES, name.toLowerCase())
      ? NAMES[name.toLowerCase()]
      : undefined
    if (!dimension)
      throw new Error(`\`${name}\` is not a limit; available: ${Object.keys(NAMES).join(', ')}`)
    const number = /^\d{1,12}$/.test(value.replaceAll('_', ''))
      ? Number(value.replaceAll('_', ''))
      : 0
    if (number < 1) throw new Error(`\`${part}\` needs an integer above 0, such as ${name}=1000`)
    if (dimension === 'concurrency') limits.concurrency = number
    else limits.perMinute[dimension] = number
  }
  return limits
}

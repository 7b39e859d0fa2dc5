import type { Dimension } from '@capstan/shared/contract/observed-limits'
import type { ConfiguredLimits } from '../types.ts'

/** Words of a limit and what they stand for. */
const WORDS: Record<string, Dimension | 'concurrency'> = {
  rpm: 'requests',
  itpm: 'input-tokens',
  otpm: 'output-tokens',
  tpm: 'tokens',
  concurrency: 'concurrency',
}

export interface ParsedLimits {
  perMinute: ConfiguredLimits['perMinute']
  /** Most calls in flight. */
  concurrency?: number
}

/**
 * Reads `rpm=50,itpm=30000,otpm=8000,concurrency=20`: requests, input, output and combined tokens a minute, and
 * calls in flight. Each is optional. Throws Error with what is wrong with it.
 */
export function parseLimits(text: string): ParsedLimits {
  const stated: ParsedLimits = { perMinute: {} }
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [word = '', value = ''] = part.split('=').map((one) => one.trim())
    const meaning = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined
    if (!meaning)
      throw new Error(`\`${word}\` is no limit; there are ${Object.keys(WORDS).join(', ')}`)
    const number = /^\d{1,12}$/.test(value.replaceAll('_', ''))
      ? Number(value.replaceAll('_', ''))
      : 0
    if (number < 1)
      throw new Error(`\`${part}\` needs a whole number above 0, such as ${word}=1000`)
    if (meaning === 'concurrency') stated.concurrency = number
    else stated.perMinute[meaning] = number
  }
  return stated
}

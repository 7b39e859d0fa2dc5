import { z } from 'zod'
import { DIMENSIONS } from '@capstan/shared/contract/observed-limits'
import type { Answer } from './types.ts'

const AcquireReply = z.union([
  z.tuple([z.literal('unconfigured')]),
  z.tuple([
    z.literal('wait'),
    z.int(),
    z.enum([...DIMENSIONS, 'concurrency', 'paused', 'breaker']),
  ]),
  z.tuple([
    z.literal('granted'),
    z.int(),
    z.int(),
    z.enum(['', 'half-open']),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
  ]),
])

/** What acquire.lua returned. Throws ZodError for anything else. */
export function asAnswer(reply: unknown): Answer | { outcome: 'unconfigured' } {
  const parsed = AcquireReply.parse(reply)
  if (parsed[0] === 'unconfigured') return { outcome: 'unconfigured' }
  if (parsed[0] === 'wait') return { outcome: 'wait', waitMs: parsed[1], because: parsed[2] }
  const [, epoch, atMs, change, requests, input, output, tokens] = parsed
  return {
    outcome: 'granted',
    epoch,
    atMs,
    reserved: { requests, 'input-tokens': input, 'output-tokens': output, tokens },
    ...(change === '' ? {} : { breaker: { to: change, forMs: 0 } }),
  }
}

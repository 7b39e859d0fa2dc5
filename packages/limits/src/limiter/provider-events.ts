import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderEvent } from '@capstan/shared/contract/scan/scan-event'
import type { RedisKeys } from '@capstan/redis/keys'

/** Enough for readers that were away for a moment; what is true now stands in the limits themselves. */
const KEEP = 1_000

/** A wait as it is told: its end is reckoned from now. */
export type ThrottleNotice = Omit<
  Extract<ProviderEvent, { type: 'provider.throttled' }>,
  'type' | 'until'
> & { forMs: number }

type BreakerEvent = Extract<ProviderEvent, { type: 'provider.breaker' }>

/** Tells every API process what a worker learns of a provider. Breakers are told by the step that changes them. */
export interface ProviderEventPublisher {
  /** Answers false when another process has told of this wait and it is not over. */
  throttled(throttle: ThrottleNotice): Promise<boolean>
}

/** Redis errors pass through; the limits themselves do not depend on what is told of them. */
export function openProviderEvents(redis: Redis, keys: RedisKeys): ProviderEventPublisher {
  const tell = async (event: ProviderEvent): Promise<void> => {
    const text = JSON.stringify(event)
    await redis.xadd(keys.providerEvents, 'MAXLEN', '~', KEEP, '*', 'event', text)
  }
  return {
    throttled: async ({ forMs, ...throttle }) => {
      const { account, model, scope } = throttle
      const wait = keys.providerWait(account, model, scope)
      const first = await redis.set(wait, '1', 'PX', Math.max(1, Math.ceil(forMs)), 'NX')
      if (first === null) return false
      await tell({ type: 'provider.throttled', ...throttle, until: momentIn(forMs) })
      return true
    },
  }
}

function momentIn(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}

/** One entry of the stream; undefined for what another version or another program wrote. */
export function parseProviderEvent(fields: string[]): ProviderEvent | undefined {
  try {
    const event = fields[0] === 'breaker' ? breakerEvent(fields) : JSON.parse(fields[1] ?? '')
    return ProviderEvent.safeParse(event).data
  } catch {
    return undefined
  }
}

const REASONS: Record<BreakerEvent['state'], string> = {
  open: 'its calls failed',
  'half-open': 'a few calls try whether it is well again',
  closed: 'its calls are answered again',
}

/** As tell_change of lua/breaker.lua writes it: Lua has no calendar. Throws ZodError or SyntaxError for anything else. */
function breakerEvent(fields: string[]): unknown {
  const [, limitKey, , state, , atMs, , forMs, , words] = BreakerFields.parse(fields)
  const isOpen = state === 'open'
  const until = isOpen ? new Date(atMs + forMs).toISOString() : null
  const reason = isOpen && words ? `${REASONS.open}: ${words}` : REASONS[state]
  return { type: 'provider.breaker', ...JSON.parse(limitKey), state, reason, until }
}

const BreakerFields = z.tuple([
  z.literal('breaker'),
  z.string(),
  z.literal('state'),
  z.enum(['open', 'half-open', 'closed']),
  z.literal('at'),
  z.coerce.number().int(),
  z.literal('forMs'),
  z.coerce.number().int(),
  z.literal('reason'),
  z.string(),
])

import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ProviderEvent } from '@capstan/shared/contract/scan/scan-event'
import type { RedisKeys } from '@capstan/redis/keys'

/** Enough for readers that were disconnected for a short time. The limits hold the current state. */
const MAX_EVENTS = 1_000

/** A wait to publish; `forMs` from now. */
export type ThrottleNotice = Omit<
  Extract<ProviderEvent, { type: 'provider.throttled' }>,
  'type' | 'until'
> & { forMs: number }

type BreakerEvent = Extract<ProviderEvent, { type: 'provider.breaker' }>

/** Publishes waits to all API processes. Breaker changes are published by the Lua step that makes them. */
export interface ProviderEventPublisher {
  /** Returns false if another process has published this wait and it is not over. */
  throttled(throttle: ThrottleNotice): Promise<boolean>
}

/** Opens the publisher. Redis errors pass through; the limits do not depend on events. */
export function openProviderEvents(redis: Redis, keys: RedisKeys): ProviderEventPublisher {
  const publish = async (event: ProviderEvent): Promise<void> => {
    const text = JSON.stringify(event)
    await redis.xadd(keys.providerEvents, 'MAXLEN', '~', MAX_EVENTS, '*', 'event', text)
  }
  return {
    throttled: async ({ forMs, ...throttle }) => {
      const { account, model, scope } = throttle
      const wait = keys.providerWait(account, model, scope)
      const first = await redis.set(wait, '1', 'PX', Math.max(1, Math.ceil(forMs)), 'NX')
      if (first === null) return false
      await publish({ type: 'provider.throttled', ...throttle, until: computeMoment(forMs) })
      return true
    },
  }
}

function computeMoment(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}

/** Parses one entry of the stream; undefined for an entry of another version or program. */
export function parseProviderEvent(fields: string[]): ProviderEvent | undefined {
  try {
    const event = fields[0] === 'breaker' ? parseBreakerEvent(fields) : JSON.parse(fields[1] ?? '')
    return ProviderEvent.safeParse(event).data
  } catch {
    return undefined
  }
}

const REASONS: Record<BreakerEvent['state'], string> = {
  open: 'calls failed',
  'half-open': 'probe calls check whether it has recovered',
  closed: 'calls are answered again',
}

/** Parses an entry of breaker.publish in lua/breaker.lua; Lua cannot format times. Throws ZodError or SyntaxError if it is malformed. */
function parseBreakerEvent(fields: string[]): unknown {
  const [, limitKey, , state, , atMs, , forMs, , text] = BreakerFields.parse(fields)
  const isOpen = state === 'open'
  const until = isOpen ? new Date(atMs + forMs).toISOString() : null
  const reason = isOpen && text ? `${REASONS.open}: ${text}` : REASONS[state]
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

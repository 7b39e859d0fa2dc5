import type { Redis } from 'ioredis'
import { ProviderEvent } from '../contract/scan-event.ts'
import type { RedisKeys } from '../redis/keys.ts'

/** Enough for readers that were away for a moment; what is true now stands in the limits themselves. */
const KEEP = 1_000

/** A wait as it is told: its end is reckoned from now. */
export type Throttle = Omit<
  Extract<ProviderEvent, { type: 'provider.throttled' }>,
  'type' | 'until'
> & { forMs: number }
export type BreakerNews = Omit<
  Extract<ProviderEvent, { type: 'provider.breaker' }>,
  'type' | 'until'
> & { forMs: number }

/** Tells every API process what became of a provider. */
export interface ProviderNews {
  /** Answers false when another process has told of this wait and it is not over. */
  throttled(throttle: Throttle): Promise<boolean>
  breaker(change: BreakerNews): Promise<void>
}

/** Redis errors pass through; the limits themselves do not depend on what is told of them. */
export function openProviderNews(redis: Redis, keys: RedisKeys): ProviderNews {
  const tell = async (event: ProviderEvent): Promise<void> => {
    const text = JSON.stringify(event)
    await redis.xadd(keys.providerNews, 'MAXLEN', '~', KEEP, '*', 'event', text)
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
    breaker: ({ forMs, ...change }) =>
      tell({
        type: 'provider.breaker',
        ...change,
        until: change.state === 'open' ? momentIn(forMs) : null,
      }),
  }
}

function momentIn(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}

/** One entry of the stream; undefined for what another version or another program wrote. */
export function parseProviderNews(fields: string[]): ProviderEvent | undefined {
  try {
    return ProviderEvent.safeParse(JSON.parse(fields[1] ?? '')).data
  } catch {
    return undefined
  }
}

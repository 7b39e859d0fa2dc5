import type { Provider } from '@capstan/shared/contract/provider'
import { findBlock } from '@capstan/limits/limiter/find-block'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { AdmissionWait } from '@capstan/limits/types'
import type { Price } from '@capstan/shared/prices/price'
import { LONGEST_WAIT_MS } from '../time-limits.ts'
import type { Standing } from './rank-accounts.ts'

/** A model that answers in place of another. */
export interface StandIn {
  provider: Provider
  model: string
  price: Price | null
}

export interface Fallback {
  /** Best first. */
  to: StandIn[]
  /** The breakers of all accounts must have been open that long. */
  afterMs: number
}

type Named = Pick<StandIn, 'provider' | 'model'>
type Rank = (asked: Named) => Promise<Standing[]>

/**
 * The fallback model that answers for a route none of whose accounts may be called for long: its circuit breakers have been
 * open, or its provider asked for a longer pause than a slot waits. A refused key or a used-up quota needs a person and
 * pauses the scan, and a limit is waited for.
 */
export async function standIn(
  fallback: Fallback | undefined,
  asked: Named,
  rank: Rank,
): Promise<StandIn | undefined> {
  if (!fallback) return undefined
  const own = await rank(asked)
  const isDown = ({ snapshot: { breaker, paused } }: Standing): boolean =>
    (breaker.state !== 'closed' && breaker.unhealthyMs >= fallback.afterMs) ||
    (paused?.forMs ?? 0) > LONGEST_WAIT_MS
  if (own.length === 0 || !own.every(isDown)) return undefined
  for (const other of fallbacksFor(fallback, asked)) {
    const [best] = await rank(other)
    if (best && !isDown(best) && !findBlock(best.snapshot)) return other
  }
  return undefined
}

/** Fallback models other than the asked one, best first. */
export function fallbacksFor(fallback: Fallback | undefined, asked: Named): StandIn[] {
  return (fallback?.to ?? []).filter(
    ({ provider, model }) => provider !== asked.provider || model !== asked.model,
  )
}

/** The patience of a call that can be stood in for: it gives up with MaxWaitError when the breaker keeps it for `afterMs`. */
export function untilDown(afterMs: number, signal: AbortSignal) {
  const waiting = new AbortController()
  const passOn = (): void => waiting.abort(signal.reason)
  signal.addEventListener('abort', passOn, { once: true })
  let brokenAt: number | undefined
  return {
    signal: waiting.signal,
    onWait: ({ because, waitMs }: AdmissionWait): void => {
      if (because !== 'breaker') {
        brokenAt = undefined
        return
      }
      brokenAt ??= performance.now()
      if (performance.now() - brokenAt >= afterMs) waiting.abort(new MaxWaitError(waitMs, because))
    },
    end: (): void => signal.removeEventListener('abort', passOn),
  }
}

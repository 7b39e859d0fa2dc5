import type { Provider } from '@capstan/shared/contract/scan'
import { blockOf } from '@capstan/shared/limits/block-of'
import { MustWait } from '@capstan/shared/limits/must-wait'
import type { WaitHint } from '@capstan/shared/limits/types'
import type { Price } from '@capstan/shared/prices/price'
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
 * Who answers in place of a provider whose accounts all have been failing for long. Only the breaker counts: a
 * refused key or a used-up quota is for a person to mend and pauses the scan, and a limit is waited for.
 */
export async function standIn(
  fallback: Fallback | undefined,
  asked: Named,
  rank: Rank,
): Promise<StandIn | undefined> {
  if (!fallback) return undefined
  const own = await rank(asked)
  const isDown = ({ snapshot }: Standing): boolean =>
    snapshot.breaker.state !== 'closed' && snapshot.breaker.brokenMs >= fallback.afterMs
  if (own.length === 0 || !own.every(isDown)) return undefined
  for (const other of fallback.to) {
    if (other.provider === asked.provider && other.model === asked.model) continue
    const [best] = await rank(other)
    if (best && !isDown(best) && !blockOf(best.snapshot)) return other
  }
  return undefined
}

/** The patience of a call that can be stood in for: it gives up with MustWait when the breaker keeps it for `afterMs`. */
export function untilDown(afterMs: number, signal: AbortSignal) {
  const waiting = new AbortController()
  const passOn = (): void => waiting.abort(signal.reason)
  signal.addEventListener('abort', passOn, { once: true })
  let brokenAt: number | undefined
  return {
    signal: waiting.signal,
    onWait: ({ because, waitMs }: WaitHint): void => {
      if (because !== 'breaker') {
        brokenAt = undefined
        return
      }
      brokenAt ??= performance.now()
      if (performance.now() - brokenAt >= afterMs) waiting.abort(new MustWait(waitMs, because))
    },
    end: (): void => signal.removeEventListener('abort', passOn),
  }
}

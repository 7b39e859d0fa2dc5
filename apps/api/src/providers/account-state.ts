import type { CallBlock } from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import type { EndpointHealthView } from '@capstan/limits/health/endpoint-health'
import { findBlock } from '@capstan/limits/limiter/find-block'
import { rankByHeadroom } from '@capstan/limits/limiter/rank-by-headroom'
import type { LimitsSnapshot } from '@capstan/limits/types'

/** Limits and health of the model of a scan at one account. */
export interface AccountState {
  account: string
  snapshot: LimitsSnapshot
  health: EndpointHealthView
}

/** Returns a block only when every account is blocked: that of the account that is free first. */
export function findCommonBlock(states: AccountState[]): CallBlock | null {
  const [best] = rankByHeadroom(states)
  if (!best) return null
  const { account, snapshot, health } = best
  const block = findBlock(snapshot)
  if (block) return { account, ...block }
  const because = describeProbing(snapshot, health)
  return because === undefined ? null : { kind: 'breaker', account, because, forMs: null }
}

/** Describes why only single calls are made to probe the account. */
function describeProbing(
  { breaker }: LimitsSnapshot,
  { verdict, fault }: EndpointHealthView,
): string | undefined {
  // An open breaker without time left waits for the next call, which is a probe.
  if (breaker.state !== 'closed') {
    return [`circuit breaker ${breaker.state}`, breaker.reason].filter(Boolean).join(': ')
  }
  if (verdict === null) return undefined
  return ['probing with one call at a time', fault?.title].filter(Boolean).join(': ')
}

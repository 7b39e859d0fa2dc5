import type { Provider } from '@capstan/shared/contract/provider'
import type {
  ProviderEventPublisher,
  ThrottleNotice,
} from '@capstan/limits/limiter/provider-events'
import type { BreakerChange, LimitKey, WaitReason } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { WorkerMetrics } from '../worker-metrics.ts'

export interface NewsDeps {
  news: ProviderEventPublisher
  providerFor: (account: string) => Provider
  metrics: Pick<WorkerMetrics, 'breakerChanges' | 'throttleSeconds'>
  log: Log
}

/** A shorter wait is part of every call that comes just after another one. */
const WORTH_TELLING_MS = 1_000

const SCOPES: Partial<Record<WaitReason, ThrottleNotice['scope']>> = {
  requests: 'rpm',
  tokens: 'tpm',
  'input-tokens': 'tpm',
  'output-tokens': 'tpm',
  concurrency: 'concurrency',
  paused: 'retry-after',
}

/** What the admission of this process learns, as events, metrics and one log line a change. */
export function tellNews({ news, providerFor, metrics, log }: NewsDeps) {
  const unheard = (error: unknown): void =>
    log.warn({ err: error }, 'a change of a provider could not be told; it counts all the same')
  const named = ({ account, model }: LimitKey) => ({
    provider: providerFor(account),
    account,
    model,
  })
  const throttled = async (throttle: ThrottleNotice): Promise<void> => {
    const { account, provider, scope, forMs } = throttle
    if (!(await news.throttled(throttle))) return
    metrics.throttleSeconds.inc({ provider, account, scope }, forMs / 1_000)
    if (scope === 'retry-after') log.warn(throttle, 'a provider asked for a pause')
  }
  return {
    // One line a change, from the process whose call brought it about. The event came with the change itself.
    onBreaker: (limitKey: LimitKey, { to, forMs }: BreakerChange): void => {
      const { account, model } = limitKey
      log.warn({ account, model, to, forMs }, 'the circuit breaker of a provider has changed')
      metrics.breakerChanges.inc({ account, to })
    },
    /** A wait at an open breaker is told by who opened it. */
    onWait: (
      limitKey: LimitKey,
      { because, waitMs }: { because: WaitReason; waitMs: number },
    ): void => {
      const scope = SCOPES[because]
      if (!scope || waitMs < WORTH_TELLING_MS) return
      void throttled({ ...named(limitKey), scope, forMs: waitMs }).catch(unheard)
    },
  }
}

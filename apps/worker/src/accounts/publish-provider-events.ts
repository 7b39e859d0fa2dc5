import type { Provider } from '@capstan/shared/contract/provider'
import type {
  ProviderEventPublisher,
  ThrottleNotice,
} from '@capstan/limits/limiter/provider-events'
import type { BreakerChange, LimitKey, WaitReason } from '@capstan/limits/types'
import type { Log } from '@capstan/shared/log'
import type { WorkerMetrics } from '../metrics/worker-metrics.ts'

export interface ProviderEventsDeps {
  events: ProviderEventPublisher
  providerFor: (account: string) => Provider
  metrics: Pick<WorkerMetrics, 'breakerChanges' | 'throttleSeconds'>
  log: Log
}

/** Shorter waits are normal between two calls and are not published. */
const MIN_WAIT_MS = 1_000

const SCOPES: Partial<Record<WaitReason, ThrottleNotice['scope']>> = {
  requests: 'rpm',
  tokens: 'tpm',
  'input-tokens': 'tpm',
  'output-tokens': 'tpm',
  concurrency: 'concurrency',
  paused: 'retry-after',
}

/** Publishes breaker changes and throttling of this process as events, metrics and log lines. */
export function publishProviderEvents({ events, providerFor, metrics, log }: ProviderEventsDeps) {
  const logFailure = (error: unknown): void =>
    log.warn({ err: error }, 'could not publish a provider event')
  const named = ({ account, model }: LimitKey) => ({
    provider: providerFor(account),
    account,
    model,
  })
  const throttled = async (throttle: ThrottleNotice): Promise<void> => {
    const { account, provider, scope, forMs } = throttle
    if (!(await events.throttled(throttle))) return
    metrics.throttleSeconds.inc({ provider, account, scope }, forMs / 1_000)
    if (scope === 'retry-after') log.warn(throttle, 'a provider asked for a pause')
  }
  return {
    // Logged once per change, by the process whose call caused it. The script that changed the breaker has published the event.
    onBreaker: (limitKey: LimitKey, { to, forMs }: BreakerChange): void => {
      const { account, model } = limitKey
      log.warn({ account, model, to, forMs }, 'the circuit breaker of a provider has changed')
      metrics.breakerChanges.inc({ account, to })
    },
    /** Waits at an open breaker are not published: the breaker change was. */
    onWait: (
      limitKey: LimitKey,
      { because, waitMs }: { because: WaitReason; waitMs: number },
    ): void => {
      const scope = SCOPES[because]
      if (!scope || waitMs < MIN_WAIT_MS) return
      void throttled({ ...named(limitKey), scope, forMs: waitMs }).catch(logFailure)
    },
  }
}

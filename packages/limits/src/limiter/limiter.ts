import type { RedisKeys } from '@capstan/redis/keys'
import { DIMENSIONS, type ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type { Provider } from '@capstan/shared/contract/provider'
import { scrub } from '@capstan/shared/text/scrub'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { AcquireRequest, CallOutcome, ConfiguredLimits, Limiter, LimitKey } from '../types.ts'
import { DEFAULT_BURST_MS } from './default-burst.ts'
import { loadLimitScripts, REDIS_CLOCK, type LimitScripts } from './limit-scripts.ts'
import { limitScriptKeys } from './limit-script-keys.ts'
import type { ProviderLimitKey } from './list-blocked-limit-keys.ts'
import { parseAcquireReply, parseResumeReply, parseSnapshotReply } from './parse-replies.ts'

export interface LimiterOptions {
  redis: Redis
  keys: RedisKeys
  /** The configured limits of a limit key. Called again when Redis has lost them. */
  limitsFor: (limitKey: LimitKey) => ConfiguredLimits
  /** Provider of an account. Without it no breaker event is published and no block is indexed. */
  providerFor?: (account: string) => Provider
  scripts?: LimitScripts
  /** In [0, 1): the jitter of pauses and open periods. */
  random?: () => number
}

/** A longer Retry-After is a provider fault or an exhausted quota. An operator ends such a pause with `resume`. */
const MAX_PAUSE_MS = 86_400_000
/** Characters kept of the reason of a pause or an open breaker: one line on a screen. */
const REASON_LENGTH = 200
/** Pause after a 429 without Retry-After that is not a chance event, and after each ramp limit without one. */
const DEFAULT_PAUSE_MS = 5_000

const SettleReply = z.tuple([
  z.enum(['settled', 'unknown']),
  z.enum(['', 'open', 'closed']),
  z.int(),
])

/** Opens the limiter over a Redis connection, which the caller closes. Redis errors pass through. */
export function openLimiter(options: LimiterOptions): Limiter {
  const { redis, keys, limitsFor, providerFor, random = Math.random } = options
  const scripts = options.scripts ?? loadLimitScripts(REDIS_CLOCK)
  const indexName = ({ account, model }: LimitKey, provider = providerFor?.(account)): string =>
    provider ? JSON.stringify({ provider, account, model } satisfies ProviderLimitKey) : ''
  const run = (name: keyof LimitScripts, limitKey: LimitKey, args: (string | number)[] = []) =>
    scripts[name].run(redis, limitScriptKeys(keys, limitKey), args)
  const configure = async (limitKey: LimitKey, limits: ConfiguredLimits): Promise<void> => {
    await run('configure', limitKey, configureArguments(limits))
  }
  return {
    configure,
    acquire: async (limitKey, request) => {
      const args = [...acquireArguments(request), indexName(limitKey)]
      const acquire = async () => parseAcquireReply(await run('acquire', limitKey, args))
      const first = await acquire()
      if (first.outcome !== 'unconfigured') return first
      await configure(limitKey, limitsFor(limitKey))
      const second = await acquire()
      if (second.outcome !== 'unconfigured') return second
      throw new Error(`Redis lost the limits of ${limitKey.account} between two commands`)
    },
    leaveQueue: async (limitKey, lease) => {
      await redis.hdel(keys.limits(limitKey.account, limitKey.model, 'line'), lease)
    },
    settle: async (limitKey, lease, outcome) => {
      const args = settleArguments(lease, outcome, { name: indexName(limitKey), random })
      const [settled, to, forMs] = SettleReply.parse(await run('settle', limitKey, args))
      return { outcome: settled, ...(to === '' ? {} : { breaker: { to, forMs } }) }
    },
    observe: async (limitKey, observed) => {
      await run('observe', limitKey, observedArguments(observed))
    },
    pause: async (limitKey, forMs, reason) => {
      const text = scrubReason(reason, 'no reason given')
      await run('pause', limitKey, [boundPause(forMs), text, indexName(limitKey)])
    },
    resume: async (limitKey, provider) => {
      const reply = await run('resume', limitKey, [indexName(limitKey, provider)])
      // The next pause is published as a new event.
      await redis.del(keys.providerWait(limitKey.account, limitKey.model, 'retry-after'))
      return parseResumeReply(reply)
    },
    expireLeases: async (limitKey) => z.int().parse(await run('sweep', limitKey)),
    snapshot: async (limitKey) => parseSnapshotReply(await run('snapshot', limitKey)),
  }
}

function configureArguments(limits: ConfiguredLimits): (string | number)[] {
  const { perMinute, burstMs, cachedTokensCount, concurrency } = limits
  const perDimension = DIMENSIONS.flatMap((dimension): (string | number)[] => [
    perMinute[dimension] === undefined ? '' : Math.max(1, Math.floor(perMinute[dimension])),
    Math.max(1, Math.floor(burstMs?.[dimension] ?? DEFAULT_BURST_MS[dimension])),
  ])
  const { max } = concurrency
  const start = Math.max(1, Math.min(concurrency.start, max))
  return [...perDimension, cachedTokensCount ? 1 : 0, start, Math.max(1, max)]
}

function acquireArguments(request: AcquireRequest): (string | number)[] {
  const { lease, ttlMs, characters, maxOutputTokens, types = 1, maxWaitMs, pollMs } = request
  const finiteMs = Math.min(maxWaitMs, Number.MAX_SAFE_INTEGER)
  return [
    lease,
    Math.ceil(ttlMs),
    characters,
    maxOutputTokens,
    Math.floor(finiteMs),
    Math.ceil(pollMs),
    types,
  ]
}

/** Makes an error text of a provider safe to store. */
function scrubReason(text: string, fallback: string): string {
  return scrub(text, [], REASON_LENGTH) || fallback
}

function settleArguments(
  lease: string,
  outcome: CallOutcome,
  { name, random }: { name: string; random: () => number },
): (string | number)[] {
  const isEstimated = Number((outcome.usage?.estimatedTokens ?? 0) > 0)
  const defaultPauseMs = computeDefaultPause(outcome, random)
  return [lease, ...outcomeArguments(outcome, random), name, isEstimated, defaultPauseMs]
}

function outcomeArguments(outcome: CallOutcome, random: () => number): (string | number)[] {
  const { kind, usage, observed, cause } = outcome
  const used = usage ? [usage.inputTokens, usage.cachedTokens, usage.outputTokens] : ['', '', '']
  const spread = 800 + Math.floor(random() * 400)
  const pauseMs = boundPause(computeStatedPause(outcome) * (1 + random() / 10))
  const reason = cause === undefined ? kind : scrubReason(cause, kind)
  return [kind, ...used, spread, pauseMs, reason, ...observedArguments(observed ?? {})]
}

function computeStatedPause({ kind, retryAfterMs }: CallOutcome): number {
  if (retryAfterMs !== undefined) return retryAfterMs
  return kind === 'ramp-limited' ? DEFAULT_PAUSE_MS : 0
}

function computeDefaultPause({ kind, retryAfterMs }: CallOutcome, random: () => number): number {
  const isUnstated = kind === 'rate-limited' && retryAfterMs === undefined
  return isUnstated ? boundPause(DEFAULT_PAUSE_MS * (1 + random() / 10)) : 0
}

function boundPause(ms: number): number {
  return Math.ceil(Math.min(MAX_PAUSE_MS, Math.max(0, ms)))
}

function observedArguments(observed: ObservedLimits): (string | number)[] {
  return DIMENSIONS.flatMap((dimension): (string | number)[] => {
    const seen = observed[dimension]
    // A limit of 0 is a provider fault; applied, it would block the limit key for good.
    if (!seen || !(seen.limit >= 1) || !(seen.remaining >= 0)) return ['', '', '']
    return [Math.floor(seen.limit), Math.floor(seen.remaining), Math.max(1, seen.roundedTo)]
  })
}

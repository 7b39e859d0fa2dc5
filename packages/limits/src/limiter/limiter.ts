import type { RedisKeys } from '@capstan/redis/keys'
import {
  DIMENSIONS,
  type Dimension,
  type ObservedLimits,
} from '@capstan/shared/contract/observed-limits'
import type { Provider } from '@capstan/shared/contract/provider'
import { scrub } from '@capstan/shared/text/scrub'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { AcquireRequest, CallOutcome, ConfiguredLimits, Limiter, LimitKey } from '../types.ts'
import { DEFAULT_BURST_MS } from './default-burst.ts'
import {
  limitScriptKeys,
  loadLimitScripts,
  REDIS_CLOCK,
  type LimitScripts,
} from './limit-scripts.ts'
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

/** Arguments of a script by name; the head of its Lua file describes them. */
type ScriptArguments = Record<string, unknown>

/** Opens the limiter over a Redis connection, which the caller closes. Redis errors pass through. */
export function openLimiter(options: LimiterOptions): Limiter {
  const { redis, keys, limitsFor, providerFor, random = Math.random } = options
  const scripts = options.scripts ?? loadLimitScripts(REDIS_CLOCK)
  const indexName = ({ account, model }: LimitKey, provider = providerFor?.(account)): string =>
    provider ? JSON.stringify({ provider, account, model } satisfies ProviderLimitKey) : ''
  const run = (name: keyof LimitScripts, limitKey: LimitKey, args: ScriptArguments = {}) =>
    scripts[name].run(redis, limitScriptKeys(keys, limitKey), [JSON.stringify(args)])
  const configure = async (limitKey: LimitKey, limits: ConfiguredLimits): Promise<void> => {
    await run('configure', limitKey, configureArguments(limits))
  }
  return {
    configure,
    acquire: async (limitKey, request) => {
      const args = { ...acquireArguments(request), indexName: indexName(limitKey) }
      const acquire = async () => parseAcquireReply(await run('acquire', limitKey, args))
      const first = await acquire()
      if (first.outcome !== 'unconfigured') return first
      await configure(limitKey, limitsFor(limitKey))
      const second = await acquire()
      if (second.outcome !== 'unconfigured') return second
      throw new Error(`Redis lost the limits of ${limitKey.account} between two commands`)
    },
    leaveQueue: async (limitKey, lease) => {
      await redis.hdel(keys.limits(limitKey.account, limitKey.model, 'queue'), lease)
    },
    settle: async (limitKey, lease, outcome) => {
      const args = { lease, ...settleArguments(outcome, random), indexName: indexName(limitKey) }
      const [settled, to, forMs] = SettleReply.parse(await run('settle', limitKey, args))
      return { outcome: settled, ...(to === '' ? {} : { breaker: { to, forMs } }) }
    },
    observe: async (limitKey, observed) => {
      await run('observe', limitKey, { observed: checkLimits(observed) })
    },
    pause: async (limitKey, forMs, reason) => {
      const text = scrubReason(reason, 'no reason given')
      const args = { forMs: boundPause(forMs), reason: text, indexName: indexName(limitKey) }
      await run('pause', limitKey, args)
    },
    resume: async (limitKey, provider) => {
      const reply = await run('resume', limitKey, { indexName: indexName(limitKey, provider) })
      // The next pause is published as a new event.
      await redis.del(keys.providerWait(limitKey.account, limitKey.model, 'retry-after'))
      return parseResumeReply(reply)
    },
    expireLeases: async (limitKey) => z.int().parse(await run('expireLeases', limitKey)),
    snapshot: async (limitKey) => parseSnapshotReply(await run('snapshot', limitKey)),
  }
}

function configureArguments(limits: ConfiguredLimits): ScriptArguments {
  const { perMinute, burstMs, cachedTokensCount, concurrency } = limits
  const atLeastOne = (number: number): number => Math.max(1, Math.floor(number))
  return {
    perMinute: mapDimensions((dimension) => {
      const limit = perMinute[dimension]
      return limit === undefined ? undefined : atLeastOne(limit)
    }),
    burstMs: mapDimensions((dimension) =>
      atLeastOne(burstMs?.[dimension] ?? DEFAULT_BURST_MS[dimension]),
    ),
    cachedTokensCount: cachedTokensCount ? 1 : 0,
    startConcurrency: Math.max(1, Math.min(concurrency.start, concurrency.max)),
    maxConcurrency: Math.max(1, concurrency.max),
  }
}

function acquireArguments(request: AcquireRequest): ScriptArguments {
  const { lease, ttlMs, characters, maxOutputTokens, types = 1, maxWaitMs, pollMs } = request
  return {
    lease,
    ttlMs: Math.ceil(ttlMs),
    characters,
    maxOutputTokens,
    types,
    // JSON has no infinity.
    maxWaitMs: Math.floor(Math.min(maxWaitMs, Number.MAX_SAFE_INTEGER)),
    pollMs: Math.ceil(pollMs),
  }
}

function settleArguments(outcome: CallOutcome, random: () => number): ScriptArguments {
  const { kind, usage, observed, cause } = outcome
  return {
    kind,
    usage: usage && {
      inputTokens: usage.inputTokens,
      cachedTokens: usage.cachedTokens,
      outputTokens: usage.outputTokens,
    },
    isEstimated: (usage?.estimatedTokens ?? 0) > 0,
    observed: checkLimits(observed ?? {}),
    jitter: 800 + Math.floor(random() * 400),
    pauseMs: boundPause(computeStatedPause(outcome) * (1 + random() / 10)),
    defaultPauseMs: computeDefaultPause(outcome, random),
    reason: cause === undefined ? kind : scrubReason(cause, kind),
  }
}

/** Makes an error text of a provider safe to store. Lua rejects JSON with a lone surrogate. */
function scrubReason(text: string, fallback: string): string {
  return scrub(text, [], REASON_LENGTH).toWellFormed() || fallback
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
  return ms > 0 ? Math.ceil(Math.min(MAX_PAUSE_MS, ms)) : 0
}

/** Drops unusable limits. A limit of 0 is a provider fault: applied, it would block the limit key for good. */
function checkLimits(observed: ObservedLimits): ScriptArguments {
  return mapDimensions((dimension) => {
    const seen = observed[dimension]
    if (!seen || !(seen.limit >= 1) || !(seen.remaining >= 0)) return undefined
    return {
      limit: Math.floor(seen.limit),
      remaining: Math.floor(seen.remaining),
      roundedTo: Math.max(1, seen.roundedTo),
    }
  })
}

function mapDimensions(value: (dimension: Dimension) => unknown): ScriptArguments {
  return Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, value(dimension)]))
}

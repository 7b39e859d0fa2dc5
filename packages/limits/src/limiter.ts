import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Provider } from '@capstan/shared/contract/provider'
import type { RedisKeys } from '@capstan/redis/keys'
import { scrub } from '@capstan/shared/text/scrub'
import { asAnswer } from './as-answer.ts'
import { asEndedBlock } from './as-ended-block.ts'
import { asSnapshot } from './as-snapshot.ts'
import { limitScriptKeys } from './limit-script-keys.ts'
import type { NamedLimitKey } from './list-blocked.ts'
import { BURST_MS } from './burst.ts'
import { limitScripts, REDIS_CLOCK, type LimitScripts } from './scripts.ts'
import { DIMENSIONS, type ObservedLimits } from '@capstan/shared/contract/observed-limits'
import type { Attempt, Ending, GroupLimits, Limiter, LimitKey } from './types.ts'

export interface LimiterStore {
  redis: Redis
  keys: RedisKeys
  /** What the operator allows on a limit key. Asked again when Redis has forgotten it. */
  limitsOf: (limitKey: LimitKey) => GroupLimits
  /** Whose breaker events are published (provider-news.ts) and whose blocks are listed (list-blocked.ts); without it none are. */
  providerOf?: (account: string) => Provider
  scripts?: LimitScripts
  /** In [0, 1); spreads those that wait for the same moment. */
  random?: () => number
}

/** A longer Retry-After is a fault of the provider or a quota; a person ends such a pause early with `resume`. */
const MAX_PAUSE_MS = 86_400_000
/** Of the words of a pause or a breaker; enough for what a provider says, and for a line on a screen. */
const REASON_LENGTH = 200
/** For a 429 that names no time, once more than luck; a ramp limit always names what it is. */
const DEFAULT_PAUSE_MS = 5_000

const SettleReply = z.tuple([
  z.enum(['settled', 'unknown']),
  z.enum(['', 'open', 'closed']),
  z.int(),
])

/** The limits over one Redis connection, which stays the caller's. Redis errors pass through. */
export function openLimiter(store: LimiterStore): Limiter {
  const { redis, keys, limitsOf, scripts = limitScripts(REDIS_CLOCK), random = Math.random } = store
  const nameOf = ({ account, model }: LimitKey, provider = store.providerOf?.(account)): string =>
    provider ? JSON.stringify({ provider, account, model } satisfies NamedLimitKey) : ''
  const run = (name: keyof LimitScripts, limitKey: LimitKey, args: (string | number)[] = []) =>
    scripts[name].run(redis, limitScriptKeys(keys, limitKey), args)
  const configure = async (limitKey: LimitKey, limits: GroupLimits): Promise<void> => {
    await run('configure', limitKey, configureArguments(limits))
  }
  return {
    configure,
    acquire: async (limitKey, attempt) => {
      const args = [...acquireArguments(attempt), nameOf(limitKey)]
      const ask = async () => asAnswer(await run('acquire', limitKey, args))
      const first = await ask()
      if (first.outcome !== 'unconfigured') return first
      await configure(limitKey, limitsOf(limitKey))
      const second = await ask()
      if (second.outcome !== 'unconfigured') return second
      throw new Error(`Redis forgot the limits of ${limitKey.account} between two commands`)
    },
    leave: async (limitKey, lease) => {
      await redis.hdel(keys.limits(limitKey.account, limitKey.group, 'line'), lease)
    },
    settle: async (limitKey, lease, ending) => {
      const args = settleArguments(lease, ending, { name: nameOf(limitKey), random })
      const reply = await run('settle', limitKey, args)
      const [outcome, to, forMs] = SettleReply.parse(reply)
      return { outcome, ...(to === '' ? {} : { breaker: { to, forMs } }) }
    },
    observe: async (limitKey, observed) => {
      await run('observe', limitKey, observedArguments(observed))
    },
    pause: async (limitKey, forMs, reason) => {
      const words = asReason(reason, 'no reason given')
      await run('pause', limitKey, [boundedPause(forMs), words, nameOf(limitKey)])
    },
    resume: async (limitKey, provider) => {
      const reply = await run('resume', limitKey, [nameOf(limitKey, provider)])
      // The next pause is a new one, and worth an event of its own.
      await redis.del(keys.providerWait(limitKey.account, limitKey.model, 'retry-after'))
      return asEndedBlock(reply)
    },
    sweep: async (limitKey) => z.int().parse(await run('sweep', limitKey)),
    snapshot: async (limitKey) => asSnapshot(await run('snapshot', limitKey)),
  }
}

function configureArguments(limits: GroupLimits): (string | number)[] {
  const { perMinute, burstMs, cachedTokensCount, concurrency } = limits
  const perDimension = DIMENSIONS.flatMap((dimension): (string | number)[] => [
    perMinute[dimension] === undefined ? '' : Math.max(1, Math.floor(perMinute[dimension])),
    Math.max(1, Math.floor(burstMs?.[dimension] ?? BURST_MS[dimension])),
  ])
  const { max } = concurrency
  const start = Math.max(1, Math.min(concurrency.start, max))
  return [...perDimension, cachedTokensCount ? 1 : 0, start, Math.max(1, max)]
}

function acquireArguments(attempt: Attempt): (string | number)[] {
  const { lease, ttlMs, characters, maxOutputTokens, types = 1, patienceMs, pollMs } = attempt
  const finite = Math.min(patienceMs, Number.MAX_SAFE_INTEGER)
  return [
    lease,
    Math.ceil(ttlMs),
    characters,
    maxOutputTokens,
    Math.floor(finite),
    Math.ceil(pollMs),
    types,
  ]
}

/** Foreign words that are safe to store. */
function asReason(words: string, otherwise: string): string {
  return scrub(words, [], REASON_LENGTH) || otherwise
}

function settleArguments(
  lease: string,
  ending: Ending,
  { name, random }: { name: string; random: () => number },
): (string | number)[] {
  const isEstimated = Number((ending.usage?.estimatedTokens ?? 0) > 0)
  const unnamedMs = unnamedPause(ending, random)
  return [lease, ...endingArguments(ending, random), name, isEstimated, unnamedMs]
}

function endingArguments(ending: Ending, random: () => number): (string | number)[] {
  const { kind, usage, observed, cause } = ending
  const used = usage ? [usage.inputTokens, usage.cachedTokens, usage.outputTokens] : ['', '', '']
  const spread = 800 + Math.floor(random() * 400)
  const pauseMs = boundedPause(askedPause(ending) * (1 + random() / 10))
  const reason = cause === undefined ? kind : asReason(cause, kind)
  return [kind, ...used, spread, pauseMs, reason, ...observedArguments(observed ?? {})]
}

function askedPause({ kind, retryAfterMs }: Ending): number {
  if (retryAfterMs !== undefined) return retryAfterMs
  return kind === 'ramp' ? DEFAULT_PAUSE_MS : 0
}

function unnamedPause({ kind, retryAfterMs }: Ending, random: () => number): number {
  const isUnnamed = kind === 'throttled' && retryAfterMs === undefined
  return isUnnamed ? boundedPause(DEFAULT_PAUSE_MS * (1 + random() / 10)) : 0
}

function boundedPause(ms: number): number {
  return Math.ceil(Math.min(MAX_PAUSE_MS, Math.max(0, ms)))
}

function observedArguments(observed: ObservedLimits): (string | number)[] {
  return DIMENSIONS.flatMap((dimension): (string | number)[] => {
    const seen = observed[dimension]
    // A limit of nothing would stop us for ever; it is a fault of whoever sent it.
    if (!seen || !(seen.limit >= 1) || !(seen.remaining >= 0)) return ['', '', '']
    return [Math.floor(seen.limit), Math.floor(seen.remaining), Math.max(1, seen.roundedTo)]
  })
}

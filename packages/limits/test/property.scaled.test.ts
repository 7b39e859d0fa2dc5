import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import {
  listBlockedLimitKeys,
  loadListBlockedScript,
} from '@capstan/limits/limiter/list-blocked-limit-keys'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import type {
  AcquireResult,
  AcquireRequest,
  CallOutcome,
  ConfiguredLimits,
  LimitKey,
  LimitsSnapshot,
} from '@capstan/limits/types'
import { testRedis } from '@capstan/testkit/redis'
import { scaled } from '@capstan/testkit/scaled'
import { luaClock } from './lua-clock.ts'
import { limitsModel } from './model.ts'
import type { LimitsModel } from './model-types.ts'
import { newLimitKey } from './limiter-fixtures.ts'

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
const scripts = loadLimitScripts(clock.file)
const listScript = loadListBlockedScript(clock.file)
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})

// Small limits, so that a few calls reach each of them.
const CONFIGURATIONS: ConfiguredLimits[] = [
  {
    perMinute: { requests: 50, 'input-tokens': 3_000, 'output-tokens': 900 },
    cachedTokensCount: false,
    concurrency: { start: 3, max: 6 },
  },
  {
    perMinute: { requests: 300, tokens: 7_001 },
    burstMs: { requests: 1_000, tokens: 20_000 },
    cachedTokensCount: true,
    concurrency: { start: 2, max: 40 },
  },
  { perMinute: {}, cachedTokensCount: false, concurrency: { start: 4, max: 5 } },
]
const KINDS = [
  'rate-limited',
  'ramp-limited',
  'overload',
  'timeout',
  'refused',
  'aborted',
  'unsent',
] as const

const caller = fc.nat({ max: 4 })
const limits = fc.constantFrom(...CONFIGURATIONS)
const usage = fc.record({
  inputTokens: fc.nat({ max: 4_000 }),
  cachedTokens: fc.constantFrom(0, 0, 700),
  outputTokens: fc.nat({ max: 600 }),
})
const observedLimit = fc
  .record({
    limit: fc.constantFrom(50, 900, 3_000, 7_001, 20_000),
    left: fc.nat({ max: 1_000 }),
    roundedTo: fc.constantFrom(1, 1_000),
  })
  .map(({ limit, left, roundedTo }) => ({
    limit,
    remaining: Math.floor((limit * left) / 1_000),
    roundedTo,
  }))
const observed = fc.record(
  {
    requests: observedLimit,
    'input-tokens': observedLimit,
    'output-tokens': observedLimit,
    tokens: observedLimit,
  },
  { requiredKeys: [] },
)
const ending: fc.Arbitrary<CallOutcome> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      { kind: fc.constant('answered' as const), usage, observed },
      { requiredKeys: ['kind', 'usage'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        kind: fc.constantFrom(...KINDS),
        retryAfterMs: fc.constantFrom(0, 0, 700, 30_000),
        cause: fc.constantFrom('slower', 'has a fault (500)'),
        observed,
      },
      { requiredKeys: ['kind'] },
    ),
  },
)
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      caller,
      characters: fc.constantFrom(40, 400, 2_000, 30_000),
      maxOutputTokens: fc.constantFrom(0, 200, 4_000),
      types: fc.constantFrom(1, 1, 5),
      ttlMs: fc.constantFrom(2_000, 70_000),
      maxWaitMs: fc.constantFrom(0, 1_500, Number.POSITIVE_INFINITY),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('settle' as const), caller, ending }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 40, 700, 5_000, 31_000, 121_000, 90_000_000),
    }),
  },
  // As many failures as open the breaker: random steps rarely fail five times in a row.
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('outage' as const),
      kind: fc.constantFrom('overload' as const, 'timeout' as const),
      cause: fc.constantFrom('is down', 'took too long'),
    }),
  },
  // A command with a lost reply is repeated; a process that dies settles nothing.
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('resend', 'resettle', 'die'), caller }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), caller }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sweep', 'resume') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('pause' as const),
      ms: fc.constantFrom(500, 8_000, 60_000),
      reason: fc.constantFrom('by hand', 'again'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('configure' as const), limits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('observe' as const), observed }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** State of the simulated callers. A caller is one process and waits for one call at a time. */
interface Callers {
  waiting: Map<number, AcquireRequest>
  held: { caller: number; asked: AcquireRequest }[]
  ended: { lease: string; ending: CallOutcome }[]
}

test('scripts and model agree after any sequence of commands, failures and waits', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(step, { minLength: 5, maxLength: 80, size: 'max' }),
      async (first, steps) => {
        const limitKey = newLimitKey()
        const limiter = openLimiter({
          redis,
          keys,
          limitsFor: () => first,
          providerFor: () => 'openai',
          scripts,
          random: () => 0.5,
        })
        await limiter.configure(limitKey, first)
        const model = limitsModel(clock.now, first)
        const callers: Callers = { waiting: new Map(), held: [], ended: [] }
        for (const next of steps) {
          const [answer, wanted] = await perform({ limitKey, limiter, model, callers }, next)
          expect(answer).toEqual(wanted)
          expectAgreement(await limiter.snapshot(limitKey), model.snapshot())
          expect(await listedUntil(limitKey)).toBe(model.listedUntil())
        }
      },
    ),
    { numRuns: scaled(40, 150) },
  )
})

/** Score in the index of blocked limit keys. */
async function listedUntil({ account, model }: LimitKey): Promise<number | null> {
  const blocked = await listBlockedLimitKeys(redis, keys, 1_000, listScript)
  const found = blocked.find((one) => one.account === account)
  if (!found) return null
  expect(found).toMatchObject({ provider: 'openai', model })
  return Date.parse(found.until)
}

interface Both {
  limitKey: LimitKey
  limiter: ReturnType<typeof openLimiter>
  model: LimitsModel
  callers: Callers
}

/** Applies one step to scripts and model. */
async function perform(both: Both, next: Step): Promise<[unknown, unknown]> {
  const { limitKey, limiter, model, callers } = both
  switch (next.do) {
    case 'acquire': {
      const { do: _, caller: who, ...ask } = next
      // A waiting call keeps its entry when its size changes.
      const lease = callers.waiting.get(who)?.lease ?? randomUUID()
      const asked = { ...ask, lease, pollMs: 2_000 }
      const answer = await limiter.acquire(limitKey, asked)
      remember(callers, who, asked, answer)
      return [answer, model.acquire(asked)]
    }
    case 'settle': {
      const index = callers.held.findIndex(({ caller: who }) => who === next.caller)
      const [held] = index === -1 ? [] : callers.held.splice(index, 1)
      if (!held) return [null, null]
      const { lease } = held.asked
      callers.ended.push({ lease, ending: next.ending })
      return [await limiter.settle(limitKey, lease, next.ending), model.settle(lease, next.ending)]
    }
    case 'outage':
      return failFive(both, next)
    case 'resend': {
      const held = callers.held.find(({ caller: who }) => who === next.caller)
      if (!held) return [null, null]
      const answer = await limiter.acquire(limitKey, held.asked)
      return [answer, model.acquire(held.asked)]
    }
    case 'resettle': {
      const last = callers.ended.at(-1)
      if (!last) return [null, null]
      const { lease } = last
      return [await limiter.settle(limitKey, lease, last.ending), model.settle(lease, last.ending)]
    }
    case 'die':
      callers.held = callers.held.filter(({ caller: who }) => who !== next.caller)
      callers.waiting.delete(next.caller)
      return [null, null]
    case 'leave': {
      const lease = callers.waiting.get(next.caller)?.lease ?? ''
      callers.waiting.delete(next.caller)
      return [await limiter.leaveQueue(limitKey, lease), model.leaveQueue(lease)]
    }
    case 'advance':
      return [await clock.advance(next.ms), undefined]
    case 'sweep':
      return [await limiter.expireLeases(limitKey), model.expireLeases()]
    case 'resume':
      return [await limiter.resume(limitKey), model.resume()]
    case 'pause':
      return [
        await limiter.pause(limitKey, next.ms, next.reason),
        model.pause(next.ms, next.reason),
      ]
    case 'configure':
      return [await limiter.configure(limitKey, next.limits), model.configure(next.limits)]
    case 'observe':
      return [await limiter.observe(limitKey, next.observed), model.observe(next.observed)]
  }
  throw new Error(`no such step: ${JSON.stringify(next)}`)
}

const SMALL = { characters: 40, maxOutputTokens: 0, ttlMs: 70_000, maxWaitMs: 0, pollMs: 2_000 }

/** Five consecutive failed calls, on scripts and model. */
async function failFive(
  { limitKey, limiter, model }: Both,
  { kind, cause }: Pick<CallOutcome, 'kind' | 'cause'>,
): Promise<[unknown[], unknown[]]> {
  const found: unknown[] = []
  const wanted: unknown[] = []
  for (let n = 0; n < 5; n += 1) {
    const asked = { ...SMALL, lease: randomUUID() }
    found.push(await limiter.acquire(limitKey, asked))
    wanted.push(model.acquire(asked))
    const ending = { kind, cause, retryAfterMs: 0 }
    found.push(await limiter.settle(limitKey, asked.lease, ending))
    wanted.push(model.settle(asked.lease, ending))
  }
  return [found, wanted]
}

function remember(
  callers: Callers,
  who: number,
  asked: AcquireRequest,
  answer: AcquireResult,
): void {
  if (answer.outcome === 'wait') {
    callers.waiting.set(who, asked)
    return
  }
  callers.waiting.delete(who)
  callers.held.push({ caller: who, asked })
}

/** Levels are integers and agree exactly. exp and log may differ in the last bit between two languages. */
function expectAgreement(found: LimitsSnapshot, wanted: LimitsSnapshot): void {
  const { latency, ...rest } = found
  const { latency: wantedLatency, ...wantedRest } = wanted
  expect(rest).toEqual(wantedRest)
  if (!latency || !wantedLatency) expect(latency).toBe(wantedLatency)
  else {
    expect(latency.medianMs).toBe(wantedLatency.medianMs)
    expect(latency.sigma).toBeCloseTo(wantedLatency.sigma, 9)
  }
}

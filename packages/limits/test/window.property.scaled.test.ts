import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { loadLimitScripts } from '@capstan/limits/limiter/limit-scripts'
import { testRedis } from '@capstan/testkit/redis'
import { scaled } from '@capstan/testkit/scaled'
import { luaClock } from './lua-clock.ts'
import { attempt, FREE, newLimitKey } from './limiter-fixtures.ts'

const { url, keys } = testRedis()
const redis = new Redis(url)
const clock = await luaClock(redis, keys)
const scripts = loadLimitScripts(clock.file)
afterAll(async () => {
  await redis.quit()
  await clock.remove()
})

const PER_MINUTE = 3_000
const BURST_MS = 20_000
const PER_MS = (0.998 * PER_MINUTE) / 60_000
/** 600 ms of a burst stay free as the margin for network latency. */
const CAPACITY = (PER_MINUTE / 60_000) * (BURST_MS - 600)
const LIMITS = {
  ...FREE,
  perMinute: { 'input-tokens': PER_MINUTE },
  burstMs: { 'input-tokens': BURST_MS },
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('acquire' as const),
      characters: fc.constantFrom(40, 400, 1_200, 2_000, 12_000),
      ttlMs: fc.constantFrom(3_000, 70_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      index: fc.nat(),
      inputTokens: fc.option(fc.nat({ max: 2_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die' as const), index: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(7, 900, 5_000, 40_000),
    }),
  },
)

/** Usage (negative: refund) and its time. */
interface Entry {
  atMs: number
  tokens: number
  grant: boolean
}

// Checks only the external guarantee of a bucket, not its implementation.
test('no time span contains more usage than a burst plus the refill of the span', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }),
      async (steps) => {
        const limitKey = newLimitKey()
        const limiter = openLimiter({ redis, keys, limitsFor: () => LIMITS, scripts })
        const ledger: Entry[] = []
        const held: { lease: string; tokens: number }[] = []
        for (const next of steps) {
          if (next.do === 'advance') await clock.advance(next.ms)
          else if (next.do === 'acquire') {
            const asked = attempt({ ...next, lease: randomUUID(), maxWaitMs: 0 })
            const answer = await limiter.acquire(limitKey, asked)
            if (answer.outcome === 'wait') continue
            const tokens = answer.reserved['input-tokens']
            held.push({ lease: asked.lease, tokens })
            ledger.push({ atMs: answer.atMs, tokens, grant: true })
          } else if (held.length > 0) {
            const [call] = held.splice(next.index % held.length, 1)
            if (!call || next.do === 'die') continue
            const used = next.inputTokens
            const { outcome } = await limiter.settle(
              limitKey,
              call.lease,
              used === null
                ? { kind: 'unsent' }
                : {
                    kind: 'answered',
                    usage: { inputTokens: used, cachedTokens: 0, outputTokens: 1 },
                  },
            )
            if (outcome === 'unknown') continue
            ledger.push({ atMs: clock.now(), tokens: (used ?? 0) - call.tokens, grant: false })
          }
        }
        expect(excessOf(ledger)).toBeLessThanOrEqual(1e-6)
      },
    ),
    { numRuns: scaled(40, 120) },
  )
})

/** Excess tokens in the worst span that ends with a grant. A call above the capacity may start with a full bucket. */
function excessOf(ledger: Entry[]): number {
  let worst = 0
  for (const [last, entry] of ledger.entries()) {
    if (!entry.grant) continue
    let sum = 0
    for (let first = last; first >= 0; first -= 1) {
      const { tokens, atMs } = ledger[first]!
      sum += tokens
      const refilled = PER_MS * (entry.atMs - atMs)
      worst = Math.max(worst, sum - Math.max(CAPACITY, entry.tokens) - refilled)
    }
  }
  return worst
}

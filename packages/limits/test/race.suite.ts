import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ConfiguredLimits } from '@capstan/limits/types'
import { attempt, newLimitKey, type LimiterFixtures } from './limiter-fixtures.ts'

/** Fewer than the connections, so that they compete. */
const SLOTS = 5

const LIMITS: ConfiguredLimits = {
  perMinute: { requests: 60_000, 'input-tokens': 4_800_000 },
  burstMs: { requests: 50, 'input-tokens': 100 },
  cachedTokensCount: false,
  concurrency: { start: SLOTS, max: SLOTS },
}
const CALLS = 30

interface Grant {
  atMs: number
  requests: number
  tokens: number
}

export function raceSuite(fixtures: () => LimiterFixtures): void {
  test('concurrent connections never exceed bucket, refill and slots in any time span', async () => {
    const { real, allow } = fixtures()
    const limitKey = newLimitKey()
    allow(limitKey, LIMITS)
    const grants: Grant[] = []
    let inFlight = 0
    let most = 0
    await Promise.all(
      real.map(async (limiter, client) => {
        for (let n = 0; n < CALLS; n += 1) {
          const asked = attempt({ characters: 400 + 400 * ((client + n) % 5), pollMs: 20 })
          for (;;) {
            const answer = await limiter.acquire(limitKey, asked)
            if (answer.outcome === 'wait') continue
            const tokens = answer.reserved['input-tokens']
            grants.push({ atMs: answer.atMs, requests: 1, tokens })
            break
          }
          inFlight += 1
          most = Math.max(most, inFlight)
          await limiter.snapshot(limitKey)
          inFlight -= 1
          // Refunds nothing, so the sums below are complete.
          await limiter.settle(limitKey, asked.lease, { kind: 'aborted' })
        }
      }),
    )
    expect(grants).toHaveLength(real.length * CALLS)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(SLOTS)
    expectWithin(grants, 'requests', { perMs: 60_000 / 60_000, burstMs: 48 })
    expectWithin(grants, 'tokens', { perMs: 4_800_000 / 60_000, burstMs: 95 })
    const after = await real[0]!.snapshot(limitKey)
    expect(after).toMatchObject({ concurrency: { inFlight: 0 }, waiting: 0, expiredLeases: 0 })
  })

  test('two concurrent acquire commands with the same lease hold one permit', async () => {
    const { real } = fixtures()
    const limitKey = newLimitKey()
    const asked = attempt({ lease: randomUUID() })
    const answers = await Promise.all(real.map((limiter) => limiter.acquire(limitKey, asked)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect((await real[0]!.snapshot(limitKey)).concurrency.inFlight).toBe(1)
    const ends = await Promise.all(
      real.map((limiter) => limiter.settle(limitKey, asked.lease, { kind: 'unsent' })),
    )
    expect(ends.filter(({ outcome }) => outcome === 'settled')).toHaveLength(1)
  })
}

/** Each span between two grants contains at most a burst plus the refill of the span. */
function expectWithin(
  grants: Grant[],
  what: 'requests' | 'tokens',
  { perMs, burstMs }: { perMs: number; burstMs: number },
): void {
  const sorted = grants.toSorted((a, b) => a.atMs - b.atMs)
  for (let first = 0; first < sorted.length; first += 1) {
    let sum = 0
    for (const grant of sorted.slice(first)) {
      sum += grant[what]
      const stretchMs = grant.atMs - sorted[first]!.atMs
      expect(sum).toBeLessThanOrEqual(perMs * (burstMs + stretchMs) + 1e-6)
    }
  }
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

test('a bucket starts full, refills continuously and never overflows', () => {
  const bucket = new TokenBucket(60, 0)
  bucket.take(60, 0)
  expect(bucket.waitMs(1, 0)).toBe(1000)
  expect(bucket.waitMs(1, 1000)).toBe(0)
  expect(bucket.level(3_600_000)).toBe(60)
})

test('a limit over shorter spans holds only the burst of one span', () => {
  const bucket = new TokenBucket(60, 0, 10)
  expect(bucket.level(0)).toBe(10)
  bucket.take(10, 0)
  expect(bucket.fullInMs(0)).toBe(10_000)
})

type Step =
  | { kind: 'take'; amount: number; afterMs: number }
  | { kind: 'retune'; perMinute: number; afterMs: number }

const afterMs = fc.integer({ min: 0, max: 100_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  // Negative amounts refund an unused reservation.
  fc.record({
    kind: fc.constant('take' as const),
    amount: fc.integer({ min: -500, max: 3000 }),
    afterMs,
  }),
  fc.record({
    kind: fc.constant('retune' as const),
    perMinute: fc.integer({ min: 1, max: 2000 }),
    afterMs,
  }),
)

test('levels and waits equal exact integer arithmetic for any sequence of takes, refunds and limit changes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.array(step), (perMinute, steps) => {
      // The reference counts 60,000ths of a unit, of which one ms refills exactly `perMinute`.
      let [rate, level, nowMs] = [perMinute, perMinute * 60_000, 0]
      const bucket = new TokenBucket(perMinute, 0)
      for (const next of steps) {
        nowMs += next.afterMs
        level = Math.min(rate * 60_000, level + next.afterMs * rate)
        if (next.kind === 'take') {
          level = Math.min(rate * 60_000, level - next.amount * 60_000)
          bucket.take(next.amount, nowMs)
        } else {
          rate = next.perMinute
          level = Math.min(rate * 60_000, level)
          bucket.retune(next.perMinute, nowMs)
        }
        expect(bucket.level(nowMs)).toBeCloseTo(level / 60_000, 6)
        expect(bucket.fullInMs(nowMs)).toBeCloseTo((rate * 60_000 - level) / rate, 4)
        const missing = Math.max(0, Math.min(7, rate) * 60_000 - level)
        expect(bucket.waitMs(7, nowMs)).toBeCloseTo(missing / rate, 4)
      }
    }),
  )
})

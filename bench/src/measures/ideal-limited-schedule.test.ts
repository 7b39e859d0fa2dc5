import { expect, test } from 'vitest'
import type { BoundedCall } from './call-bound.ts'
import { computeIdealLimitedSchedule } from './ideal-limited-schedule.ts'

function call(subject: string, changes: Partial<BoundedCall> = {}): BoundedCall {
  return {
    account: 'one',
    group: 'small',
    subject,
    verdict: 'answered',
    latencyMs: 2_000,
    buckets: [],
    inputTokens: 700,
    cacheWriteTokens: 0,
    cachedTokens: 0,
    outputTokens: 300,
    ...changes,
  }
}

/** Holds ten and refills one a second. */
const requests = {
  name: 'requests',
  perMinute: 60,
  capacity: 10,
  level: 0,
  need: 1,
  took: 1,
} as const

const many = (count: number, changes: Partial<BoundedCall> = {}): BoundedCall[] =>
  Array.from({ length: count }, (_, index) => call(`type ${index}`, changes))

test('without limits the ideal limited schedule equals the list schedule', () => {
  const calls = [3_000, 1_000, 2_000, 4_000].map((latencyMs, index) =>
    call(`type ${index}`, { latencyMs }),
  )
  expect(computeIdealLimitedSchedule(calls, 2)).toBe(7_000)
  expect(computeIdealLimitedSchedule(calls, 2, 10)).toBe(700)
  expect(computeIdealLimitedSchedule(calls, 4)).toBe(4_000)
})

test('with a request limit the last call waits for its refill, and two accounts halve the wait', () => {
  expect(computeIdealLimitedSchedule(many(30, { buckets: [requests] }), 100)).toBeCloseTo(
    20_000 + 2_000,
    0,
  )
  const shared = many(30, { buckets: [requests] }).map((one, index) => ({
    ...one,
    account: index % 2 === 0 ? 'one' : 'two',
  }))
  expect(computeIdealLimitedSchedule(shared, 100)).toBeCloseTo(5_000 + 2_000, 0)
})

test('an output reservation blocks the ideal scheduler until the call has ended', () => {
  // A thousand used, two thousand held meanwhile; a thousand a second come back.
  const tokens = {
    name: 'tokens',
    perMinute: 60_000,
    capacity: 2_000,
    level: 0,
    need: 2_000,
    took: 2_000,
  } as const
  const calls = many(3, { buckets: [tokens] })
  // Each needs a full bucket: 2 s of call, in which two thousand are refilled and one thousand comes back.
  expect(computeIdealLimitedSchedule(calls, 10)).toBeCloseTo(6_000, 0)
})

test('only the first answer about a type counts as work, and rejected calls do not', () => {
  const calls = [call('a', { verdict: 'rate-limited' }), call('a'), call('a')]
  expect(computeIdealLimitedSchedule(calls, 1)).toBe(2_000)
})

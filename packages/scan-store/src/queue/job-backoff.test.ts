import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { jobBackoffMs, backoffStrategy } from './job-backoff.ts'

test('a delay is between 0 and the doubled step, and at most 30 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, at) => {
        const delayMs = jobBackoffMs(n, () => at)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThan(Math.min(30_000, 1_000 * 2 ** n) + 1)
      },
    ),
  )
})

test('delays are spread over the whole range, so that jobs do not all retry at once after an outage', () => {
  expect(jobBackoffMs(3, () => 0)).toBe(0)
  expect(jobBackoffMs(3, () => 0.5)).toBe(4_000)
  expect(jobBackoffMs(10, () => 0.999)).toBe(29_970)
})

test('an error with retryAfterMs determines the delay', () => {
  const error = new ItemError('rate_limited', 'wait', 'slow down', { retryAfterMs: 1_234 })
  expect(backoffStrategy(1, 'jittered', error)).toBe(1_234)
})

test('the strategy returns a valid delay for any input', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (attempts, retryAfterMs) => {
      const error = Object.assign(new Error('x'), { retryAfterMs })
      const delayMs = backoffStrategy(attempts as number, 'jittered', error)
      expect(Number.isInteger(delayMs)).toBe(true)
      expect(delayMs).toBeGreaterThanOrEqual(0)
      expect(delayMs).toBeLessThanOrEqual(3_600_000)
    }),
  )
})

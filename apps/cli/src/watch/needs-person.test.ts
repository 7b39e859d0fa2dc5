import { expect, test } from 'vitest'
import { makeScan } from '@capstan/testkit/make-scan'
import { createNeedsPersonCheck } from './needs-person.ts'

const problem = { reason: 'provider_auth', title: 'The key is refused', retryable: false } as const
const until = '2026-11-30T00:00:00.000Z'
const running = makeScan({ status: 'running' })
const throttle = {
  account: 'main',
  model: 'm',
  because: 'circuit breaker open',
  until,
  fault: null,
}
const throttled = makeScan({ status: 'running', throttle })
const byFault = makeScan({
  status: 'paused',
  pause: { by: 'worker', reason: 'provider_auth', problem },
})
const byPerson = makeScan({ status: 'paused', pause: { by: 'me', reason: 'asked for' } })
const untilMidnight = makeScan({
  status: 'paused',
  pause: { by: 'daily-budget', reason: 'budget_exceeded', problem: { ...problem, until } },
})

test('a pause caused by a fault needs a person at once', () => {
  expect(createNeedsPersonCheck(60_000)(byFault, 0)).toBe(true)
})

test.each([
  ['a throttle', throttled],
  ['a pause that a person asked for', byPerson],
  ['a pause that ends by itself', untilMidnight],
])('%s needs a person after the maximum wait', (_, scan) => {
  const needs = createNeedsPersonCheck(60_000)
  expect([0, 59_000, 60_000].map((ms) => needs(scan, ms))).toEqual([false, false, true])
})

test('a running scan never needs a person', () => {
  const needs = createNeedsPersonCheck(1_000)
  expect([0, 500_000].map((ms) => needs(running, ms))).toEqual([false, false])
})

test('a short break does not restart the wait, but a long break or a finished type does', () => {
  const needs = createNeedsPersonCheck(60_000)
  needs(throttled, 0)
  needs(running, 5_000)
  expect(needs(throttled, 60_000)).toBe(true)
  const moved = makeScan({ status: 'running', throttle, progress: { finished: 1 } })
  expect(needs(moved, 61_000)).toBe(false)
  needs(running, 62_000)
  needs(running, 100_000)
  expect(needs(throttled, 121_000)).toBe(false)
})

import { expect, test } from 'vitest'
import { computeNextRunDelayMs } from './process-changes.ts'
import { PendingChanges } from './pending-changes.ts'
import { RetryBackoff } from './retry-backoff.ts'

const TIMES = { retryMs: 30, maxMs: 300, hasFailed: false }

/** Creates one changed type and backoffs with a clock that the test controls. */
function createContext() {
  const clock = { ms: 0 }
  const pending = new PendingChanges(new Map())
  pending.noteVersion('widgets', 'v1')
  const putOff = () => new RetryBackoff(10, 200, () => clock.ms)
  return { clock, pending, unread: putOff(), unseen: putOff() }
}

test('a new change runs after the retry delay, and without changes the next run waits for the poll interval', () => {
  const watching = createContext()
  expect(computeNextRunDelayMs(watching, TIMES)).toBe(30)
  watching.pending.settle('widgets', 'v1')
  expect(computeNextRunDelayMs(watching, TIMES)).toBe(300)
})

test('an unreadable type that discovery no longer lists waits for the longer backoff', () => {
  const watching = createContext()
  watching.unread.note('widgets', 'v1')
  watching.clock.ms = 10
  watching.unseen.note('widgets', 'v1')
  expect(computeNextRunDelayMs(watching, TIMES)).toBe(10)
})

test('a failed run is retried after the retry delay even if a backoff has expired', () => {
  const watching = createContext()
  watching.unread.note('widgets', 'v1')
  watching.clock.ms = 10
  expect(computeNextRunDelayMs(watching, TIMES)).toBe(0)
  expect(computeNextRunDelayMs(watching, { ...TIMES, hasFailed: true })).toBe(30)
})

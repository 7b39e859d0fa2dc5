import { expect, test } from 'vitest'
import { patienceMs } from './process-changes.ts'
import { PendingChanges } from './pending-changes.ts'
import { PutOff } from './retry-backoff.ts'

const TIMES = { retryMs: 30, mostMs: 300, hasFailed: false }

/** One changed type, and what is put off by a clock that the test moves. */
function changed() {
  const clock = { ms: 0 }
  const pending = new PendingChanges(new Map())
  pending.noteVersion('widgets', 'v1')
  const putOff = () => new PutOff(10, 200, () => clock.ms)
  return { clock, pending, unread: putOff(), unseen: putOff() }
}

test('what nobody has tried yet is tried soon, and nothing pending waits for the next look at all', () => {
  const watching = changed()
  expect(patienceMs(watching, TIMES)).toBe(30)
  watching.pending.settle('widgets', 'v1')
  expect(patienceMs(watching, TIMES)).toBe(300)
})

test('a type that could not be read, and that discovery leaves out since, waits for discovery', () => {
  const watching = changed()
  watching.unread.note('widgets', 'v1')
  watching.clock.ms = 10
  watching.unseen.note('widgets', 'v1')
  expect(patienceMs(watching, TIMES)).toBe(10)
})

test('a try that failed is not made again at once, though a wait is over', () => {
  const watching = changed()
  watching.unread.note('widgets', 'v1')
  watching.clock.ms = 10
  expect(patienceMs(watching, TIMES)).toBe(0)
  expect(patienceMs(watching, { ...TIMES, hasFailed: true })).toBe(30)
})

import { expect, test } from 'vitest'
import { RetryBackoff } from './retry-backoff.ts'

function clocked() {
  const clock = { ms: 0 }
  return { clock, putOff: new RetryBackoff(30, 200, () => clock.ms) }
}

/** Returns the wait after each of `tries` failed attempts. */
function waits(tries: number): (number | undefined)[] {
  const { clock, putOff } = clocked()
  return Array.from({ length: tries }, () => {
    putOff.note('widgets', 'v1')
    const waitMs = putOff.dueInMs('widgets', 'v1')
    clock.ms += waitMs ?? 0
    return waitMs
  })
}

test('each failed attempt doubles the backoff up to the maximum', () => {
  expect(waits(6)).toEqual([30, 60, 120, 200, 200, 200])
})

test('a failure during the backoff does not extend it', () => {
  const { clock, putOff } = clocked()
  putOff.note('widgets', 'v1')
  clock.ms = 10
  putOff.note('widgets', 'v1')
  expect(putOff.dueInMs('widgets', 'v1')).toBe(20)
  expect(putOff.isDue('widgets', 'v1')).toBe(false)
  clock.ms = 30
  expect(putOff.isDue('widgets', 'v1')).toBe(true)
})

test('a new version of a definition is due at once and starts with the first backoff', () => {
  const { clock, putOff } = clocked()
  putOff.note('widgets', 'v1')
  clock.ms = 30
  putOff.note('widgets', 'v1')
  expect(putOff.dueInMs('widgets', 'v2')).toBeUndefined()
  expect(putOff.isDue('widgets', 'v2')).toBe(true)
  putOff.note('widgets', 'v2')
  expect(putOff.dueInMs('widgets', 'v2')).toBe(30)
})

test('types that are not kept lose their backoff', () => {
  const { putOff } = clocked()
  putOff.note('widgets', 'v1')
  putOff.note('gadgets', 'v1')
  putOff.keep((resource) => resource === 'gadgets')
  expect(putOff.dueInMs('widgets', 'v1')).toBeUndefined()
  expect(putOff.dueInMs('gadgets', 'v1')).toBe(30)
})

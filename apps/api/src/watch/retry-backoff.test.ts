import { expect, test } from 'vitest'
import { PutOff } from './retry-backoff.ts'

function clocked() {
  const clock = { ms: 0 }
  return { clock, putOff: new PutOff(30, 200, () => clock.ms) }
}

/** How long each of so many tries in vain puts the type off. */
function waits(tries: number): (number | undefined)[] {
  const { clock, putOff } = clocked()
  return Array.from({ length: tries }, () => {
    putOff.note('widgets', 'v1')
    const waitMs = putOff.dueInMs('widgets', 'v1')
    clock.ms += waitMs ?? 0
    return waitMs
  })
}

test('every try in vain doubles the wait, up to the longest one', () => {
  expect(waits(6)).toEqual([30, 60, 120, 200, 200, 200])
})

test('what still waits is not put off further', () => {
  const { clock, putOff } = clocked()
  putOff.note('widgets', 'v1')
  clock.ms = 10
  putOff.note('widgets', 'v1')
  expect(putOff.dueInMs('widgets', 'v1')).toBe(20)
  expect(putOff.isDue('widgets', 'v1')).toBe(false)
  clock.ms = 30
  expect(putOff.isDue('widgets', 'v1')).toBe(true)
})

test('another version is due at once and waits anew', () => {
  const { clock, putOff } = clocked()
  putOff.note('widgets', 'v1')
  clock.ms = 30
  putOff.note('widgets', 'v1')
  expect(putOff.dueInMs('widgets', 'v2')).toBeUndefined()
  expect(putOff.isDue('widgets', 'v2')).toBe(true)
  putOff.note('widgets', 'v2')
  expect(putOff.dueInMs('widgets', 'v2')).toBe(30)
})

test('what is no longer of interest is forgotten', () => {
  const { putOff } = clocked()
  putOff.note('widgets', 'v1')
  putOff.note('gadgets', 'v1')
  putOff.keep((resource) => resource === 'gadgets')
  expect(putOff.dueInMs('widgets', 'v1')).toBeUndefined()
  expect(putOff.dueInMs('gadgets', 'v1')).toBe(30)
})

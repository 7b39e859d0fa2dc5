import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openWriteRounds } from './write-rounds.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A stream whose flush takes this long. */
function startStream(takesMs: number) {
  const stream = {
    flushes: 0,
    flush: () => {
      vi.advanceTimersByTime(takesMs)
      stream.flushes += 1
    },
  }
  return stream
}

test('a stream is flushed once for all frames of a turn, before the next turn', async () => {
  const rounds = openWriteRounds()
  const stream = startStream(0)
  for (let frame = 0; frame < 10; frame++) rounds.add(stream)
  expect(stream.flushes).toBe(0)
  await turn()
  expect(stream.flushes).toBe(1)
  rounds.add(stream)
  await turn()
  expect(stream.flushes).toBe(2)
})

test('a long round lets other work run, and is followed by a rest as long as it took', async () => {
  const rounds = openWriteRounds()
  const streams = Array.from({ length: 10 }, () => startStream(4))
  for (const stream of streams) rounds.add(stream)
  const countFlushed = (): number => streams.filter(({ flushes }) => flushes > 0).length
  await turn()
  expect(countFlushed()).toBeLessThan(10)
  while (countFlushed() < 10) await turn()
  const late = startStream(0)
  rounds.add(late)
  await vi.advanceTimersByTimeAsync(39)
  expect(late.flushes).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(late.flushes).toBe(1)
})

test('no rest is longer than 40 ms', async () => {
  const rounds = openWriteRounds()
  const [slow, late] = [startStream(5_000), startStream(0)]
  rounds.add(slow)
  await turn()
  rounds.add(late)
  await vi.advanceTimersByTimeAsync(40)
  expect(late.flushes).toBe(1)
})

import { expect, test } from 'vitest'
import type { Attempt } from '@capstan/shared/contract/scan/scan-item'
import { layOutAttempts } from './lay-out-attempts.ts'

const START = Date.parse('2026-11-30T12:00:00.000Z')

function makeAttempt(n: number, afterMs: number, durationMs: number): Attempt {
  return {
    n,
    startedAt: new Date(START + afterMs).toISOString(),
    durationMs,
    worker: 'w1',
    provider: 'anthropic',
    model: 'm',
    usage: null,
    outcome: n === 1 ? 'retrying' : 'succeeded',
  }
}

const ITEM = { status: 'succeeded', startedAt: null, attempt: 2 } as const

test('waits before and between attempts are parts of one time line', () => {
  const attempts = [makeAttempt(1, 1_000, 2_000), makeAttempt(2, 6_000, 4_000)]
  const { totalMs, bars } = layOutAttempts({ ...ITEM, attempts }, START, 0)
  expect(totalMs).toBe(10_000)
  expect(bars).toMatchObject([
    { waitMs: 1_000, waitStart: 0, start: 0.1, end: 0.3 },
    { waitMs: 3_000, waitStart: 0.3, start: 0.6, end: 1 },
  ])
})

test('an attempt that runs ends now', () => {
  const startedAt = new Date(START).toISOString()
  const running = { status: 'running', startedAt, attempt: 1, attempts: [] } as const
  const { bars, totalMs } = layOutAttempts({ ...running, attempts: [] }, START, START + 500)
  expect(totalMs).toBe(500)
  expect(bars).toMatchObject([{ start: 0, end: 1, attempt: { n: 1, durationMs: 500 } }])
})

test('an unknown time of queueing leaves no wait before the first attempt', () => {
  const attempts = [makeAttempt(1, 1_000, 2_000)]
  const { bars } = layOutAttempts({ ...ITEM, attempts }, Infinity, 0)
  expect(bars).toMatchObject([{ waitMs: 0, start: 0, end: 1 }])
})

test('a type without attempts has no bars', () => {
  expect(layOutAttempts({ ...ITEM, attempts: [] }, START, 0).bars).toEqual([])
})

import { expect, test } from 'vitest'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { untilDown } from './fallback.ts'

const wait = { waitMs: 4_000, position: 0 }

test('a call gives up its turn when the breaker keeps it for too long, and for no other wait', () => {
  const patience = untilDown(0, new AbortController().signal)
  for (const because of ['requests', 'concurrency', 'paused'] as const) {
    patience.onWait({ ...wait, because })
  }
  expect(patience.signal.aborted).toBe(false)
  patience.onWait({ ...wait, because: 'breaker' })
  expect(patience.signal.reason).toEqual(new MaxWaitError(4_000, 'breaker'))
})

test('a call that is stopped says why it was stopped', () => {
  const stop = new AbortController()
  const patience = untilDown(60_000, stop.signal)
  patience.onWait({ ...wait, because: 'breaker' })
  stop.abort('canceled')
  expect(patience.signal.reason).toBe('canceled')
})

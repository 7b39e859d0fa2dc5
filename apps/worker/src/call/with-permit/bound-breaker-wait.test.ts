import { expect, test } from 'vitest'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import { boundBreakerWait } from './bound-breaker-wait.ts'

const wait = { waitMs: 4_000 }

test('a wait ends with MaxWaitError when the breaker is open for too long, and for no other reason', () => {
  const bound = boundBreakerWait(0, new AbortController().signal)
  for (const because of ['requests', 'concurrency', 'paused'] as const) {
    bound.onWait({ ...wait, because })
  }
  expect(bound.signal.aborted).toBe(false)
  bound.onWait({ ...wait, because: 'breaker' })
  expect(bound.signal.reason).toEqual(new MaxWaitError(4_000, 'breaker'))
})

test('a wait that its caller aborts keeps the reason of the caller', () => {
  const stop = new AbortController()
  const bound = boundBreakerWait(60_000, stop.signal)
  bound.onWait({ ...wait, because: 'breaker' })
  stop.abort('canceled')
  expect(bound.signal.reason).toBe('canceled')
})

import { expect, test, vi } from 'vitest'
import { makeRequest, makeResult } from '../../test/make-request.ts'
import type { ModelCall } from './model-call.ts'
import { withCallDeadline } from './with-call-deadline.ts'

/** A call that ignores its signal. */
const deaf: ModelCall = () => new Promise(() => undefined)

test('a call that ignores its signal ends at the deadline with a timeout', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const result = withCallDeadline(100)(deaf)(makeRequest()).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(await result).toMatchObject({ reason: 'timeout', policy: 'retry' })
  } finally {
    vi.useRealTimers()
  }
})

test('an aborted call throws the reason, even if the SDK wraps it into an error of its own', async () => {
  const abort = new AbortController()
  const wrapping: ModelCall = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('Request was aborted.')))
    })
  const result = withCallDeadline(100)(wrapping)(makeRequest({ signal: abort.signal }))
  abort.abort('canceled')
  await expect(result).rejects.toBe('canceled')
})

test('a call that answers in time is returned, and its errors are thrown', async () => {
  const call = withCallDeadline(100)
  expect(await call(async () => makeResult('good'))(makeRequest())).toEqual(makeResult('good'))
  const down = new Error('down')
  await expect(call(() => Promise.reject(down))(makeRequest())).rejects.toBe(down)
})

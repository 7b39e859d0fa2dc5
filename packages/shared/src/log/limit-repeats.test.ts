import { expect, test, vi } from 'vitest'
import { limitRepeats } from './limit-repeats.ts'

function oom(): Error {
  return Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })
}

test('repeated lines of a fault are limited to one per second with the suppressed count', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const suppressed = limitRepeats()
    const texts = ['the queue reports an error', 'a start could not be recorded']
    const first = texts.map((text) => suppressed([{ err: oom() }, text]))
    expect(first).toEqual([0, undefined])
    expect(suppressed([oom()])).toBeUndefined()
    vi.advanceTimersByTime(1_000)
    expect(suppressed([{ err: new Error('outer', { cause: oom() }) }])).toBe(2)
    expect(suppressed([{ err: oom() }])).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})

test('repeats of different Redis faults are counted separately', () => {
  const suppressed = limitRepeats()
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const lines = [{ err: oom() }, { err: refused }, { code: 'REDIS_UNAVAILABLE', detail: 'full' }]
  expect(lines.map((line) => suppressed([line]))).toEqual([0, 0, 0])
  expect(lines.map((line) => suppressed([line]))).toEqual([undefined, undefined, undefined])
})

test('lines without a Redis fault always pass', () => {
  const suppressed = limitRepeats()
  const lines: unknown[] = ['text', { err: new Error('the model refused') }, { code: 'X' }, null]
  for (const line of [...lines, ...lines]) expect(suppressed([line])).toBe(0)
})

import { expect, test } from 'vitest'
import { computeCallBound, type BoundedCall } from './call-bound.ts'

function call(changes: Partial<BoundedCall> = {}): BoundedCall {
  return {
    account: 'one',
    group: 'small',
    subject: 'a',
    verdict: 'answered',
    latencyMs: 2_000,
    buckets: [bucket('tokens', 1_500)],
    inputTokens: 700,
    cacheWriteTokens: 0,
    cachedTokens: 0,
    outputTokens: 300,
    ...changes,
  }
}

function bucket(name: 'tokens' | 'requests', took: number) {
  return { name, perMinute: 60_000, capacity: 1_000, level: 0, need: took, took }
}

test('the bound of a bucket counts used amounts, not refunded reservations', () => {
  const calls = ['a', 'b', 'c'].map((subject) => call({ subject }))
  expect(computeCallBound(calls, 3)).toEqual({ ms: 4_000, binding: 'tokens' })
})

test('a type that was answered twice, or rejected first, counts once', () => {
  const calls = [call({ verdict: 'rate-limited' }), call(), call()]
  expect(computeCallBound(calls, 1)).toEqual({ ms: 2_000, binding: 'concurrency' })
})

test('two accounts double capacity and refill of the bucket bound', () => {
  const calls = ['a', 'b', 'c', 'd'].map((subject, index) =>
    call({ subject, account: index % 2 === 0 ? 'one' : 'two' }),
  )
  // 4,000 used, 2,000 held, 2 a ms.
  expect(computeCallBound(calls, 4)).toEqual({ ms: 3_000, binding: 'tokens' })
})

test('on a scaled clock calls are shorter and buckets refill faster', () => {
  const calls = ['a', 'b', 'c'].map((subject) => call({ subject }))
  expect(computeCallBound(calls, 3, 4)).toEqual({ ms: 1_000, binding: 'tokens' })
})

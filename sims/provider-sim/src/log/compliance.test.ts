import { expect, test } from 'vitest'
import type { CallRecord } from '../call/call-record.ts'
import { measureCompliance } from './compliance.ts'

function call(atSimMs: number, more: Partial<CallRecord> = {}): CallRecord {
  const level = { perMinute: 60, capacity: 60, need: 1 }
  return {
    n: 1,
    arrivedMs: 0,
    endedMs: 0,
    atSimMs,
    endpoint: '/v1/messages',
    account: 'a',
    group: 'default',
    model: 'm',
    subject: '',
    types: 1,
    attempt: 1,
    latencyMs: 0,
    verdict: 'answered',
    fault: undefined,
    refusedBy: undefined,
    retryAfterMs: undefined,
    status: 200,
    inFlight: 1,
    accountInFlight: 1,
    inputTokens: 0,
    cacheWriteTokens: 0,
    cachedTokens: 0,
    outputTokens: 30,
    maxTokens: 0,
    costUsd: 0,
    buckets: [
      { ...level, name: 'requests', level: 60, took: 1 },
      { ...level, name: 'output-tokens', level: 10, took: 0 },
    ],
    ...more,
  }
}

test('rejections, peak minute and lowest level of each bucket are counted', () => {
  const refused = call(60_000, {
    verdict: 'rate-limited',
    refusedBy: 'requests',
    accountInFlight: 99,
    buckets: [{ name: 'requests', perMinute: 60, capacity: 60, level: 0.5, need: 1, took: 0 }],
  })
  const calls = [call(0), call(30_000, { accountInFlight: 7 }), call(59_999), refused, call(60_000)]
  expect(measureCompliance(calls)).toMatchObject({
    calls: 5,
    admitted: 4,
    refusals: { requests: 1 },
    violationsPerThousand: 200,
    peakInFlight: { a: 7 },
    buckets: [
      { bucket: 'requests', violations: 1, admitted: 4, peakMinute: 3, lowestLevel: 0.5 },
      { bucket: 'output-tokens', violations: 0, admitted: 120, peakMinute: 90, lowestLevel: 10 },
    ],
  })
})

test('a log without calls has no violations', () => {
  expect(measureCompliance([])).toMatchObject({ calls: 0, violationsPerThousand: 0, buckets: [] })
})

import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { openResultCache } from './result-cache.ts'
import type { StoredResult } from './stored-result.ts'

const RESULT: StoredResult = {
  answer: {
    capabilities: ['databases'],
    providers: [],
    abstractions: [],
    complexity: 'low',
    description: 'Makes databases.',
    useCase: 'When you need one.',
    confidence: 0.9,
    searchPhrases: [],
  },
  usage: { inputTokens: 10, cachedTokens: 0, outputTokens: 5 },
  model: 'm',
  promptVersion: 'p',
  packedWith: 0,
  requestId: 'req_1',
  scanId: 'scan_00000000000000000000000000000001',
  inferredAt: '2026-11-23T10:00:00.000Z',
  durationMs: 4_000,
}

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys, cache: openResultCache(redis, keys) }
}

test('an answer is found again under its key, for a month', async () => {
  const { redis, keys, cache } = open()
  await cache.put('k', RESULT)
  expect(await cache.get('k')).toEqual(RESULT)
  expect(await cache.get('other')).toBeUndefined()
  expect(await cache.has(['k', 'other'])).toEqual([true, false])
  expect(await redis.ttl(keys.result('k'))).toBeGreaterThan(29 * 86_400)
})

test('of a hundred who ask at once exactly one may pay', async () => {
  const { cache } = open()
  const owners = Array.from({ length: 100 }, (_, index) => `owner-${index}`)
  const leases = await Promise.all(owners.map((owner) => cache.lease('k', owner, 60_000)))
  expect(leases.filter((lease) => lease.outcome === 'mine')).toHaveLength(1)
  const busy = leases.filter((lease) => lease.outcome === 'busy')
  expect(busy).toHaveLength(99)
  for (const lease of busy) expect(lease.retryAfterMs).toBeLessThanOrEqual(60_000)
})

test('the owner may lease again, a foreigner cannot give the lease back', async () => {
  const { cache } = open()
  await cache.lease('k', 'a', 60_000)
  expect(await cache.lease('k', 'a', 60_000)).toEqual({ outcome: 'mine' })
  const careful = { mayTakeOver: false }
  expect(await cache.lease('k', 'a', 60_000, careful)).toMatchObject({ outcome: 'busy' })
  await cache.release('k', 'b')
  expect(await cache.lease('k', 'b', 60_000)).toMatchObject({ outcome: 'busy' })
  await cache.release('k', 'a')
  expect(await cache.lease('k', 'b', 60_000)).toEqual({ outcome: 'mine' })
})

test('a lease whose owner died ends by itself', async () => {
  const { cache } = open()
  await cache.lease('k', 'dead', 30)
  const lease = await until('the lease to end', async () => {
    const tried = await cache.lease('k', 'next', 60_000)
    return tried.outcome === 'mine' ? tried : undefined
  })
  expect(lease).toEqual({ outcome: 'mine' })
})

test('who asks after the answer gets it instead of a lease', async () => {
  const { cache } = open()
  await cache.put('k', RESULT)
  expect(await cache.lease('k', 'a', 60_000)).toEqual({ outcome: 'stored', result: RESULT })
})

test('storing the answer gives the lease back, but only to its owner', async () => {
  const { redis, keys, cache } = open()
  await cache.lease('k', 'a', 60_000)
  await cache.put('k', RESULT, 'b')
  expect(await redis.get(keys.resultLease('k'))).toBe('a')
  await cache.put('k', RESULT, 'a')
  expect(await redis.get(keys.resultLease('k'))).toBeNull()
})

test('a full scan takes no answer but its own', async () => {
  const { cache } = open()
  await cache.put('k', RESULT)
  expect(await cache.lease('k', 'a', 60_000, { onlyOf: RESULT.scanId })).toMatchObject({
    outcome: 'stored',
  })
  expect(await cache.lease('k', 'a', 60_000, { onlyOf: 'another' })).toEqual({ outcome: 'mine' })
})

test('what is not an answer counts as none and is paid for', async () => {
  const { redis, keys, cache } = open()
  await redis.set(keys.result('k'), '{"answer":"from an older version"}')
  expect(await cache.get('k')).toBeUndefined()
  expect(await cache.lease('k', 'a', 60_000)).toEqual({ outcome: 'mine' })
  await redis.set(keys.result('j'), 'not JSON')
  expect(await cache.lease('j', 'a', 60_000, { onlyOf: 'x' })).toEqual({ outcome: 'mine' })
})

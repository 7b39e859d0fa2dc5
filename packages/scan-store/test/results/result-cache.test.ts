import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { testRedis } from '@capstan/testkit/redis'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { ResultLeaseOwner } from '@capstan/scan-store/results/result-leases'
import type { UnfinishedAnswer } from '@capstan/scan-store/results/unfinished-answer'

const RESULT = makeStoredResult()
/** An attempt of the scan that paid for it. */
function owner(id: string): ResultLeaseOwner {
  return { id, worker: 'w', scanId: RESULT.scanId }
}

function open() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return { redis, keys, cache: openResultCache(redis, keys) }
}

test('an answer is found by its content key for 30 days', async () => {
  const { redis, keys, cache } = open()
  await cache.put('k', RESULT)
  expect(await cache.get('k')).toEqual(RESULT)
  expect(await cache.get('other')).toBeUndefined()
  expect(await redis.ttl(keys.result('k'))).toBeGreaterThan(29 * 86_400)
})

const UNFINISHED: UnfinishedAnswer = {
  next: 'repair',
  scanId: RESULT.scanId,
  usage: RESULT.usage,
  text: '{"capabilities":',
  faults: ['the answer is not one JSON object'],
}

test('a lease returns the unfinished answer of its key, for 7 days or until an answer is stored', async () => {
  const { redis, keys, cache } = open()
  await redis.hset(keys.activeScans, RESULT.scanId, '{}')
  await cache.keepUnfinished('k', UNFINISHED)
  const ttl = await redis.ttl(keys.unfinishedAnswer('k'))
  expect(ttl).toBeGreaterThan(7 * 86_400 - 60)
  expect(ttl).toBeLessThanOrEqual(7 * 86_400)
  const [mine, busy] = await Promise.all([
    cache.lease('k', owner('a')),
    cache.lease('k', owner('b')),
  ])
  expect(mine).toEqual({ outcome: 'acquired', unfinished: UNFINISHED })
  expect(busy).toMatchObject({ outcome: 'held' })
  await cache.put('k', RESULT, owner('a'))
  expect(await redis.exists(keys.unfinishedAnswer('k'))).toBe(0)
})

test('an unfinished answer of another scan, a dropped one and an invalid one are ignored', async () => {
  const { redis, keys, cache } = open()
  await cache.keepUnfinished('k', UNFINISHED)
  const of = (onlyOf: string) => cache.lease('k', owner('a'), { onlyOf })
  expect(await of('scan_b')).toEqual({ outcome: 'acquired' })
  expect(await of(RESULT.scanId)).toMatchObject({ unfinished: UNFINISHED })
  await redis.set(keys.unfinishedAnswer('k'), '{"next":"dance"')
  expect(await cache.lease('k', owner('a'))).toEqual({ outcome: 'acquired' })
  await cache.keepUnfinished('k', UNFINISHED)
  await cache.dropUnfinished('k')
  expect(await cache.lease('k', owner('a'))).toEqual({ outcome: 'acquired' })
})

test('an unfinished answer is stored without secrets and cut to the part that a repair call quotes', async () => {
  const { redis, keys, cache } = open()
  const secret = 'sk-ant-canary-0123456789'
  const text = `${secret} ${'x'.repeat(64_000)}`
  await cache.keepUnfinished('k', { ...UNFINISHED, text, faults: [`not JSON: ${secret}`] })
  const kept = (await redis.get(keys.unfinishedAnswer('k'))) ?? ''
  expect(kept).toContain('not JSON')
  expect(kept).not.toContain('canary')
  expect(kept.length).toBeLessThan(4_500)
})

test('a stored value that is no valid answer is ignored and paid for again', async () => {
  const { redis, keys, cache } = open()
  await redis.set(keys.result('k'), '{"answer":"from an older version"}')
  expect(await cache.get('k')).toBeUndefined()
  expect(await cache.lease('k', owner('a'))).toEqual({ outcome: 'acquired' })
  await redis.set(keys.result('j'), 'not JSON')
  expect(await cache.lease('j', owner('a'), { onlyOf: 'x' })).toEqual({ outcome: 'acquired' })
})

test('answers of many keys are returned in order, with at most 200 keys per command', async () => {
  const { redis, cache } = open()
  const all = Array.from({ length: 451 }, (_, index) => `key-${index}`)
  await cache.put('key-1', RESULT)
  await cache.put('key-450', { ...RESULT, model: 'other' })
  const sizes = recordKeyCounts(redis, 'mget')
  const found = await cache.find(all)
  expect(found).toHaveLength(451)
  expect([found[0], found[1], found[450]?.model]).toEqual([undefined, RESULT, 'other'])
  expect(sizes).toEqual([200, 200, 51])
  expect(await cache.find([])).toEqual([])
})

test('find with onlyOf returns only answers of that scan, and skips invalid answers', async () => {
  const { redis, keys, cache } = open()
  const of = (scanId: string) => ({ ...RESULT, scanId })
  await cache.put('own', of('scan_a'))
  await cache.put('foreign', of('scan_b'))
  await redis.set(keys.result('torn'), JSON.stringify(of('scan_a')).slice(0, 40))
  const { worker: _, ...older } = of('scan_a')
  await redis.set(keys.result('older'), JSON.stringify(older))
  const all = ['own', 'foreign', 'torn', 'older']
  const found = async (onlyOf?: string) =>
    (await cache.find(all, { onlyOf })).map((result) => result?.scanId)
  expect(await found('scan_a')).toEqual(['scan_a', undefined, undefined, undefined])
  expect(await found()).toEqual(['scan_a', 'scan_b', undefined, undefined])
})

/**
 * Records the number of keys of each command with this name that the connection sends. MONITOR would not do: ioredis fails
 * when commands of other clients arrive in the moment in which it begins.
 */
function recordKeyCounts(redis: Redis, name: string): number[] {
  const counts: number[] = []
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    if (command.name === name) counts.push(command.args.length)
    return send(command, stream)
  }
  return counts
}

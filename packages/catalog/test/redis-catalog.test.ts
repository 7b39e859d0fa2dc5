import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testRedis } from '@capstan/testkit/redis'
import { catalogSuite } from './catalog.suite.ts'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'

function openStore() {
  const { url, keys } = testRedis()
  const open = () => {
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    return { redis, catalog: openRedisCatalog(redis, keys) }
  }
  return { keys, open }
}

catalogSuite('the catalog in Redis', () => {
  const { open } = openStore()
  return [open().catalog, open().catalog]
})

test('a replica reads only the rows that changed since its last read', async () => {
  const { open, keys } = openStore()
  const { catalog: writer } = open()
  const { redis, catalog: reader } = open()
  await writer.put(Array.from({ length: 10 }, (_, index) => makeCapability({ kind: `K${index}` })))
  expect(await reader.count({})).toBe(10)
  // Not in the change log: a replica that read all rows again would see it.
  await redis.hdel(keys.capabilities('default'), 'k1s.batch')
  await writer.put([makeCapability({ kind: 'K2', complexity: 'high' })])
  expect(await reader.count({})).toBe(10)
  expect(await reader.count({ complexity: 'high' })).toBe(1)
})

test('the index is empty after Redis was emptied', async () => {
  const { open, keys } = openStore()
  const { redis, catalog } = open()
  await catalog.put([makeCapability(), makeCapability({ kind: 'Other' })])
  await catalog.put([makeCapability()])
  expect(await catalog.count({})).toBe(2)
  await redis.del(keys.catalogGeneration, keys.catalogChanges, keys.capabilities('default'))
  expect(await catalog.count({})).toBe(0)
  await catalog.put([makeCapability({ kind: 'New' })])
  expect((await catalog.list({}, { limit: 5 })).data.map((row) => row.kind)).toEqual(['New'])
})

test('a row of an unknown version is hidden, and the other rows stay visible', async () => {
  const { open, keys } = openStore()
  const { redis, catalog } = open()
  await catalog.put([makeCapability(), makeCapability({ kind: 'Other' })])
  await redis.hset(keys.capabilities('default'), 'others.batch', '{"v":9}')
  expect((await catalog.list({}, { limit: 5 })).data.map((row) => row.kind)).toEqual(['CronJob'])
})

test('one write with two rows of a type stores the row that was inferred later, in either order', async () => {
  const { open } = openStore()
  const { catalog } = open()
  const { provenance } = makeCapability()
  const later = { ...provenance, inferredAt: '2026-11-23T11:00:00.000Z' }
  const older = makeCapability({ useCase: 'The older answer.' })
  const newer = makeCapability({ useCase: 'The newer answer.', provenance: later })
  for (const rows of [
    [older, newer],
    [newer, older],
  ]) {
    await catalog.removeAll('default')
    await catalog.put([...rows, makeCapability({ kind: 'Other' })])
    expect(await catalog.get('default', newer.resource)).toEqual(newer)
    expect(await catalog.count({})).toBe(2)
  }
})

import { Redis } from 'ioredis'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import type { QdrantServer } from '@capstan/testkit/qdrant/qdrant-server'
import { until } from '@capstan/testkit/until'
import { catalogSuite } from '../catalog.suite.ts'
import { openStore, rows, startStore } from './open-store.ts'

const REAL = process.env['QDRANT_URL']
const KEY = process.env['QDRANT_API_KEY']

catalogSuite('the catalog with its search in Qdrant', async () => {
  const { open } = await startStore()
  return [open(), open()]
})

describe('with QDRANT_URL', () => {
  beforeEach(({ skip }) => skip(REAL === undefined, 'QDRANT_URL names no Qdrant'))
  catalogSuite('the catalog on a real Qdrant', () => {
    const { open } = openStore(REAL ?? '', KEY)
    return [open(), open()]
  })
})

const upserts = ({ requests }: QdrantServer) =>
  requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/points'))

test('1,500 rows that are written one by one are copied in full batches', async () => {
  const { server, open, collection, keys, redisUrl } = await startStore()
  const catalog = open()
  const redis = new Redis(redisUrl)
  onTestFinished(() => redis.disconnect())
  await redis.hset(keys.activeScans, 'a running scan', '{}')
  catalog.start()
  for (const row of rows(1_500)) await catalog.put([row])
  await until('full batches', () => (server.points(collection) >= 1_472 ? true : undefined))
  await redis.hdel(keys.activeScans, 'a running scan')
  await until('the last batch', () => (server.points(collection) === 1_500 ? true : undefined))
  expect(upserts(server).length).toBe(Math.ceil(1_500 / 64))
  expect(upserts(server).every(({ wait }) => wait)).toBe(true)
})

test('writes succeed during an outage of Qdrant, which has all rows afterwards', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  catalog.start()
  await catalog.put(rows(10))
  await until('the first points', () => (server.points(collection) === 10 ? true : undefined))
  await server.down()
  await catalog.put(rows(40))
  const found = await catalog.search('kind39', {}, { limit: 3 })
  expect(found.hits[0]?.capability.kind).toBe('Kind39')
  expect(found.note).toMatch(/^Qdrant does not answer .* This server searched by itself\.$/)
  const weak = await catalog.search('mongodb schedule sharding', {}, { limit: 3 })
  expect(weak.note).toMatch(/^Nothing in the catalog matches this well.* searched by itself\.$/)
  expect((await catalog.warnings()).join()).toContain('Qdrant does not answer')
  await server.up()
  await until('all points', () => (server.points(collection) === 40 ? true : undefined))
  await until('no warning', async () =>
    (await catalog.warnings()).length === 0 ? true : undefined,
  )
})

test('a 429 of Qdrant is retried, and the note of a search names a rejection', async () => {
  const { server, open } = await startStore()
  const catalog = open()
  await catalog.put(rows(1))
  server.fail(2, 429, { 'retry-after': '0' })
  expect(await catalog.search('kind0', {}, { limit: 1 })).toMatchObject({ note: null })
  await catalog.put(rows(2))
  server.fail(1, 403)
  const { note } = await catalog.search('kind1', {}, { limit: 1 })
  expect(note).toContain('(403): a fault was asked for')
})

test('a repeated search returns types with equal fused scores in the same order', async () => {
  const { open } = await startStore()
  const toVector = (text: string) =>
    new Float32Array(text.includes('Backup') ? [1, 0.5, 0] : [1, 0, 0])
  const embedder = {
    model: 'test',
    dimensions: 3,
    embed: async (texts: string[]) => texts.map(toVector),
  }
  const catalog = open({ embedder })
  // Each is the first in one of the two lists.
  await catalog.put([
    makeCapability({ kind: 'Backup', capabilities: ['backups nightly'] }),
    makeCapability({ kind: 'Restore', capabilities: ['backups'] }),
  ])
  const search = async () => (await catalog.search('backups nightly', {}, { limit: 2 })).hits
  const first = await search()
  expect(first).toHaveLength(2)
  expect(await search()).toEqual(first)
})

test('a reindex builds a new collection, switches to it and keeps the old one', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  await catalog.put(rows(100))
  await catalog.search('kind1', {}, { limit: 1 })
  const seen: [number, number][] = []
  const report = await catalog.reindex(
    (done, total) => seen.push([done, total]),
    new AbortController().signal,
  )
  expect(report).toEqual({
    types: 100,
    store: `${collection}_v2`,
    previous: `${collection}_v1`,
  })
  expect(server.names()).toEqual({
    collections: [`${collection}_v1`, `${collection}_v2`],
    aliases: { [collection]: `${collection}_v2` },
  })
  expect(seen.at(-1)).toEqual([100, 100])
  expect(await catalog.search('kind99', {}, { limit: 1 })).toMatchObject({ note: null })
})

test('a failed reindex does not switch the collection', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  await catalog.put(rows(3))
  await catalog.search('kind1', {}, { limit: 1 })
  server.fail(9, 500)
  const reindex = catalog.reindex(() => undefined, new AbortController().signal)
  await expect(reindex).rejects.toThrow('Qdrant does not answer')
  expect(server.names().aliases).toEqual({ [collection]: `${collection}_v1` })
})

test('a collection with vectors of another model is kept and not searched until a reindex', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  await catalog.put(rows(5))
  await catalog.search('kind1', {}, { limit: 1 })
  const embedder = {
    model: 'other',
    dimensions: 3,
    embed: async (texts: string[]) => texts.map(() => new Float32Array([1, 0, 0])),
  }
  const other = open({ embedder })
  const found = await other.search('kind1', {}, { limit: 1 })
  expect(found.note).toContain('POST /api/v1/capabilities/reindex')
  expect(server.points(collection)).toBe(5)
  await other.reindex(() => undefined, new AbortController().signal)
  expect(await other.search('kind1', {}, { limit: 1, mode: 'semantic' })).toMatchObject({
    mode: 'semantic',
    note: null,
  })
})

test('the copy is rebuilt after Redis was emptied', async () => {
  const { server, open, collection, keys, redisUrl } = await startStore()
  const catalog = open()
  await catalog.put(rows(3))
  await catalog.put(rows(5))
  await catalog.search('kind1', {}, { limit: 1 })
  const redis = new Redis(redisUrl)
  await redis.del(keys.catalogGeneration, keys.catalogChanges, keys.capabilities('default'))
  await redis.del(keys.capabilityClusters)
  redis.disconnect()
  await catalog.put([makeCapability()])
  expect((await catalog.search('kind1', {}, { limit: 9 })).note).toBeNull()
  expect(server.points(collection)).toBe(1)
})

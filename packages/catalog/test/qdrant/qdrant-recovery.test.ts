import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { makeCapability } from '@capstan/testkit/make-capability'
import type { QdrantServer } from '@capstan/testkit/qdrant/qdrant-server'
import { until } from '@capstan/testkit/until'
import { removePoints } from '@capstan/catalog/qdrant/points'
import { openQdrantConnection } from '@capstan/catalog/qdrant/qdrant-connection'
import { rows, startStore } from './open-store.ts'

const { signal } = new AbortController()
const OTHER_MODEL = {
  model: 'other',
  dimensions: 3,
  embed: async (texts: string[]) => texts.map(() => new Float32Array([1, 0, 0])),
}

const requestsTo = ({ requests }: QdrantServer, end: string) =>
  requests.filter(({ path }) => path.endsWith(end))

function openRedis(url: string): Redis {
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  return redis
}

test('a failed reindex deletes its incomplete collection', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  await catalog.put(rows(3))
  await catalog.search('kind1', {}, { limit: 1 })
  const embedder = { ...OTHER_MODEL, embed: () => Promise.reject(new Error('no model')) }
  const reindex = open({ embedder }).reindex(() => undefined, signal)
  await expect(reindex).rejects.toThrow('no model')
  expect(server.names()).toEqual({
    collections: [`${collection}_v1`],
    aliases: { [collection]: `${collection}_v1` },
  })
})

test('a reindex succeeds while rows are written, and with a row of an unknown version', async () => {
  const { server, open, keys, redisUrl } = await startStore()
  const catalog = open()
  await catalog.put(rows(3))
  await openRedis(redisUrl).hset(keys.capabilities('default'), 'odd.example.com', '{}')
  const release = server.hang('/points/count')
  const reindex = catalog.reindex(() => undefined, signal)
  await until('the count', () => requestsTo(server, '/points/count').length > 0 || undefined)
  await catalog.put(rows(5))
  release()
  expect(await reindex).toMatchObject({ types: 5 })
  expect(await catalog.search('kind4', {}, { limit: 1 })).toMatchObject({
    note: null,
    hits: [{ capability: { kind: 'Kind4' } }],
  })
})

test('a collection with the name of the alias is named in the warning, and no collection is created', async () => {
  const { server, collection, open } = await startStore()
  const connection = openQdrantConnection({ url: server.url })
  await connection.call('a collection', z.literal(true), (client) =>
    client.createCollection(collection, {
      sparse_vectors: { a: { modifier: 'idf' } },
      strict_mode_config: { enabled: true },
      metadata: {},
    }),
  )
  const catalog = open()
  await catalog.put(rows(1))
  const found = await catalog.search('kind0', {}, { limit: 1 })
  expect(found.hits).toHaveLength(1)
  expect(found.note).toContain(`Qdrant has a collection ${collection}`)
  expect(found.note).toContain('CAPSTAN_QDRANT_COLLECTION')
  expect(server.names()).toEqual({ collections: [collection], aliases: {} })
})

test.each([
  ['1.15.5', 'Qdrant 1.15.5 at QDRANT_URL is too old: 1.16 or later is needed.'],
  ['1.16.0', null],
  ['2.0.1-dev', null],
])('a search in a Qdrant of version %s has the note %s', async (version, note) => {
  const { server, open } = await startStore(version)
  const catalog = open()
  await catalog.put(rows(1))
  const found = await catalog.search('kind0', {}, { limit: 1 })
  expect(found.note).toBe(note && `${note} This server searched by itself.`)
  expect(server.names().collections).toHaveLength(note === null ? 1 : 0)
})

test('a search that Qdrant does not answer in time runs in this process, and the next ones do at once', async () => {
  const { server, open } = await startStore()
  const catalog = open({ searchTimeoutMs: 500 })
  await catalog.put(rows(2))
  catalog.start()
  const searchQdrant = () =>
    until('a search in Qdrant', async () => {
      const { note } = await catalog.search('kind0', {}, { limit: 1 })
      return note === null ? true : undefined
    })
  await searchQdrant()
  const before = requestsTo(server, '/points/query').length
  const release = server.hang()
  for (let n = 0; n < 3; n += 1) {
    const { note, hits } = await catalog.search('kind1', {}, { limit: 1 })
    expect(hits[0]?.capability.kind).toBe('Kind1')
    expect(note).toMatch(/^Qdrant did not answer within 500 ms\. This server searched by itself\.$/)
  }
  expect(requestsTo(server, '/points/query')).toHaveLength(before + 1)
  release()
  await searchQdrant()
})

test('a search after the storage of Qdrant was lost finds all rows in a new collection', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  await catalog.put(rows(3))
  await catalog.search('kind1', {}, { limit: 1 })
  const connection = openQdrantConnection({ url: server.url })
  await connection.call('the removal', z.boolean(), (client) =>
    client.deleteCollection(`${collection}_v1`),
  )
  expect(await catalog.search('kind2', {}, { limit: 1 })).toMatchObject({
    note: null,
    hits: [{ capability: { kind: 'Kind2' } }],
  })
  expect(server.points(collection)).toBe(3)
})

test('a process whose collection did not fit uses the one that another process has built', async () => {
  const { open } = await startStore()
  const [first, waiting, rebuilding] = [
    open(),
    open({ embedder: OTHER_MODEL }),
    open({ embedder: OTHER_MODEL }),
  ]
  await first.put(rows(2))
  await first.search('kind1', {}, { limit: 1 })
  waiting.start()
  await until('a warning', async () => ((await waiting.warnings()).length > 0 ? true : undefined))
  await rebuilding.reindex(() => undefined, signal)
  await until('no warning', async () =>
    (await waiting.warnings()).length === 0 ? true : undefined,
  )
  expect(await waiting.search('kind1', {}, { limit: 1 })).toMatchObject({ note: null })
})

test('the removal of a row does not remove a point that was written later', async () => {
  const { server, open, collection } = await startStore()
  const catalog = open()
  const row = makeCapability()
  await catalog.put([row])
  await catalog.put([{ ...row, description: 'changed' }])
  await catalog.search('schedule', {}, { limit: 1 })
  const connection = openQdrantConnection({ url: server.url })
  await removePoints(connection, collection, [row], 1)
  expect(server.points(collection)).toBe(1)
  await removePoints(connection, collection, [row], 2)
  expect(server.points(collection)).toBe(0)
})

test('after Redis lost its latest changes, later ones are found in Qdrant', async () => {
  const { open, collection, keys, redisUrl } = await startStore()
  const catalog = open()
  const row = makeCapability()
  await catalog.put([row])
  await catalog.search('schedule', {}, { limit: 1 })
  const redis = openRedis(redisUrl)
  const saved = await redis.hgetall(keys.capabilities('default'))
  for (const minConfidence of [0.8, 0.9]) {
    await catalog.put([{ ...row, confidence: minConfidence }])
    await catalog.search('schedule', {}, { limit: 1 })
  }
  // As after a restart with an older append-only file.
  await redis.hset(keys.capabilities('default'), saved)
  await redis.set(keys.catalogGeneration, 1)
  await redis.set(keys.catalogCopied(collection), 1)
  const restarted = open()
  await restarted.put([{ ...row, confidence: 0.2 }])
  const found = await restarted.search('schedule', { minConfidence: 0.8 }, { limit: 1 })
  expect(found).toMatchObject({ note: null, hits: [] })
})

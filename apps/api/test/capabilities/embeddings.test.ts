import { expect, onTestFinished, test } from 'vitest'
import { Redis } from 'ioredis'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testQdrant } from '@capstan/testkit/qdrant/qdrant-server'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { readApiConfig } from '../../src/config.ts'
import { startApi } from '../../src/start-api.ts'

interface Found {
  mode: string
  note: string | null
  data: { capability: { kind: string } }[]
}

/** An API as in production with Qdrant and an embedding server, and a catalog with two types. */
async function start() {
  const [redis, qdrant, sim] = [testRedis(), await testQdrant(), await testProviderSim()]
  const writer = new Redis(redis.url)
  const rows = openRedisCatalog(writer, redis.keys)
  onTestFinished(async () => {
    await rows.close()
    writer.disconnect()
  })
  await rows.put([
    makeCapability({ kind: 'Bucket', capabilities: ['object storage for files'] }),
    makeCapability({ kind: 'Mailer', capabilities: ['newsletters to subscribers'] }),
  ])
  const config = readApiConfig({
    REDIS_URL: redis.url,
    CAPSTAN_REDIS_PREFIX: redis.keys.prefix,
    PORT: '0',
    LOG_LEVEL: 'silent',
    QDRANT_URL: qdrant.url,
    CAPSTAN_QDRANT_COLLECTION: 'embedded',
    EMBEDDINGS_URL: `${sim.url}/v1`,
    EMBEDDINGS_API_KEY: 'sk-test-0123456789',
    EMBEDDINGS_DIMENSIONS: '256',
  })
  const api = await startApi(config, createSilentLog())
  onTestFinished(() => api.stop())
  const search = async (q: string, mode: string): Promise<Found> => {
    const query = new URLSearchParams({ q, mode })
    const response = await fetch(`${api.url}/api/v1/capabilities/search?${query.toString()}`)
    expect(response.status).toBe(200)
    return (await response.json()) as Found
  }
  return { qdrant, sim, search, rows }
}

test('rows and queries are embedded, and a search finds the type with the same meaning', async () => {
  const { qdrant, sim, search } = await start()
  // The points are there before the collection is announced to searches.
  const found = await until('a search in Qdrant', async () => {
    const answer = await search('newsletters to subscribers', 'semantic')
    return answer.note === null ? answer : undefined
  })
  expect(found.mode).toBe('semantic')
  expect(found.data[0]?.capability.kind).toBe('Mailer')
  expect(qdrant.points('embedded')).toBe(2)
  expect(new Set(sim.calls().map(({ endpoint }) => endpoint))).toEqual(new Set(['/v1/embeddings']))
})

test('while the embedding model is unreachable, searches use keywords, find new types and report both', async () => {
  const { qdrant, sim, search, rows } = await start()
  await until('both points', () => (qdrant.points('embedded') === 2 ? true : undefined))
  await sim.close()
  const byWords = await search('newsletters', 'semantic')
  expect(byWords).toMatchObject({
    mode: 'keyword',
    note: 'The embedding model does not answer, so only words were compared.',
  })
  expect(byWords.data[0]?.capability.kind).toBe('Mailer')
  await rows.put([makeCapability({ kind: 'Telescope', capabilities: ['looking at stars'] })])
  // During the copy in the background, a search uses Qdrant, where the row is missing.
  const here = await until('a search in this process', async () => {
    const answer = await search('looking at stars', 'hybrid')
    return answer.note?.endsWith('This server searched by itself.') ? answer : undefined
  })
  expect(here.note).toContain('EMBEDDINGS_URL')
  expect(here.data[0]?.capability.kind).toBe('Telescope')
})

test('without Qdrant the API compares the vectors itself and embeds each row once', async () => {
  const [redis, sim] = [testRedis(), await testProviderSim()]
  const writer = new Redis(redis.url)
  onTestFinished(() => writer.disconnect())
  const rows = openRedisCatalog(writer, redis.keys)
  await rows.put([
    makeCapability({ kind: 'Bucket', capabilities: ['object storage for files'] }),
    makeCapability({ kind: 'Mailer', capabilities: ['newsletters to subscribers'] }),
  ])
  const settings = {
    REDIS_URL: redis.url,
    CAPSTAN_REDIS_PREFIX: redis.keys.prefix,
    PORT: '0',
    EMBEDDINGS_URL: `${sim.url}/v1`,
    EMBEDDINGS_API_KEY: 'sk-test-0123456789',
  }
  for (const EMBEDDINGS_DIMENSIONS of ['256', '256', '128']) {
    const config = readApiConfig({ ...settings, EMBEDDINGS_DIMENSIONS })
    const api = await startApi(config, createSilentLog())
    onTestFinished(() => api.stop())
    const query = 'q=newsletters+to+subscribers&mode=semantic'
    const response = await fetch(`${api.url}/api/v1/capabilities/search?${query}`)
    const found = (await response.json()) as Found
    expect(found.data[0]?.capability.kind).toBe('Mailer')
    if (EMBEDDINGS_DIMENSIONS === '256') expect(found).toMatchObject({ mode: 'semantic' })
    else expect(found.note).toContain('POST /api/v1/capabilities/reindex')
  }
  // One call for the probes of the scale, one for both rows, and one for each of the two semantic queries.
  expect(sim.stats().calls).toBe(4)
})

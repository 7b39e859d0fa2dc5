import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { EMBED_BATCH } from '@capstan/shared/embeddings/embedder'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { readApiConfig } from '../../src/config.ts'
import { openEmbedders, type Embedders } from '../../src/embeddings/open-embedders.ts'

const never = (): AbortSignal => new AbortController().signal

/** Embedders of several API processes: one Redis, each with a connection of its own. */
async function start(play: SimConfigInput, limits: string, processes = 1) {
  const [{ url, keys }, sim] = [testRedis(), await testProviderSim(play)]
  const config = readApiConfig({
    REDIS_URL: url,
    EMBEDDINGS_URL: `${sim.url}/v1`,
    EMBEDDINGS_API_KEY: 'sk-embeddings-0123456789',
    EMBEDDINGS_DIMENSIONS: '64',
    EMBEDDINGS_LIMITS: limits,
  })
  const open = async (): Promise<Embedders> => {
    const redis = new Redis(url)
    onTestFinished(() => redis.disconnect())
    const embedders = await openEmbedders(config, redis, keys, createSilentLog())
    if (!embedders) throw new Error('embeddings were asked for')
    return embedders
  }
  return { sim, all: await Promise.all(Array.from({ length: processes }, open)) }
}

const createTexts = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name} number ${index} keeps data of customers`)

test('configured limits are shared by all API processes and used completely', async () => {
  const { sim, all } = await start(
    {
      embeddingMs: 20,
      // Three more than the clients expect: on a busy machine calls arrive closer together than they were admitted.
      limits: { requestsPerMinute: 60, tokensPerMinute: 1_000_000, burstSeconds: { requests: 13 } },
    },
    'rpm=60,tpm=1000000',
    3,
  )
  const made = await Promise.all(
    all.map(({ rows }, process) =>
      rows.embed(createTexts(`p${process}`, 5 * EMBED_BATCH), never()),
    ),
  )
  for (const vectors of made) expect(vectors).toHaveLength(5 * EMBED_BATCH)
  expect(sim.stats()).toMatchObject({ calls: 15, succeeded: 15, rateLimited: 0 })
  // More than a bucket holds, so the limit delayed calls.
  expect(sim.compliance().buckets[0]?.capacity).toBeLessThan(15)
})

test('longer texts use more of the token limit', async () => {
  const { sim, all } = await start({ limits: { tokensPerMinute: 60_000 } }, 'tpm=60000')
  const long = createTexts('x', 14 * EMBED_BATCH).map((text) => text.padEnd(600, ' long text'))
  await all[0]?.rows.embed(long, never())
  expect(sim.stats()).toMatchObject({ calls: 14, rateLimited: 0 })
  expect(sim.calls().reduce((sum, call) => sum + call.inputTokens, 0)).toBeGreaterThan(60_000)
})

test('a call with a Retry-After response waits and is repeated, and other calls are not', async () => {
  const { sim, all } = await start(
    { faults: [{ kind: 'rate-limited', times: 1, retryAfter: 1 }] },
    '',
  )
  const vectors = await all[0]?.rows.embed(createTexts('x', 3 * EMBED_BATCH), never())
  expect(vectors).toHaveLength(3 * EMBED_BATCH)
  expect(sim.stats()).toMatchObject({ calls: 4, succeeded: 3 })
})

test('a query with a long wait for admission fails at once, while rows wait', async () => {
  const { sim, all } = await start({ limits: { requestsPerMinute: 2 } }, 'rpm=2')
  await all[0]?.queries.embed(['the first'], never())
  await expect(all[0]?.queries.embed(['one more'], never())).rejects.toThrow(
    /may not be called for another \d+ s \(requests\)/,
  )
  expect(sim.stats().rateLimited).toBe(0)
})

test('a rejected key is not used again, and every caller gets the reason', async () => {
  const { sim, all } = await start({ keys: ['another'] }, '')
  await expect(all[0]?.rows.embed(['a'], never())).rejects.toThrow('EMBEDDINGS_API_KEY')
  await expect(all[0]?.rows.embed(['b'], never())).rejects.toThrow('EMBEDDINGS_API_KEY')
  expect(sim.stats().calls).toBe(1)
})

test('the breaker of an unreachable embedding server opens', async () => {
  const { sim, all } = await start({ faults: [{ kind: 'unavailable', probability: 1 }] }, '')
  for (let n = 0; n < 12; n += 1) {
    await all[0]?.queries.embed([`query ${n}`], never()).catch(() => undefined)
  }
  expect(sim.stats().calls).toBeLessThan(12)
})

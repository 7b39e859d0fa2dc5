import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { EMBED_BATCH, openAiEmbedder, type EmbeddingSettings } from '../src/openai-embedder.ts'

const KEY = 'sk-canary-0123456789abcdef'
const never = (): AbortSignal => new AbortController().signal

function open(url: string, settings: Partial<EmbeddingSettings> = {}) {
  return openAiEmbedder({
    model: 'text-embedding-3-small',
    dimensions: 64,
    baseUrl: `${url}/v1`,
    apiKey: KEY,
    ...settings,
  })
}

async function failureOf(call: Promise<unknown>): Promise<ItemError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${String(error)}`)
  return error
}

test('texts come back as vectors of length 1, in order, a batch a call', async () => {
  const sim = await testProviderSim()
  const texts = Array.from({ length: EMBED_BATCH * 2 + 1 }, (_, index) => `database number${index}`)
  const vectors = await open(sim.url).embed(texts, never())
  expect(vectors).toHaveLength(texts.length)
  expect(sim.calls()).toHaveLength(3)
  for (const vector of vectors) {
    expect(vector).toHaveLength(64)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  }
  const [alone] = await open(sim.url).embed([texts[40] ?? ''], never())
  expect(vectors[40]).toEqual(alone)
})

test('vectors of another length are refused with the setting that mends it', async () => {
  const sim = await testProviderSim()
  const model = 'text-embedding-simulated'
  const error = await failureOf(open(sim.url, { model }).embed(['a'], never()))
  expect(error.message).toContain('vectors of 1536 numbers, and 64 are expected')
  expect(error.message).toContain('EMBEDDINGS_DIMENSIONS=1536')
})

test('a wait that was asked for is kept: nothing is sent until it is over', async () => {
  const sim = await testProviderSim({ limits: { requestsPerMinute: 1 } })
  const embedder = open(sim.url)
  await embedder.embed(['first'], never())
  const error = await failureOf(embedder.embed(['second'], never()))
  expect(error).toMatchObject({ reason: 'rate_limited', policy: 'wait' })
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(1_000)
  const sent = sim.calls().length
  expect(await failureOf(embedder.embed(['third'], never()))).toBe(error)
  expect(sim.calls()).toHaveLength(sent)
})

test('a server that is away is a fault to repeat, without the key in its text', async () => {
  const sim = await testProviderSim()
  await sim.close()
  const error = await failureOf(open(sim.url).embed(['a'], never()))
  expect(error).toMatchObject({ reason: 'provider_error', policy: 'retry' })
  expect(error.message).toContain('EMBEDDINGS_URL')
  expect(error.message).not.toContain(KEY)
})

test('a signal that has fired already is thrown as its reason', async () => {
  const sim = await testProviderSim()
  await expect(open(sim.url).embed(['a'], AbortSignal.abort('stop'))).rejects.toBe('stop')
  expect(sim.calls()).toHaveLength(0)
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openOpenAiEmbedder, type EmbeddingSettings } from '../src/openai-embedder.ts'

const KEY = 'sk-canary-0123456789abcdef'
const never = (): AbortSignal => new AbortController().signal

function open(url: string, settings: Partial<EmbeddingSettings> = {}) {
  return openOpenAiEmbedder({
    model: 'text-embedding-3-small',
    dimensions: 64,
    baseUrl: `${url}/v1`,
    apiKey: KEY,
    ...settings,
  })
}

async function catchItemError(call: Promise<unknown>): Promise<ItemError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${String(error)}`)
  return error
}

test('texts are embedded as unit vectors in their order, with usage and limits', async () => {
  const sim = await testProviderSim({ limits: { requestsPerMinute: 500 } })
  const texts = Array.from({ length: 5 }, (_, index) => `database number${index}`)
  const { vectors, usage, observed } = await open(sim.url).ask(texts, never())
  expect(vectors).toHaveLength(texts.length)
  for (const vector of vectors) {
    expect(vector).toHaveLength(64)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  }
  expect(usage).toEqual({
    inputTokens: sim.calls()[0]?.inputTokens,
    cachedTokens: 0,
    outputTokens: 0,
  })
  expect(observed.requests).toMatchObject({ limit: 500, remaining: 499 })
  const alone = await open(sim.url).ask([texts[4] ?? ''], never())
  expect(vectors[4]).toEqual(alone.vectors[0])
})

const USAGES: [string, unknown, number, number?][] = [
  ['as OpenAI', { usage: { prompt_tokens: 12, total_tokens: 12 } }, 12],
  ['by a total alone', { usage: { total_tokens: 12 } }, 12],
  ['as a text', { usage: { prompt_tokens: '1,200', total_tokens: '1,200' } }, 1_200],
  ['as Ollama', { prompt_eval_count: 12 }, 12],
  ['as 0', { usage: { prompt_tokens: 0, total_tokens: 0 } }, 5, 5],
  ['as a negative number', { usage: { prompt_tokens: -3 } }, 5, 5],
  ['as nothing', {}, 5, 5],
]

test.each(USAGES)(
  'embedding usage reported %s never fails the call, and estimates are marked',
  async (_, extra, inputTokens, estimatedTokens) => {
    const server = createServer((request, response) => {
      request.resume()
      const data = [{ object: 'embedding', index: 0, embedding: [3, 4] }]
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data, model: 'm', ...Object(extra) }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const embedder = open(`http://127.0.0.1:${port}`, { model: 'm', dimensions: 2 })
    const { usage } = await embedder.ask(['twenty characters...'], never())
    expect(usage).toEqual({
      inputTokens,
      cachedTokens: 0,
      outputTokens: 0,
      ...(estimatedTokens === undefined ? {} : { estimatedTokens }),
    })
  },
)

test('vectors of other dimensions are rejected with the setting to change', async () => {
  const sim = await testProviderSim()
  const model = 'text-embedding-simulated'
  const error = await catchItemError(open(sim.url, { model }).ask(['a'], never()))
  expect(error.message).toContain('vectors of 1536 dimensions instead of 64')
  expect(error.message).toContain('EMBEDDINGS_DIMENSIONS=1536')
})

test('an unreachable embedding server is a retryable fault without the key in its message', async () => {
  const sim = await testProviderSim()
  await sim.close()
  const error = await catchItemError(open(sim.url).ask(['a'], never()))
  expect(error).toMatchObject({ reason: 'provider_error', policy: 'retry' })
  expect(error.message).toContain('EMBEDDINGS_URL')
  expect(error.message).not.toContain(KEY)
})

test('an aborted signal makes an embedding call throw its reason', async () => {
  const sim = await testProviderSim()
  await expect(open(sim.url).ask(['a'], AbortSignal.abort('stop'))).rejects.toBe('stop')
  expect(sim.calls()).toHaveLength(0)
})

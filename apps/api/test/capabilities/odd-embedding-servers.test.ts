import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { testRedis } from '@capstan/testkit/redis'
import { readApiConfig } from '../../src/config.ts'
import { openEmbedders } from '../../src/embeddings/open-embedders.ts'

interface Refusal {
  status: number
  body: unknown
}
const Request = z.object({ input: z.array(z.string()) })

/** An embedding server that refuses some requests, and the embedder of rows that calls it. */
async function start(refuse: (texts: string[]) => Refusal | undefined) {
  const batches: number[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { input } = Request.parse(body)
      batches.push(input.length)
      const refusal = refuse(input)
      const data = input.map((text, index) => ({ index, embedding: [text.length, 1] }))
      response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(refusal?.body ?? { data }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  const [{ url, keys }, EMBEDDINGS_URL] = [testRedis(), `http://127.0.0.1:${port}/v1`]
  const settings = { REDIS_URL: url, EMBEDDINGS_URL, EMBEDDINGS_DIMENSIONS: '2' }
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const config = readApiConfig(settings)
  const embedders = await openEmbedders(config, redis, keys, createSilentLog())
  if (!embedders) throw new Error('embeddings were asked for')
  return { batches, rows: embedders.rows }
}

const never = (): AbortSignal => new AbortController().signal
const createTexts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`)

test.each([
  [413, { error: 'batch size 32 > maximum allowed batch size 4', error_type: 'Validation' }],
  [422, { error: { message: 'batch size 32 > maximum allowed batch size 4', code: 422 } }],
  [
    400,
    { error: { message: 'input: at most 4 items are allowed', type: 'invalid_request_error' } },
  ],
])(
  'a server that refuses batches above 4 texts with %d gets smaller ones',
  async (status, body) => {
    const { rows, batches } = await start(({ length }) =>
      length > 4 ? { status, body } : undefined,
    )
    expect(await rows.embed(createTexts(32), never())).toHaveLength(32)
    batches.length = 0
    await rows.embed(createTexts(8), never())
    expect(batches).toEqual([4, 4])
  },
)

test('a server that refuses long texts, as TEI without truncation, gets the beginning of each', async () => {
  const error = '`inputs` must have less than 512 tokens. Given: 1204'
  const { rows } = await start((texts) =>
    texts.some(({ length }) => length > 2_000)
      ? { status: 413, body: { error, error_type: 'Validation' } }
      : undefined,
  )
  const vectors = await rows.embed(['short', 'long '.repeat(1_000)], never())
  // Vectors have length 1, and their numbers are the length of the text and 1.
  expect(vectors.map(([length = 0, one = 0]) => Math.round(length / one))).toEqual([5, 1_250])
})

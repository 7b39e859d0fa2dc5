import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { testQdrant } from '@capstan/testkit/qdrant/qdrant-server'
import { openQdrantConnection } from '@capstan/catalog/qdrant/qdrant-connection'
import { QdrantRejectedError, QdrantUnavailableError } from '@capstan/catalog/qdrant/qdrant-errors'

interface OddAnswer {
  status?: number
  type?: string
  body: string
}

/** A server that gives one answer to every request. */
async function serve({ status = 200, type = 'application/json', body }: OddAnswer) {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    request.resume()
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, count: () => count }
}

const Collections = z.object({ collections: z.array(z.unknown()) })

async function fail(url: string, apiKey?: string): Promise<unknown> {
  const connection = openQdrantConnection({ url, apiKey })
  const request = connection.call('its collections', Collections, (client) =>
    client.getCollections(),
  )
  return request.then(
    () => undefined,
    (error: unknown) => error,
  )
}

test.each([
  ['a web page', { type: 'text/html', body: '<html>Welcome</html>' }],
  ['JSON without a result', { body: '{"status":"ok"}' }],
  ['an empty body', { type: 'text/plain', body: '' }],
  ['a result of another form', { body: '{"result":{"collections":"none"}}' }],
  ['null', { body: 'null' }],
])(
  'an answer with status 200 and %s is rejected once with the setting to check',
  async (...[, answer]) => {
    const { url, count } = await serve(answer)
    const error = await fail(url)
    expect(error).toBeInstanceOf(QdrantRejectedError)
    expect(String(error)).toContain('The server at QDRANT_URL does not answer as Qdrant does')
    expect(count()).toBe(1)
  },
)

test('the error of a refused key states the reason and the setting to check, and no key', async () => {
  const { url } = await testQdrant({ apiKey: 'right-canary' })
  const error = await fail(url, 'wrong-canary')
  expect(error).toMatchObject({ status: 401 })
  expect(String(error)).toContain(
    '(401): Must provide an API key or an Authorization bearer token. Check QDRANT_API_KEY',
  )
  expect(String(error)).not.toContain('canary')
})

test.each([
  ['the text', { status: 413, type: 'text/plain', body: ' too large\n' }, '(413): too large'],
  ['no part', { status: 404, type: 'text/html', body: '<h1>404</h1>' }, '(404): no reason given'],
  [
    'the reason',
    { status: 400, body: '{"status":{"error":"Wrong input: it"},"time":0}' },
    '(400): Wrong input: it',
  ],
])('the error of a rejected request contains %s of its answer', async (_part, answer, text) => {
  const { url } = await serve(answer)
  const error = await fail(url)
  expect(error).toBeInstanceOf(QdrantRejectedError)
  expect(String(error)).toContain(text)
})

test('an answer that a gateway cut is retried', async () => {
  const { url, count } = await serve({ body: '{"result":{"collections":[' })
  expect(await fail(url)).toBeInstanceOf(QdrantUnavailableError)
  expect(count()).toBe(3)
})

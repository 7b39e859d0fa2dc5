import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openQdrantConnection } from '@capstan/catalog/qdrant/qdrant-connection'
import { QdrantRejectedError } from '@capstan/catalog/qdrant/qdrant-errors'

async function serve(answer: (path: string) => Record<string, string>) {
  const paths: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    paths.push(request.url ?? '')
    response.writeHead(307, answer(request.url ?? ''))
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return { url: `http://127.0.0.1:${port}`, paths }
}

test.each([
  [
    'a search',
    (link: ReturnType<typeof openQdrantConnection>) =>
      link.call('it', z.unknown(), (client) => client.query('c', { query: [1] })),
  ],
  ['a list', (link) => link.call('it', z.unknown(), (client) => client.getCollections())],
  [
    'an upsert',
    (link) => link.call('it', z.unknown(), (client) => client.upsert('c', { points: [] })),
  ],
] satisfies [string, (link: ReturnType<typeof openQdrantConnection>) => Promise<unknown>][])(
  'a redirect of %s by Qdrant is rejected and not followed',
  async (_title, call) => {
    const target = await serve(() => ({}))
    const { url, paths } = await serve((path) => ({
      location: `${target.url.replace('http://', 'http://u:secret@')}${path}?k=secret`,
    }))
    const link = openQdrantConnection({ url, apiKey: 'canary-key' })
    const error: unknown = await call(link).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(QdrantRejectedError)
    expect(String(error)).toContain(`it redirects to ${target.url}/`)
    expect(String(error)).toContain('QDRANT_URL')
    expect(String(error)).not.toContain('secret')
    expect(paths).toHaveLength(1)
    expect(target.paths).toEqual([])
  },
)

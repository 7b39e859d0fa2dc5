import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import {
  BodyTooLargeError,
  createGuardedFetch,
  RedirectError,
  RequestError,
} from '@capstan/shared/http/create-guarded-fetch'

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return `http://127.0.0.1:${port}`
}

const bounded = createGuardedFetch({ maxBytes: 1_000 })

test('a response within the size limit keeps its status, headers and URL', async () => {
  const url = await serve((response) => {
    response.writeHead(201, { 'x-one': '1' })
    response.end('x'.repeat(1_000))
  })
  const answer = await bounded(`${url}/path`)
  expect([answer.status, answer.headers.get('x-one'), answer.url]).toEqual([
    201,
    '1',
    `${url}/path`,
  ])
  expect(await answer.text()).toHaveLength(1_000)
})

test('a response without a body is returned', async () => {
  const url = await serve((response) => {
    response.writeHead(204)
    response.end()
  })
  expect(await (await bounded(url)).text()).toBe('')
})

test.each([
  ['sent', (response: ServerResponse) => response.end('x'.repeat(1_001))],
  [
    'unpacked',
    (response: ServerResponse) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(Buffer.alloc(10_000_000)))
    },
  ],
  [
    'sent without an end',
    (response: ServerResponse) => {
      const more = (): void => void response.write('x'.repeat(1_000), more)
      more()
    },
  ],
])('a body beyond the size limit as it is %s fails', async (_title, answer) => {
  const url = await serve(answer)
  await expect((await bounded(url)).text()).rejects.toBeInstanceOf(BodyTooLargeError)
})

test.each([301, 302, 303, 307, 308])('a redirect with status %i is rejected', async (status) => {
  const target = await serve((response) => response.end('followed'))
  const url = await serve((response) => {
    response.writeHead(status, { location: `${target.replace('//', '//me:secret@')}/x?secret` })
    response.end()
  })
  const error: unknown = await bounded(`${url}/?secret`).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RedirectError)
  expect(error).toMatchObject({ status, location: `${target}/x`, url: `${url}/` })
  expect(String(error)).not.toContain('secret')
})

test('a closed port is a RequestError with its cause', async () => {
  const error: unknown = await bounded('http://127.0.0.1:9/x?secret').catch((reason) => reason)
  expect(error).toBeInstanceOf(RequestError)
  expect(error).toMatchObject({ url: 'http://127.0.0.1:9/x' })
})

test('guarded fetch throws the reason of the signal unchanged', async () => {
  const url = await serve(() => undefined)
  const stop = new AbortController()
  const call = bounded(url, { signal: stop.signal })
  stop.abort('stop')
  await expect(call).rejects.toBe('stop')
})

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import {
  CapstanError,
  createCapstanClient,
  isProblem,
  type WatchScanOptions,
} from '../src/index.ts'

const ID = 'scan_0123456789abcdef0123456789abcdef'
const TOKEN = 'cap_0123456789abcdef'
const END = formatEvent('9-0', 'scan.finished', { scan: {} })

function formatEvent(id: string, event: string, data: object = {}): string {
  return `${id === '' ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

type Connection = (response: ServerResponse, request: IncomingMessage) => void

const stream =
  (...events: string[]): Connection =>
  (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''))

/** Answers the n-th connection with the n-th function, and later ones with the last. */
async function listen(connections: Connection[]) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    connections[Math.min(requests.length, connections.length) - 1]?.(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests }
}

async function watch(connections: Connection[], options: WatchScanOptions = {}) {
  const { url, requests } = await listen(connections)
  const client = createCapstanClient({ server: `${url}/prefix/`, token: TOKEN })
  const retries: { why: string; retryInMs: number }[] = []
  const onRetry = options.onRetry ?? ((retry) => void retries.push(retry))
  const events: string[] = []
  let fault: unknown
  try {
    for await (const { event } of client.watchScan(ID, { ...options, onRetry })) events.push(event)
  } catch (error) {
    fault = error
  }
  return { events, retries, requests, fault }
}

const problem = (status: number, code: string, headers = {}): Connection => {
  const body = {
    type: `/problems/${code}`,
    title: 'Refused',
    status,
    code,
    retryable: status > 499,
  }
  return (response) =>
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify(body))
}

test('the first request has the token, the path prefix and the given last event id', async () => {
  const { events, requests, fault } = await watch([stream(END)], { lastEventId: '7-0' })
  expect({ events, fault }).toEqual({ events: ['scan.finished'], fault: undefined })
  expect(requests[0]?.url).toBe(`/prefix/api/v1/scans/${ID}/events`)
  expect(requests[0]?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'last-event-id': '7-0',
  })
})

test('a closing server, a cut connection and a page of a proxy are retried with the last event id', async () => {
  const { events, requests, retries } = await watch([
    stream(formatEvent('1-0', 'scan.started'), formatEvent('', 'server.closing', { retryMs: 700 })),
    (response) => response.destroy(),
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>'),
    stream(formatEvent('1-0', 'scan.started'), END),
  ])
  expect(events).toEqual(['scan.started', 'server.closing', 'scan.finished'])
  expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([
    undefined,
    '1-0',
    '1-0',
    '1-0',
  ])
  expect(retries.map(({ why }) => why)).toEqual([
    'the server ended the stream',
    'the server is unreachable',
    'HTTP 200 without a problem document of Capstan',
  ])
  expect(retries[0]?.retryInMs).toBe(700)
})

test('a gap and its snapshot arrive, and the position begins again there', async () => {
  const { events, requests } = await watch(
    [
      stream(formatEvent('', 'gap', { from: 1, to: 4 }), formatEvent('', 'snapshot')),
      stream(formatEvent('5-0', 'resource.started'), END),
    ],
    { lastEventId: '8-0' },
  )
  expect(events).toEqual(['gap', 'snapshot', 'resource.started', 'scan.finished'])
  expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual(['8-0', undefined])
})

test('status 204 ends the iteration, because all events were received', async () => {
  const { events, fault } = await watch([(response) => response.writeHead(204).end()])
  expect({ events, fault }).toEqual({ events: [], fault: undefined })
})

test('Retry-After of a busy server is the least delay, and an aborted signal ends it with its reason', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const delays: number[] = []
  const { fault } = await watch([problem(503, 'TOO_MANY_STREAMS', { 'retry-after': '40' })], {
    signal: controller.signal,
    onRetry: ({ retryInMs }) => {
      delays.push(retryInMs)
      controller.abort(reason)
    },
  })
  expect(delays).toEqual([40_000])
  expect(fault).toBe(reason)
})

test('an aborted signal ends an open stream with its reason', async () => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const { fault } = await watch(
    [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        controller.abort(reason)
      },
    ],
    { signal: controller.signal },
  )
  expect(fault).toBe(reason)
})

test('leaving the loop closes the connection', async () => {
  const closed = Promise.withResolvers<void>()
  const { url } = await listen([
    (response) => {
      response.once('close', () => closed.resolve())
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(formatEvent('1-0', 'scan.started'))
    },
  ])
  for await (const { id } of createCapstanClient({ server: url }).watchScan(ID)) {
    expect(id).toBe('1-0')
    break
  }
  await closed.promise
})

test.each([
  ['a problem with a status below 500', problem(404, 'NOT_FOUND'), 404],
  ['missing access at a proxy', (response: ServerResponse) => response.writeHead(401).end(), 401],
])('%s is thrown without a retry and without the token', async (_, connection, status) => {
  const { fault, requests } = await watch([connection])
  expect(requests).toHaveLength(1)
  expect(fault).toBeInstanceOf(CapstanError)
  expect(fault).toMatchObject({ status })
  expect(fault instanceof CapstanError && isProblem(fault.problem, 'NOT_FOUND')).toBe(
    status === 404,
  )
  expect(JSON.stringify(fault) + String(fault)).not.toContain(TOKEN)
})

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openApiClient } from '../src/client/api-client.ts'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import { followScan, type ScanWatchTimes } from '../src/watch/follow-scan.ts'

const ID = 'scan_0123456789abcdef0123456789abcdef'
const TIMES: ScanWatchTimes = {
  firstRetryMs: 1,
  longestRetryMs: 2,
  silentMs: 5_000,
  giveUpMs: 60_000,
}
const END = frame('9-0', 'scan.finished', { scan: {} })

function frame(id: string, event: string, data: object = {}): string {
  return `${id === '' ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

type Connection = (response: ServerResponse, request: IncomingMessage) => void

/**
 * Follows a scan on a server that answers the n-th connection with the n-th function, and later ones with the
 * last.
 */
async function followed(connections: Connection[], times: Partial<ScanWatchTimes> = {}) {
  const resumes: (string | undefined)[] = []
  const server = createServer((request, response) => {
    resumes.push(request.headers['last-event-id'] as string | undefined)
    const connection = connections[Math.min(resumes.length, connections.length) - 1]
    connection?.(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const api = openApiClient({ server: `http://127.0.0.1:${port}`, token: undefined })
  const heard: ScanUpdate[] = []
  const signal = new AbortController().signal
  let fault: unknown
  try {
    for await (const one of followScan(api, ID, signal, { ...TIMES, ...times })) heard.push(one)
  } catch (error) {
    fault = error
  }
  const events = heard.flatMap((one) => (one.type === 'event' ? [one.event] : []))
  const away = heard.flatMap((one) => (one.type === 'away' ? [one.why] : []))
  return { resumes, events, away, heard, fault }
}

const stream =
  (...frames: string[]): Connection =>
  (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''))

test('each connection resumes after the last event, and repeated events are dropped', async () => {
  const { resumes, events, away } = await followed([
    stream(frame('1-0', 'a'), frame('2-0', 'b')),
    stream(frame('2-0', 'b'), frame('3-0', 'c'), END),
  ])
  expect(resumes).toEqual([undefined, '2-0'])
  expect(events).toEqual(['a', 'b', 'c', 'scan.finished'])
  expect(away).toEqual(['the server ended the stream'])
})

test('when the server restarts its event numbers, following continues from there', async () => {
  const { events, fault } = await followed([
    stream(frame('50-0', 'a')),
    stream(frame('', 'snapshot'), frame('3-0', 'b'), END),
  ])
  expect(fault).toBeUndefined()
  expect(events).toEqual(['a', 'snapshot', 'b', 'scan.finished'])
})

test('a finished event without the scan precedes a retry, so following continues', async () => {
  const { events } = await followed([
    stream(frame('1-0', 'scan.finished'), frame('2-0', 'resource.requeued'), END),
  ])
  expect(events).toEqual(['scan.finished', 'resource.requeued', 'scan.finished'])
})

test('status 204 ends the stream because all events were delivered', async () => {
  const { heard } = await followed([(response) => response.writeHead(204).end()])
  expect(heard).toEqual([])
})

test('a busy, restarting or disconnected server is retried', async () => {
  const { events, resumes, away } = await followed([
    (response) => response.writeHead(503, { 'content-type': 'text/plain' }).end('busy'),
    (response) => response.destroy(),
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame('1-0', 'a'), () => response.destroy())
    },
    stream(END),
  ])
  expect(resumes).toEqual([undefined, undefined, undefined, '1-0'])
  expect(events).toEqual(['a', 'scan.finished'])
  expect(away).toHaveLength(3)
})

test('silence counts as a lost connection', async () => {
  const silent: Connection = (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const { away } = await followed([silent, stream(END)], { silentMs: 1_000 })
  expect(away).toEqual(['no event for a while'])
})

const NOT_FOUND = {
  type: 'about:blank',
  title: 'Not found',
  status: 404,
  code: 'NOT_FOUND',
  retryable: false,
}

test.each([
  [401, '', 5],
  [403, '', 5],
  [404, JSON.stringify(NOT_FOUND), 2],
])('a response with status %s is not retried', async (status, body, exitCode) => {
  const { resumes, fault } = await followed([
    (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
  ])
  expect(resumes).toHaveLength(1)
  expect(fault).toMatchObject({ exitCode })
})

test('a 404 that does not come from Capstan is retried', async () => {
  const { events, away } = await followed([
    (response) => response.writeHead(404).end('default backend'),
    stream(END),
  ])
  expect(events).toEqual(['scan.finished'])
  expect(away).toHaveLength(1)
})

test('an unreachable server is given up with a hint after the time limit', async () => {
  const { fault } = await followed([(response) => response.destroy()], { giveUpMs: 0 })
  expect(fault).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('unreachable for too long'),
    fix: expect.stringContaining('capstan watch latest'),
  })
})

test('event frames can arrive in arbitrary chunks', async () => {
  const { events } = await followed([
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const bytes = Buffer.from(`: ping\n\n${frame('1-0', 'a', { text: 'é数' })}${END}`)
      const send = (at: number): void => {
        if (at >= bytes.length) response.end()
        else response.write(bytes.subarray(at, at + 7), () => send(at + 7))
      }
      send(0)
    },
  ])
  expect(events).toEqual(['a', 'scan.finished'])
})

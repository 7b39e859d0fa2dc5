import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openApiClient } from '../src/client/api-client.ts'
import { followScan, type ScanUpdate, type FollowTimes } from '../src/watch/follow-scan.ts'

const ID = 'scan_0123456789abcdef0123456789abcdef'
const TIMES: FollowTimes = { firstRetryMs: 1, longestRetryMs: 2, silentMs: 5_000, giveUpMs: 60_000 }
const END = frame('9-0', 'scan.finished', { scan: {} })

function frame(id: string, event: string, data: object = {}): string {
  return `${id === '' ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

type Connection = (response: ServerResponse, request: IncomingMessage) => void

/** A server that treats each connection as the next of these says, the last one for all that follow. */
async function followed(connections: Connection[], times: Partial<FollowTimes> = {}) {
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

test('each connection goes on after the last event; what comes twice is dropped', async () => {
  const { resumes, events, away } = await followed([
    stream(frame('1-0', 'a'), frame('2-0', 'b')),
    stream(frame('2-0', 'b'), frame('3-0', 'c'), END),
  ])
  expect(resumes).toEqual([undefined, '2-0'])
  expect(events).toEqual(['a', 'b', 'c', 'scan.finished'])
  expect(away).toEqual(['the server ended the stream'])
})

test('a server that begins anew, with smaller numbers, is followed from there', async () => {
  const { events, fault } = await followed([
    stream(frame('50-0', 'a')),
    stream(frame('', 'snapshot'), frame('3-0', 'b'), END),
  ])
  expect(fault).toBeUndefined()
  expect(events).toEqual(['a', 'snapshot', 'b', 'scan.finished'])
})

test('an end without the scan is one before a retry: the following goes on', async () => {
  const { events } = await followed([
    stream(frame('1-0', 'scan.finished'), frame('2-0', 'resource.requeued'), END),
  ])
  expect(events).toEqual(['scan.finished', 'resource.requeued', 'scan.finished'])
})

test('204 means that all has been seen', async () => {
  const { heard } = await followed([(response) => response.writeHead(204).end()])
  expect(heard).toEqual([])
})

test('a server that is busy, restarts or cuts off is asked again', async () => {
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

test('silence is a loss: a connection can be dead without being closed', async () => {
  const silent: Connection = (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const { away } = await followed([silent, stream(END)], { silentMs: 1_000 })
  expect(away).toEqual(['nothing was heard for a while'])
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
])('a refusal with %s is not asked again', async (status, body, exitCode) => {
  const { resumes, fault } = await followed([
    (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
  ])
  expect(resumes).toHaveLength(1)
  expect(fault).toMatchObject({ exitCode })
})

test('a 404 of something in between is none of Capstan: it is asked again', async () => {
  const { events, away } = await followed([
    (response) => response.writeHead(404).end('default backend'),
    stream(END),
  ])
  expect(events).toEqual(['scan.finished'])
  expect(away).toHaveLength(1)
})

test('a server that stays away is given up, with what to do', async () => {
  const { fault } = await followed([(response) => response.destroy()], { giveUpMs: 0 })
  expect(fault).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('away for too long'),
    fix: expect.stringContaining('capstan watch latest'),
  })
})

test('frames may come in any pieces', async () => {
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

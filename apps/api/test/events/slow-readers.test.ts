import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { EventStream } from '../../src/events/event-stream.ts'
import { createScanCursor } from '../../src/events/frame-cursor.ts'
import { encodeFrame, type EventFrame } from '../../src/events/frame.ts'
import { openStreamRegistry } from '../../src/events/stream-registry.ts'

const KIB = 1_024
const wantsAll = (): boolean => true
const nothing = (): void => undefined

function frame(seq: number | null, size: number, type = 'resource.requeued'): EventFrame {
  return { ...encodeFrame(type, '.'.repeat(size)), seq }
}

/** One response of a real server, and the client end of its connection. The client reads nothing before `resume`. */
async function openResponse(): Promise<{ response: ServerResponse; client: Socket }> {
  const opened = Promise.withResolvers<ServerResponse>()
  const server = createServer((_, response) => {
    response.writeHead(200, { connection: 'close' })
    response.flushHeaders()
    opened.resolve(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.pause()
  onTestFinished(() => {
    client.destroy()
    server.close()
    server.closeAllConnections()
  })
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  return { response: await opened.promise, client }
}

/** Writes until the kernel buffers of a connection without a reader are full. */
async function fillKernel(response: ServerResponse): Promise<void> {
  const block = Buffer.alloc(256 * KIB)
  while (response.writableLength === 0) {
    response.write(block)
    await turn()
    await turn()
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function openStalled(options: { maxBytes?: number } = {}) {
  const { response, client } = await openResponse()
  await fillKernel(response)
  const stream = new EventStream(response, { wants: wantsAll, onSent: nothing, ...options })
  stream.goLive(createScanCursor(0))
  return { response, client, stream, held: stream.heldBytes }
}

test('a client is disconnected when more than 256 KiB are unread, and not before', async () => {
  const { response, stream, held } = await openStalled()
  let seq = 0
  while (stream.heldBytes + 8 * KIB <= 256 * KIB) {
    stream.push(frame((seq += 1), 4 * KIB))
    await turn()
    expect(stream.hasEnded).toBe(held > 256 * KIB)
    if (stream.hasEnded) break
  }
  for (let more = 0; more < 4; more++) stream.push(frame((seq += 1), 4 * KIB))
  await turn()
  await turn()
  expect(stream.hasEnded).toBe(true)
  expect(response.destroyed).toBe(true)
})

test('a burst of several MB that the connection accepts at once disconnects no client', async () => {
  const { response, client } = await openResponse()
  client.resume()
  const stream = new EventStream(response, { wants: wantsAll, onSent: nothing })
  stream.goLive(createScanCursor(0))
  let received = 0
  client.on('data', (chunk: Buffer) => (received += chunk.length))
  for (let seq = 1; seq <= 1_000; seq++) stream.push(frame(seq, 1 * KIB))
  await expect.poll(() => received).toBeGreaterThan(1_000 * KIB)
  expect(stream.hasEnded).toBe(false)
})

test('stored events of any size are sent at the pace of the client', async () => {
  const { response, client } = await openResponse()
  const stream = new EventStream(response, { wants: wantsAll, onSent: nothing })
  const past = Array.from({ length: 3_000 }, (_, index) => frame(index + 1, 8 * KIB))
  const sent = stream.sendBacklog(past)
  await turn()
  // Live frames wait behind it.
  stream.push(frame(3_001, 1 * KIB))
  let received = 0
  client.on('data', (chunk: Buffer) => (received += chunk.length))
  client.resume()
  await sent
  stream.goLive(createScanCursor(3_000))
  await expect.poll(() => received).toBeGreaterThan(3_000 * 8 * KIB)
  expect(stream.hasEnded).toBe(false)
})

test('a stream that ends during its stored events sends no event out of order', async () => {
  const { response, client } = await openResponse()
  client.setEncoding('utf8').resume()
  let received = ''
  client.on('data', (text: string) => (received += text))
  const stream = new EventStream(response, { wants: wantsAll, onSent: nothing })
  stream.push({ ...frame(9, 0), bytes: Buffer.from('id: 9-0\n\n') })
  stream.push({ ...frame(null, 0), bytes: Buffer.from('event: server.closing\n\n') })
  stream.end()
  await once(client, 'close')
  expect(received).toContain('server.closing')
  expect(received).not.toContain('9-0')
})

test('beyond the total limit the clients with the most unread bytes are disconnected until the rest fits', async () => {
  const stalled = await Promise.all([1, 2, 3].map(() => openStalled({ maxBytes: Infinity })))
  const healthy = await openResponse()
  const reader = new EventStream(healthy.response, { wants: wantsAll, onSent: nothing })
  reader.goLive(createScanCursor(0))
  const held = Math.max(...stalled.map((one) => one.held))
  // The first client has the most unread bytes; without it the others fit.
  const unreadBytes = 2 * held + 900 * KIB
  const streams = openStreamRegistry({ perReplica: 10, perPrincipal: 10, unreadBytes })
  onTestFinished(() => streams.closeAll())
  for (const { stream } of stalled) streams.add(stream)
  streams.add(reader)
  stalled[0]?.stream.push(frame(1, 2_000 * KIB))
  for (const { stream } of stalled.slice(1)) stream.push(frame(1, 200 * KIB))
  await once(stalled[0]!.response, 'close')
  expect(stalled.map(({ stream }) => stream.hasEnded)).toEqual([true, false, false])
  expect(reader.hasEnded).toBe(false)
  for (const { client } of stalled) client.destroy()
})

test('a stream that is opened during shutdown sends server.closing and ends', async () => {
  const streams = openStreamRegistry({ perReplica: 9, perPrincipal: 9, unreadBytes: KIB })
  await streams.closeAll()
  const { response, client } = await openResponse()
  const stream = new EventStream(response, { wants: wantsAll, onSent: nothing })
  streams.add(stream)
  expect(stream.hasEnded).toBe(true)
  let received = ''
  client.on('data', (chunk: Buffer) => (received += chunk.toString())).resume()
  await once(client, 'end')
  expect(received).toContain('event: server.closing')
})

test('a client that reads nothing between two pings is disconnected, and one whose events wait for a round of writes is not', async () => {
  const stalled = await openStalled()
  const { response } = await openResponse()
  const waiting = new EventStream(response, {
    wants: wantsAll,
    onSent: nothing,
    rounds: { add: nothing },
  })
  waiting.goLive(createScanCursor(0))
  waiting.push(frame(1, KIB))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const streams = openStreamRegistry({ perReplica: 9, perPrincipal: 9, unreadBytes: Infinity })
  onTestFinished(() => streams.closeAll())
  for (const stream of [stalled.stream, waiting]) streams.add(stream)
  vi.advanceTimersByTime(15_000)
  expect(stalled.stream.hasEnded).toBe(false)
  vi.advanceTimersByTime(15_000)
  expect([stalled.stream.hasEnded, waiting.hasEnded]).toEqual([true, false])
})

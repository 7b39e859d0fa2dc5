import { expect, test } from 'vitest'
import { STREAM_EVENTS } from '@capstan/shared/contract/events/stream-events'
import { StreamSnapshot } from '@capstan/shared/contract/events/stream-snapshot'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { ReceivedEvent } from '@capstan/testkit/follow-events'
import { announceTestWorker } from '../../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../../support/api-rig.ts'
import { scanMaker } from '../../support/scan-maker.ts'
import { openSse, type OpenSse } from '../../support/sse-client.ts'

const ALL = 'scans,queue,providers'
const WORKER = { providers: [{ provider: 'demo' as const, model: 'demo-rules' }] }

function openStream(rig: ApiRig, topics: string, lastEventId?: string): Promise<OpenSse> {
  const headers = lastEventId === undefined ? undefined : { 'last-event-id': lastEventId }
  return openSse(`${rig.url}/api/v1/events?topics=${topics}`, headers)
}

const isType =
  (type: string) =>
  (event: ReceivedEvent): boolean =>
    event.type === type

const readScan = (event: ReceivedEvent | undefined): Scan => Scan.parse(event?.data['scan'])

async function readJson(rig: ApiRig, path: string): Promise<unknown> {
  return (await rig.ask(`/api/v1${path}`)).json()
}

test('the snapshot of all topics equals the responses of REST', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com', 'failed')
  await rig.deps.journal.claim(id, 'b.example.com', 'worker-1')
  const done = await maker.open('other')
  await maker.plan(done, [])
  await announceTestWorker(rig, WORKER)
  const sse = await openStream(rig, `${ALL},scan:${id}`)
  expect(sse.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(sse.response.headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(sse.response.headers.get('x-accel-buffering')).toBe('no')
  const first = await sse.next(() => true)
  expect(first?.type).toBe('snapshot')
  const snapshot = StreamSnapshot.parse(first?.data)
  const { data: scans } = (await readJson(rig, '/scans')) as { data: Scan[] }
  expect(snapshot.scans).toEqual(scans)
  expect(snapshot.scans?.map((scan) => scan.id)).toEqual([done, id])
  expect(snapshot.queue).toEqual(await readJson(rig, '/queue'))
  const workers = (await readJson(rig, '/workers')) as { data: object[] }
  // The worker sends heartbeats meanwhile.
  expect(snapshot.workers).toMatchObject(
    workers.data.map((one) => ({ ...one, lastSeen: expect.any(String) })),
  )
  expect(snapshot.providers).toEqual(await readJson(rig, '/providers'))
  expect(snapshot.items?.[id]).toMatchObject({
    scan: await readJson(rig, `/scans/${id}`),
    active: [{ resource: 'b.example.com' }],
    recentFailures: [{ resource: 'a.example.com' }],
  })
  sse.leave()
})

test('the snapshot contains only what its topics ask for', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  const members = async (topics: string) => {
    const sse = await openStream(rig, topics)
    const { v, at, ...rest } = (await sse.next(isType('snapshot')))?.data ?? {}
    sse.leave()
    expect([v, typeof at]).toEqual([1, 'string'])
    return Object.keys(rest)
  }
  expect(await members('scans')).toEqual(['scans'])
  expect(await members('queue')).toEqual(['queue', 'workers'])
  expect(await members('providers,providers')).toEqual(['providers'])
  expect(await members(`scan:${id}`)).toEqual(['items'])
})

test('every change of status of a scan is sent, with the counts of GET /scans/{id} at the same event number', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const sse = await openStream(rig, 'scans')
  await sse.next(isType('snapshot'))
  const id = await maker.open()
  const waitFor = async (fits: (scan: Scan) => boolean) => {
    const event = await sse.next(
      (one) => one.type === 'scan.changed' && readScan(one).id === id && fits(readScan(one)),
    )
    expect(STREAM_EVENTS['scan.changed'].safeParse(event?.data).error).toBeUndefined()
    expect(event?.id).not.toBe('')
    const { eta: _, ...read } = await maker.read(id)
    const { eta: __, ...sent } = readScan(event)
    expect(sent).toEqual(read)
  }
  await waitFor(({ status }) => status === 'discovering')
  await maker.plan(id, ['a.example.com', 'b.example.com', 'c.example.com'])
  await waitFor(({ status }) => status === 'queued')
  await maker.work(id, 'a.example.com')
  const { lastSeq } = await maker.read(id)
  await waitFor((scan) => scan.status === 'running' && scan.lastSeq === lastSeq)
  await rig.deps.journal.pause(id, 'ci', 'user')
  await waitFor(({ status }) => status === 'paused')
  await rig.deps.journal.resume(id, 'ci')
  await waitFor((scan) => scan.status === 'running' && scan.lastSeq > lastSeq)
  await maker.work(id, 'b.example.com')
  await maker.work(id, 'c.example.com', 'failed')
  await waitFor(({ status }) => status === 'partial')
  await rig.deps.journal.retry(id, 'ci')
  await waitFor((scan) => scan.runAttempt === 2)
  await rig.deps.journal.cancel(id, 'ci')
  await waitFor(({ status }) => status === 'canceled')
  await rig.deps.journal.forget(id)
  const forgotten = await sse.next(isType('scan.forgotten'))
  expect(STREAM_EVENTS['scan.forgotten'].parse(forgotten?.data).scanId).toBe(id)
  sse.leave()
})

test('a followed scan sends its events with their numbers, and a retry continues after scan.finished', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openStream(rig, `scan:${id}`)
  await sse.next(isType('snapshot'))
  await maker.plan(id, ['a.example.com'])
  await maker.work(id, 'a.example.com', 'failed')
  const end = await sse.next(isType('scan.finished'))
  expect(readScan(end)).toMatchObject({ status: 'failed', done: true })
  await rig.deps.journal.retry(id, 'ci')
  await maker.work(id, 'a.example.com')
  await sse.next(({ type, data }) => type === 'scan.finished' && Number(data['seq']) > 4)
  const numbered = sse.events.filter((event) => event.id !== '' && event.type !== 'snapshot')
  const { events } = await rig.deps.journal.events(id, 0, 100)
  expect(numbered.map(({ type, data }) => [type, data['seq'], data['scanId']])).toEqual(
    events.map(({ type, seq }) => [type, seq, id]),
  )
  await rig.deps.journal.forget(id)
  await sse.next(isType('scan.forgotten'))
  sse.leave()
})

test('a deleted scan is sent once to a client that follows all scans and this one', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, [])
  const sse = await openStream(rig, `scans,scan:${id}`)
  await sse.next(isType('snapshot'))
  await rig.deps.journal.forget(id)
  await sse.next(isType('scan.forgotten'))
  await maker.open()
  await sse.next(isType('scan.changed'))
  expect(sse.events.filter(isType('scan.forgotten'))).toHaveLength(1)
  sse.leave()
})

test('the queue is sent when it changed, and not when only times changed', async () => {
  const rig = await startRig()
  const sse = await openStream(rig, 'queue')
  const snapshot = await sse.next(isType('snapshot'))
  expect(snapshot?.id).toBe('')
  await rig.ask('/api/v1/queue/pause', { method: 'POST' })
  const paused = await sse.next(isType('queue.changed'))
  expect(STREAM_EVENTS['queue.changed'].parse(paused?.data).queue.paused).toBe(true)
  await announceTestWorker(rig, WORKER)
  const announced = await sse.next(
    ({ type, data }) => type === 'queue.changed' && (data['workers'] as unknown[]).length === 1,
  )
  // A heartbeat changes times only. The next state that is sent is the one after the resume.
  await announceTestWorker(rig, WORKER)
  await rig.ask('/api/v1/queue/resume', { method: 'POST' })
  const resumed = await sse.next(
    ({ type, data }) => type === 'queue.changed' && !(data['queue'] as { paused: boolean }).paused,
  )
  expect(sse.events.slice(sse.events.indexOf(announced!) + 1)).toEqual([resumed])
  sse.leave()
})

test('providers are sent when a worker announces one', async () => {
  const rig = await startRig()
  const sse = await openStream(rig, 'providers')
  await sse.next(isType('snapshot'))
  await announceTestWorker(rig, WORKER)
  const changed = await sse.next(isType('providers.changed'))
  const { providers } = STREAM_EVENTS['providers.changed'].parse(changed?.data)
  expect(providers.data.some(({ configured }) => configured)).toBe(true)
  sse.leave()
})

test('a request without a usable topic, with too many scans or of an unknown scan is rejected before the stream opens', async () => {
  const rig = await startRig()
  const reject = async (topics: string) => {
    const response = await rig.ask(`/api/v1/events?topics=${topics}`)
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  const ids = Array.from({ length: 9 }, (_, index) => `scan:scan_${String(index).repeat(32)}`)
  expect(await reject('')).toEqual([400, 'VALIDATION'])
  expect((await rig.ask('/api/v1/events')).status).toBe(400)
  expect(await reject('scans,quue')).toEqual([400, 'VALIDATION'])
  expect(await reject('scan:1')).toEqual([400, 'VALIDATION'])
  expect(await reject(ids.join(','))).toEqual([400, 'VALIDATION'])
  expect(await reject(`scans,${ids[0]}`)).toEqual([404, 'NOT_FOUND'])
})

test('HEAD of the stream answers with its headers and opens no stream', async () => {
  const rig = await startRig({ streams: { perReplica: 0 } })
  const response = await rig.ask('/api/v1/events?topics=scans', { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect((await rig.ask('/api/v1/events?topics=scans')).status).toBe(503)
})

test('closing the server sends server.closing and ends the stream', async () => {
  const rig = await startRig()
  const sse = await openStream(rig, ALL)
  await sse.next(isType('snapshot'))
  await rig.app.close()
  await sse.ended
  expect(sse.isBroken()).toBe(false)
  expect(sse.events.at(-1)?.type).toBe('server.closing')
})

import type { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { LIVE_EVENTS, ProviderEvent } from '@capstan/shared/contract/scan/scan-event'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { followEvents, type ReceivedEvent } from '@capstan/testkit/follow-events'
import type { ProviderLimitKey } from '@capstan/limits/limiter/list-blocked-limit-keys'
import { openProviderEvents } from '@capstan/limits/limiter/provider-events'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'
import { startRig } from '../support/api-rig.ts'
import { cutSilentClient } from '../support/cut-silent-client.ts'
import { scanMaker } from '../support/scan-maker.ts'
import { openSse } from '../support/sse-client.ts'

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `thing${String(index).padStart(4, '0')}.example.com`)

test('a stream sends a snapshot, every event, the final scan, and then ends', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  expect(sse.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(sse.response.headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(sse.response.headers.get('x-accel-buffering')).toBe('no')
  const snapshot = await sse.next(({ type }) => type === 'snapshot')
  expect(LIVE_EVENTS.snapshot.safeParse(snapshot?.data).error).toBeUndefined()
  expect(snapshot?.id).toBe('')
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com', 'failed')
  const end = await sse.next(({ type }) => type === 'scan.finished')
  await sse.ended
  expect(Scan.parse(end?.data['scan'])).toMatchObject({ status: 'partial', done: true })
  const stored = sse.events.filter((event) => event.id !== '')
  expect(stored.map((event) => event.type)).toEqual([
    'scan.started',
    'resource.started',
    'resource.succeeded',
    'resource.started',
    'resource.failed',
    'scan.finished',
  ])
  expect(stored.map((event) => event.id)).toEqual(['1-0', '2-0', '3-0', '4-0', '5-0', '6-0'])
  expect(stored[2]?.data).toMatchObject({ v: 1, scanId: id, seq: 3, resource: 'a.example.com' })
})

/** Opens the breaker by five consecutive failures. */
async function openBreaker(
  { redis, keys }: { redis: Redis; keys: RedisKeys },
  { provider, account, model }: ProviderLimitKey,
): Promise<void> {
  const concurrency = { start: 10, max: 10 }
  const limiter = openLimiter({
    redis,
    keys,
    limitsFor: () => ({ perMinute: {}, cachedTokensCount: false, concurrency }),
    providerFor: () => provider,
  })
  const route = { account, model }
  const call = { characters: 4, maxOutputTokens: 1, ttlMs: 60_000, maxWaitMs: 0, pollMs: 1 }
  for (const lease of ['1', '2', '3', '4', '5']) {
    await limiter.acquire(route, { ...call, lease })
    await limiter.settle(route, lease, { kind: 'overload', cause: 'has a fault (500)' })
  }
}

test('provider events are sent to the scans of that provider only', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com'])
  const { provider, model } = await maker.read(id)
  const events = openProviderEvents(rig.deps.redis, rig.deps.keys)
  const route = { provider, account: 'main', model }
  const failing = (of: ProviderLimitKey) => openBreaker(rig.deps, of)
  // Published before the stream is open: later readers find the state in the scan.
  await failing({ ...route, account: 'earlier' })
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  await sse.next(({ type }) => type === 'scan.progress')
  const other = provider === 'openai' ? 'anthropic' : 'openai'
  await failing({ ...route, account: 'not ours', provider: other })
  expect(await events.throttled({ ...route, scope: 'tpm', forMs: 60_000 })).toBe(true)
  expect(await events.throttled({ ...route, scope: 'tpm', forMs: 60_000 })).toBe(false)
  await rig.deps.redis.xadd(rig.deps.keys.providerEvents, '*', 'event', 'not of ours')
  await failing(route)
  await sse.next(({ data }) => data['state'] === 'open')
  const received = sse.events.filter(({ type }) => type.startsWith('provider.'))
  expect(received.map(({ type, id: eventId }) => [type, eventId])).toEqual([
    ['provider.throttled', ''],
    ['provider.breaker', ''],
  ])
  expect(received.map(({ data }) => ({ ...data }))).toMatchObject([
    { v: 1, scanId: id, ...route, scope: 'tpm', until: expect.any(String) },
    {
      ...route,
      state: 'open',
      reason: 'calls failed: has a fault (500)',
      until: expect.any(String),
    },
  ])
  for (const { type, data } of received) {
    expect(ProviderEvent.safeParse({ ...data, type }).error).toBeUndefined()
  }
  sse.leave()
})

test('a client that has received the last event gets 204, other clients get the remaining events', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com'])
  await maker.work(id, 'a.example.com')
  const { lastSeq } = await maker.read(id)
  const path = `${rig.url}/api/v1/scans/${id}/events`
  expect((await openSse(path, { 'last-event-id': `${lastSeq}-0` })).response.status).toBe(204)
  expect((await openSse(`${path}?lastEventId=${lastSeq}-0`)).response.status).toBe(204)
  const rest = await openSse(path, { 'last-event-id': '2-0' })
  await rest.ended
  expect(rest.events.map((event) => event.id)).toEqual(['3-0', '4-0'])
  const late = await openSse(path)
  await late.ended
  expect(late.events.map((event) => event.type)).toEqual(['snapshot', 'scan.finished'])
  const foreign = await openSse(path, { 'last-event-id': '999999-0' })
  await foreign.ended
  expect(foreign.events.map((event) => event.type)).toEqual(['snapshot', 'scan.finished'])
})

test('a client that switches between two replicas receives every event once and in order', async () => {
  const redis = testRedis()
  const replicas = [await startRig({ redis }), await startRig({ redis })]
  const maker = scanMaker(replicas[0]!.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(60))
  const seen: ReceivedEvent[] = []
  let turn = 0
  const done = new AbortController()
  const reader = followEvents({
    eventsUrl: () => `${replicas[turn++ % 2]!.url}/api/v1/scans/${id}/events?lastEventId=0`,
    onEvent: (event) => seen.push(event),
    hopAfter: () => 7,
    signal: done.signal,
  })
  for (const name of names(60)) await maker.work(id, name)
  await reader
  const ids = seen.filter((event) => event.id !== '').map((event) => event.id)
  expect(ids).toEqual(Array.from({ length: 122 }, (_, index) => `${index + 1}-0`))
  expect(turn).toBeGreaterThan(4)
})

test('many readers of one replica share one blocking connection', async () => {
  // Connections are counted, so the test needs a Redis of its own.
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const rig = await startRig({ redis: { url: own.url, keys: createRedisKeys('{t}') } })
  const maker = scanMaker(rig.deps.journal)
  const ids = await Promise.all([1, 2, 3].map((n) => maker.open(`cluster-${n}`)))
  const before = await clientCount(rig)
  const readers = await Promise.all(
    ids.flatMap((id) => [1, 2, 3, 4].map(() => openSse(`${rig.url}/api/v1/scans/${id}/events`))),
  )
  for (const id of ids) await maker.plan(id, ['a.example.com'])
  for (const id of ids) await maker.work(id, 'a.example.com')
  await Promise.all(readers.map(({ ended }) => ended))
  for (const { events } of readers) {
    expect(events.filter(({ id }) => id !== '').length).toBe(4)
  }
  expect(await clientCount(rig)).toBe(before)
})

async function clientCount({ deps }: Awaited<ReturnType<typeof startRig>>): Promise<string> {
  return /connected_clients:(\d+)/.exec(await deps.redis.info('clients'))?.[1] ?? ''
}

test('progress events have no id and contain the full state', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`)
  await sse.next(({ type }) => type === 'snapshot')
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  const progress = await sse.next(({ type }) => type === 'scan.progress')
  expect(progress?.id).toBe('')
  expect(LIVE_EVENTS['scan.progress'].safeParse(progress?.data).error).toBeUndefined()
  sse.leave()
})

test('a type filter never removes snapshots, gaps and the final event', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events?types=resource.f*,scan.started`)
  await sse.next(({ type }) => type === 'snapshot')
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com', 'failed')
  await sse.ended
  expect(sse.events.map(({ type }) => type)).toEqual([
    'snapshot',
    'scan.started',
    'resource.failed',
    'scan.finished',
  ])
})

test('trimmed events are replaced by a gap event and a snapshot', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(5))
  for (const name of names(4)) await maker.work(id, name)
  await rig.deps.redis.xtrim(rig.redis.keys.scanEvents(id), 'MAXLEN', 2)
  const sse = await openSse(`${rig.url}/api/v1/scans/${id}/events`, { 'last-event-id': '3-0' })
  const gap = await sse.next(({ type }) => type === 'gap')
  expect(gap?.data).toMatchObject({ from: 4, to: 7 })
  const snapshot = await sse.next(({ type }) => type === 'snapshot')
  expect(snapshot?.data).toMatchObject({ scan: { lastSeq: 9 } })
  await maker.work(id, names(5)[4]!)
  await sse.ended
  expect(sse.events.filter((event) => event.id !== '').map((event) => event.id)).toEqual([
    '10-0',
    '11-0',
    '12-0',
  ])
})

test('a client that does not read is disconnected, and other clients are not', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  expect(await cutSilentClient(rig, id, `/api/v1/scans/${id}/events`)).toBe(400)
})

test('closing the server asks clients to reconnect and ends the streams at once', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  const readers = await Promise.all(
    [1, 2, 3].map(() => openSse(`${rig.url}/api/v1/scans/${id}/events`)),
  )
  await Promise.all(readers.map((sse) => sse.next(({ type }) => type === 'snapshot')))
  await rig.app.close()
  for (const sse of readers) {
    await sse.ended
    // Ended by the server, not disconnected after the grace period.
    expect(sse.isBroken()).toBe(false)
    const last = sse.events.at(-1)
    expect(last?.type).toBe('server.closing')
    expect(LIVE_EVENTS['server.closing'].safeParse(last?.data).error).toBeUndefined()
  }
})

test('streams are limited in total and per token, and a closed stream frees its slot', async () => {
  const rig = await startRig({ streams: { perReplica: 2 } })
  const id = await scanMaker(rig.deps.journal).open()
  const path = `${rig.url}/api/v1/scans/${id}/events`
  const [first] = await Promise.all([openSse(path), openSse(path)])
  const refused = await openSse(path)
  expect(refused.response.status).toBe(503)
  expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(0)
  first?.leave()
  await expect
    .poll(async () => {
      const again = await openSse(path)
      return again.response.status
    })
    .toBe(200)
})

test('events are available as JSON pages, and other media types are rejected', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(3))
  await maker.work(id, names(3)[0]!)
  const path = `/api/v1/scans/${id}/events`
  const headers = { accept: 'application/json' }
  const first = await rig.ask(`${path}?limit=2`, { headers })
  expect(first.headers.get('link')).toBe(`<${path}?limit=2&after=2>; rel="next"`)
  expect(await first.json()).toMatchObject({
    data: [{ id: '1-0', type: 'scan.started' }, { id: '2-0' }],
    page: { limit: 2, nextCursor: '2' },
    gap: null,
  })
  const second = await rig.ask(`${path}?after=2`, { headers })
  expect(await second.json()).toMatchObject({ data: [{ id: '3-0' }], page: { nextCursor: null } })
  const anything = await rig.ask(`${path}?after=2`, { headers: { accept: '*/*' } })
  expect(anything.headers.get('content-type')).toContain('application/json')
  const refused = await rig.ask(path, { headers: { accept: 'text/html' } })
  expect(refused.status).toBe(406)
})

test('a client that accepts every media type (curl) gets the event stream', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const stream = await openSse(`${rig.url}/api/v1/scans/${id}/events`, { accept: '*/*' })
  expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
  expect(await stream.next(({ type }) => type === 'snapshot')).toBeDefined()
  stream.leave()
})

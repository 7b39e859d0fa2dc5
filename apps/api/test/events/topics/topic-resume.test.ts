import { spawn, spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { createRedisKeys } from '@capstan/redis/keys'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { openJournal } from '@capstan/scan-store/journal/journal'
import type { ReceivedEvent } from '@capstan/testkit/follow-events'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'
import { redisClient } from '@capstan/testkit/redis-client'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { startRig } from '../../support/api-rig.ts'
import { cutSilentClient } from '../../support/cut-silent-client.ts'
import { scanMaker } from '../../support/scan-maker.ts'
import { openSse, type OpenSse } from '../../support/sse-client.ts'

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `thing${index}.example.com`)

const isType =
  (type: string) =>
  (event: ReceivedEvent): boolean =>
    event.type === type

function openAt(url: string, topics: string, lastEventId: string): Promise<OpenSse> {
  return openSse(`${url}/api/v1/events?topics=${topics}`, { 'last-event-id': lastEventId })
}

const readScan = ({ data }: ReceivedEvent): Scan => Scan.parse(data['scan'])

function isState(scanId: string, lastSeq: number): (event: ReceivedEvent) => boolean {
  return (event) => {
    if (event.type !== 'scan.changed') return false
    const scan = readScan(event)
    return scan.id === scanId && scan.lastSeq === lastSeq
  }
}

/** The last id of a client. */
const lastIdOf = ({ events }: OpenSse): string => events.findLast(({ id }) => id !== '')?.id ?? ''

test('a client continues on another replica with the events after its last id, and without a snapshot', async () => {
  const redis = testRedis()
  const [first, second] = [await startRig({ redis }), await startRig({ redis })]
  const maker = scanMaker(first.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(3))
  const topics = `scans,queue,providers,scan:${id}`
  const before = await openSse(`${first.url}/api/v1/events?topics=${topics}`)
  await before.next(isType('snapshot'))
  await maker.work(id, names(3)[0]!)
  await before.next(({ data }) => data['seq'] === 3)
  before.leave()
  await before.ended
  await maker.work(id, names(3)[1]!)
  const other = await maker.open('other')

  const after = await openAt(second.url, topics, lastIdOf(before))
  await after.next(isState(id, 5))
  await after.next(isState(other, 0))
  await after.next(isType('queue.changed'))
  await after.next(isType('providers.changed'))
  await after.next(isType('scan.progress'))
  await maker.work(id, names(3)[2]!)
  await after.next(isType('scan.finished'))
  const types = after.events.map(({ type }) => type)
  expect(types).not.toContain('snapshot')
  expect(types).not.toContain('gap')
  const seen = [...before.events, ...after.events].filter(
    ({ type, id: eventId }) => eventId !== '' && type !== 'snapshot' && type !== 'scan.changed',
  )
  expect(seen.map(({ data }) => data['seq'])).toEqual([2, 3, 4, 5, 6, 7, 8])
  after.leave()
})

test('a client that continues with an id of the same state gets no earlier event again', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const before = await openSse(`${rig.url}/api/v1/events?topics=scans,scan:${id}`)
  const snapshot = await before.next(isType('snapshot'))
  before.leave()
  const again = await openAt(rig.url, `scans,scan:${id}`, snapshot?.id ?? '')
  // Its progress has no number, so it is always sent.
  const first = await again.next(() => true)
  expect(first?.type).toBe('scan.progress')
  await maker.plan(id, [])
  await again.next(isType('scan.finished'))
  expect(again.events.map(({ type }) => type)).not.toContain('snapshot')
  again.leave()
})

test('after kill -9 of an API process, curl continues on another process with the events after the last id', async ({
  skip,
}) => {
  skip(spawnSync('curl', ['--version']).error !== undefined, 'curl is not installed here')
  const redis = testRedis()
  const environment = {
    REDIS_URL: redis.url,
    CAPSTAN_REDIS_PREFIX: redis.keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    PORT: '0',
  }
  const [first, second] = [
    await startTestProcess('api', environment),
    await startTestProcess('api', environment),
  ]
  const maker = scanMaker(openJournal(redisClient(redis.url), redis.keys))
  const id = await maker.open()
  await maker.plan(id, names(2))
  const before = await openSse(`${first.url}/api/v1/events?topics=scans,scan:${id}`)
  await before.next(isType('snapshot'))
  await maker.work(id, names(2)[0]!)
  await before.next(isType('resource.succeeded'))
  await before.next(isState(id, 3))
  await first.stop('SIGKILL')
  await before.ended
  await maker.work(id, names(2)[1]!)

  const header = `last-event-id: ${lastIdOf(before)}`
  const url = `${second.url}/api/v1/events?topics=scans,scan:${id}`
  const curl = spawn('curl', ['--silent', '--no-buffer', '--header', header, url])
  onTestFinished(() => void curl.kill())
  let text = ''
  curl.stdout.setEncoding('utf8')
  curl.stdout.on('data', (chunk: string) => (text += chunk))
  await expect.poll(() => text).toMatch(/event: scan\.finished\ndata: .*\n\n/)
  await expect.poll(() => text).toMatch(/event: scan\.changed\ndata: .*"status":"succeeded"/)
  expect(text).not.toContain('event: snapshot')
  expect(text.match(/^event: resource\.\w+/gm)).toEqual([
    'event: resource.started',
    'event: resource.succeeded',
  ])
})

test('after a restart of Redis that lost its newest writes clients get a gap and a snapshot', async () => {
  const own = await startOwnRedis(['--appendonly', 'no'])
  onTestFinished(() => own.stop())
  const redis = { url: own.url, keys: createRedisKeys('{t}') }
  const rig = await startRig({ redis })
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(4))
  await rig.deps.redis.save()
  const topics = `scans,scan:${id}`
  const sse = await openSse(`${rig.url}/api/v1/events?topics=${topics}`)
  await sse.next(isType('snapshot'))
  for (const name of names(2)) await maker.work(id, name)
  await sse.next(isState(id, 5))
  await own.kill()
  await own.restart()
  // The API ends the stream when its reader has reconnected and finds that its position is gone.
  await sse.ended
  await expect.poll(() => rig.deps.redis.ping().catch(() => 'away')).toBe('PONG')
  // The numbers of the lost events are used again, so that the number alone proves nothing.
  for (const name of names(2)) await maker.work(id, name)
  const again = await openAt(rig.url, topics, lastIdOf(sse))
  await again.next(isType('snapshot'))
  expect(again.events.map(({ type }) => type)).toEqual(['gap', 'snapshot'])
  expect(again.events[1]?.data).toMatchObject({ scans: [{ id, lastSeq: 5 }] })
  await maker.work(id, names(4)[2]!)
  await again.next(isState(id, 7))
  again.leave()
})

test('a client whose changes or events were trimmed gets a gap and a snapshot', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, names(4))
  const topics = `scans,scan:${id}`
  const first = await openSse(`${rig.url}/api/v1/events?topics=${topics}`)
  const lastId = (await first.next(isType('snapshot')))?.id ?? ''
  first.leave()
  await first.ended
  for (const name of names(3)) await maker.work(id, name)
  const { keys } = rig.redis
  const expectGap = async (lastEventId: string) => {
    const sse = await openAt(rig.url, topics, lastEventId)
    const { data } = (await sse.next(isType('snapshot'))) ?? {}
    expect(data).toMatchObject({ items: { [id]: { scan: { lastSeq: 7 } } } })
    expect(sse.events.map(({ type }) => type)).toEqual(['gap', 'snapshot'])
    sse.leave()
  }
  await rig.deps.redis.xtrim(keys.scanEvents(id), 'MAXLEN', 2)
  await expectGap(lastId)
  await rig.deps.redis.xtrim(keys.scanChanges, 'MAXLEN', 0)
  await expectGap(lastId)
  await expectGap('not an id of ours')
})

test('an id of fewer topics leads to a gap and a snapshot of all topics', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  const first = await openSse(`${rig.url}/api/v1/events?topics=scans`)
  const lastId = (await first.next(isType('snapshot')))?.id ?? ''
  first.leave()
  const wider = await openAt(rig.url, `scans,scan:${id}`, lastId)
  await wider.next(isType('snapshot'))
  expect(wider.events.map(({ type }) => type)).toEqual(['gap', 'snapshot'])
  wider.leave()
})

test('a client that does not read is disconnected, and other clients are not', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  expect(await cutSilentClient(rig, id, `/api/v1/events?topics=scans,scan:${id}`)).toBe(400)
})

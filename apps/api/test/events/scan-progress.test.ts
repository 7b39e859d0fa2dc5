import { expect, test } from 'vitest'
import { startRig } from '../support/api-rig.ts'
import { scanMaker } from '../support/scan-maker.ts'

test('the counters at an event number are those of the scan at that number, and trimmed events are a problem', async () => {
  const rig = await startRig()
  const { journal, redis, keys } = rig.deps
  const maker = scanMaker(journal)
  const id = await maker.open()
  const ask = (query: string) => fetch(`${rig.url}/api/v1/scans/${id}/progress${query}`)
  const seen = new Map<number, unknown>()
  const look = async (): Promise<void> => {
    const scan = await journal.scan(id)
    if (scan) seen.set(scan.lastSeq, scan.progress)
  }
  await look()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await look()
  await maker.work(id, 'a.example.com')
  await look()
  await maker.work(id, 'b.example.com', 'failed')
  await look()
  expect([...seen.keys()]).toEqual([0, 1, 3, 6])
  for (const [seq, progress] of seen)
    expect(await (await ask(`?at=${seq}`)).json()).toMatchObject({ seq, progress })
  const between = { progress: { total: 2, queued: 1, running: 1, finished: 0 } }
  expect(await (await ask('?at=2')).json()).toMatchObject(between)
  expect(await (await ask('')).json()).toMatchObject({ seq: 6, progress: seen.get(6) })
  const future = await ask('?at=7')
  expect(future.status).toBe(400)
  expect(await future.json()).toMatchObject({
    code: 'VALIDATION',
    errors: [{ detail: 'the latest event of the scan has number 6' }],
  })
  await redis.xtrim(keys.scanEvents(id), 'MAXLEN', 4)
  const trimmed = await ask('?at=5')
  expect(trimmed.status).toBe(410)
  expect(await trimmed.json()).toMatchObject({
    code: 'EVENTS_TRIMMED',
    detail: 'The first events of the scan are no longer kept. Events are kept from number 3 on',
  })
})

test('a replay beyond the maximum at once is rejected with Retry-After, and the latest counters need none', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  const ask = (query: string) => rig.ask(`/api/v1/scans/${id}/progress${query}`)
  const releases = Array.from({ length: 4 }, () => rig.deps.work.replays.enter())
  const rejected = await ask('?at=2')
  expect(rejected.status).toBe(503)
  expect(rejected.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await rejected.json()).toMatchObject({ code: 'OVERLOADED' })
  expect((await ask('')).status).toBe(200)
  releases.pop()?.()
  expect((await ask('?at=2')).status).toBe(200)
  expect((await ask('?at=2')).status).toBe(200)
})

test('an event number that is no whole number, or negative, is rejected', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  for (const at of ['-1', '1.5', 'x', '1e400', '99999999999999999999', '1&at=2']) {
    const response = await rig.ask(`/api/v1/scans/${id}/progress?at=${at}`)
    expect([at, response.status]).toEqual([at, 400])
  }
  const unknown = `/api/v1/scans/scan_${'0'.repeat(32)}/progress?at=-1`
  expect((await rig.ask(unknown)).status).toBe(400)
  expect((await rig.ask(unknown.replace('at=-1', 'at=1'))).status).toBe(404)
})

test('the latest counters are answered when earlier events are gone', async () => {
  const rig = await startRig()
  const { journal, redis, keys } = rig.deps
  const maker = scanMaker(journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await redis.xtrim(keys.scanEvents(id), 'MAXLEN', 1)
  const { lastSeq, progress } = await maker.read(id)
  const latest = await rig.ask(`/api/v1/scans/${id}/progress`)
  expect(await latest.json()).toEqual({ seq: lastSeq, at: expect.any(String), progress })
  await redis.del(keys.scanEvents(id))
  const none = await rig.ask(`/api/v1/scans/${id}/progress?at=${lastSeq}`)
  expect(await none.json()).toEqual({ seq: lastSeq, at: null, progress })
  expect((await rig.ask(`/api/v1/scans/${id}/progress?at=1`)).status).toBe(410)
})

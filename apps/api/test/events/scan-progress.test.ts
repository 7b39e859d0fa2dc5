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

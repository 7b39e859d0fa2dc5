import { expect, test } from 'vitest'
import { z } from 'zod'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { scanMaker } from '../support/scan-maker.ts'

test('the ETag of a scan changes with the scan', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const path = `/api/v1/scans/${id}`
  const first = await rig.ask(path)
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^W\//)
  const same = await rig.ask(path, { headers: { 'if-none-match': `"x", ${etag}` } })
  expect(same.status).toBe(304)
  expect(await same.text()).toBe('')
  await maker.plan(id, ['a.example.com'])
  const changed = await rig.ask(path, { headers: { 'if-none-match': etag } })
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).not.toBe(etag)
})

test('a read with Prefer: wait returns when the scan finishes', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const answer = rig.ask(`/api/v1/scans/${id}`, { headers: { prefer: 'wait=30' } })
  await maker.plan(id, ['a.example.com'])
  await maker.work(id, 'a.example.com')
  expect(await (await answer).json()).toMatchObject({ status: 'succeeded', done: true })
})

test('a read with Prefer: wait and If-None-Match returns at the next change', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const path = `/api/v1/scans/${id}`
  const etag = (await rig.ask(path)).headers.get('etag') ?? ''
  const headers = { prefer: 'wait=30', 'if-none-match': etag }
  const answer = rig.ask(path, { headers })
  await maker.plan(id, ['a.example.com'])
  expect(await (await answer).json()).toMatchObject({ status: 'queued', done: false })
})

test('a waiting read returns after its time without a change, and at once when the server closes', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  const path = `/api/v1/scans/${id}`
  const brief = await rig.ask(path, { headers: { prefer: 'wait=1' } })
  expect(await brief.json()).toMatchObject({ status: 'discovering' })
  const following = Promise.withResolvers<void>()
  const { follow } = rig.deps.hub
  rig.deps.hub.follow = async (...args) => {
    const leave = await follow(...args)
    following.resolve()
    return leave
  }
  const long = rig.ask(path, { headers: { prefer: 'wait=50' } })
  await following.promise
  await rig.app.close()
  expect((await long).status).toBe(200)
})

test('lists are paged newest first and filtered', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const ids: string[] = []
  for (let index = 0; index < 5; index++) ids.push(await maker.open(`cluster-${index % 2}`))
  const collected: string[] = []
  let path: string | undefined = '/api/v1/scans?limit=2'
  while (path) {
    const response: Response = await rig.ask(path)
    const { data } = (await response.json()) as { data: Scan[] }
    collected.push(...data.map(({ id }) => id))
    path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  expect(collected).toEqual(ids.toSorted().toReversed())
  expect(await readIds(rig, '/api/v1/scans?cluster=cluster-1')).toHaveLength(2)
  expect(await readIds(rig, '/api/v1/scans?status=running')).toEqual([])
  expect(await readIds(rig, '/api/v1/scans?label.team=a')).toHaveLength(5)
  expect(await readIds(rig, '/api/v1/scans?label.team=b')).toEqual([])
  expect(await readIds(rig, '/api/v1/scans?createdAfter=2999-01-01T00:00:00%2B02:00')).toEqual([])
})

async function readIds(rig: ApiRig, path: string): Promise<string[]> {
  return ((await (await rig.ask(path)).json()) as { data: Scan[] }).data.map(({ id }) => id)
}

test('all types of a scan are exported as JSON with links below the path prefix, and as CSV', async () => {
  const rig = await startRig({ links: { trustedProxies: 'loopback' } })
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const names = Array.from({ length: 450 }, (_, index) => `t${index}.example.com`).toSorted()
  await maker.plan(id, names.toReversed())
  await maker.work(id, 't7.example.com', 'failed')
  const path = `/api/v1/scans/${id}/export`
  const json = await rig.ask(path, { headers: { 'x-forwarded-prefix': '/capstan' } })
  expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(json.headers.get('content-disposition')).toBe(`attachment; filename="${id}.json"`)
  const items = z.array(ScanItem).parse(await json.json())
  expect(items.map(({ resource }) => resource)).toEqual(names)
  expect(items[0]?.links.self).toMatch(/^\/capstan\/api\/v1\/scans\//)
  const csv = await (await rig.ask(`${path}?format=csv`)).text()
  const lines = csv.split('\r\n')
  expect(lines).toHaveLength(names.length + 2)
  expect(lines.filter((line) => line.includes('"refused"'))).toEqual([
    expect.stringContaining('"t7.example.com"'),
  ])
  const unknown = `/api/v1/scans/scan_${'0'.repeat(32)}/export`
  expect((await rig.ask(unknown)).status).toBe(404)
  expect((await rig.ask(`${path}?format=xml`)).status).toBe(400)
})

test('the types of a scan are paged, filtered and read one by one', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter}.example.com`)
  await maker.plan(id, names)
  await maker.work(id, 'b.example.com', 'failed')
  const path = `/api/v1/scans/${id}`
  const collected: string[] = []
  let next: string | undefined = `${path}/resources?limit=2`
  while (next) {
    const response: Response = await rig.ask(next)
    const { data } = (await response.json()) as { data: { resource: string }[] }
    collected.push(...data.map(({ resource }) => resource))
    next = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1]
  }
  expect(collected).toEqual(names)
  const failed = await rig.ask(`${path}/resources?status=failed`)
  expect(await failed.json()).toMatchObject({ data: [{ resource: 'b.example.com' }] })
  const refused = await rig.ask(`${path}/resources?reason=refused&sort=tokens&group=example.com`)
  expect(await refused.json()).toMatchObject({ data: [{ resource: 'b.example.com' }] })
  expect((await rig.ask(`${path}/resources?reason=bored`)).status).toBe(400)
  const one = await rig.ask(`${path}/resources/b.example.com`)
  expect(await one.json()).toMatchObject({
    status: 'failed',
    attempts: [{ n: 1, outcome: 'failed' }],
  })
  expect((await rig.ask(`${path}/resources/z.example.com`)).status).toBe(404)
  const excluded = await rig.ask(`${path}/excluded`)
  expect(await excluded.json()).toEqual({
    data: [{ resource: 'events', reason: 'excluded by pattern' }],
  })
})

test('`waitingFor` of a scan names the scan whose answers it waits for until that scan has finished', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const [payer, waiter] = [await maker.open('one'), await maker.open('two')]
  for (const id of [payer, waiter]) await maker.plan(id, ['a.example.com'])
  const read = async () => Scan.parse(await (await rig.ask(`/api/v1/scans/${waiter}`)).json())
  expect(await read()).toMatchObject({ waitingFor: null })
  // State of workers that are no longer running.
  const cache = openResultCache(rig.deps.redis, rig.deps.keys)
  await cache.lease('key', { id: 'a start', worker: 'gone', scanId: payer })
  await rig.deps.journal.claim(waiter, 'a.example.com', 'gone too', 'key')
  expect(await read()).toMatchObject({
    status: 'queued',
    waitingFor: { scanId: payer, types: 1 },
  })
  const canceled = await rig.ask(`/api/v1/scans/${payer}/cancel`, { method: 'POST' })
  expect(canceled.ok).toBe(true)
  expect(await read()).toMatchObject({ waitingFor: null })
})

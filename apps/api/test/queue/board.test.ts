import { expect, test } from 'vitest'
import { createScanId } from '@capstan/shared/scan-id'
import { ensureJobs } from '@capstan/scan-store/queue/ensure-jobs'
import { addPlanJob } from '@capstan/scan-store/queue/plan-queue'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { readBoard, readBoardQueue, type BoardQueue } from '../support/read-board.ts'
import { routeTable } from '../support/route-table.ts'
import { scanMaker } from '../support/scan-maker.ts'

/** A demo scan with one type, whose job waits. */
async function startOne(rig: ApiRig): Promise<string> {
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com'])
  await ensureJobs(rig.deps, id)
  return id
}

test('the board shows the queues and their jobs and serves its files', async () => {
  const rig = await startRig()
  const id = await startOne(rig)
  const page = await (await rig.ask('/queues')).text()
  const asset = /(?:src|href)="([^"]+\.(?:js|css))"/.exec(page)?.[1] ?? 'none'
  expect((await fetch(new URL(asset, `${rig.url}/queues/`))).status).toBe(200)
  const queues = await readBoard(rig, 'infer-demo', 'prioritized')
  expect(queues.map(({ name }) => name)).toEqual(['infer-demo', 'plan', 'schedule', 'webhook'])
  expect(queues[0]?.jobs).toMatchObject([
    { name: 'a.example.com', data: { v: 1, scanId: id, resource: 'a.example.com' } },
  ])
})

test('the page of the board loads nothing from other origins, and its policy forbids it', async () => {
  const rig = await startRig()
  const response = await rig.ask('/queues')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
  const page = await response.text()
  expect(page).toContain('<div id="root">')
  expect(page.match(/\b(?:src|href)="(?:https?:)?\/\/[^"]*"/g)).toBeNull()
})

test('a job on the board links to the page of its type, and the scan and the type link to the board and to their pages', async () => {
  const rig = await startRig()
  const id = await startOne(rig)
  const scan = (await (await rig.ask(`/api/v1/scans/${id}`)).json()) as { links: object }
  expect(scan.links).toMatchObject({ board: '/queues/queue/infer-demo', ui: `/ui/scans/${id}` })
  const [job] = (await readBoardQueue(rig, 'infer-demo', 'prioritized')).jobs
  const itemPath = `/api/v1/scans/${id}/resources/a.example.com`
  const item = (await (await rig.ask(itemPath)).json()) as { links: { ui: string } }
  expect(item.links).toEqual({
    self: itemPath,
    ui: `/ui/scans/${id}?item=a.example.com`,
    board: `/queues/queue/infer-demo/${job?.id}`,
  })
  expect(job?.externalUrl).toEqual({ displayText: 'Type in its scan', href: item.links.ui })
  expect((await rig.ask(`/queues/api/queues/infer-demo/${job?.id}`)).status).toBe(200)
  const list = await rig.ask(`/api/v1/scans/${id}/resources`)
  expect(await list.json()).toMatchObject({ data: [{ links: item.links }] })
})

test('a type without a job in the queue, after its plan or a cancellation, has no job link', async () => {
  const rig = await startRig()
  const { journal } = rig.deps
  const maker = scanMaker(journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com', 'c.example.com'])
  await maker.work(id, 'a.example.com', 'failed')
  await maker.work(id, 'b.example.com')
  await journal.cancel(id, 'me')
  const { data } = await journal.items(id, { limit: 10, sort: 'resource' })
  const boards = data.map(({ links }) => links.board)
  expect(boards).toEqual([expect.any(String), expect.any(String), null])
  const unchanged = await maker.open('other')
  await journal.plan(unchanged, {
    entries: [{ ...PLANNED, action: 'unchanged' }],
    excluded: [],
    unavailable: [],
    warnings: [],
  })
  expect((await journal.item(unchanged, PLANNED.resource))?.links.board).toBeNull()
})

const PLANNED = {
  resource: 'd.example.com',
  kind: 'D',
  group: 'example.com',
  version: 'v1',
  scope: 'Namespaced' as const,
  definition: 'd'.repeat(64),
  contentKey: 'c'.repeat(64),
  estimatedTokens: 1,
  truncated: false,
}

test('the board shows at most 100 jobs per page for any requested page size', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(
    id,
    Array.from({ length: 120 }, (_, index) => `type-${index}.example.com`),
  )
  await ensureJobs(rig.deps, id)
  for (const jobsPerPage of ['100000', '101', '0', '-1', 'all', '1e9']) {
    const query = `activeQueue=infer-demo&status=prioritized&page=1&jobsPerPage=${jobsPerPage}`
    const response = await rig.ask(`/queues/api/queues?${query}`)
    const { queues } = (await response.json()) as { queues: BoardQueue[] }
    expect(queues.find(({ name }) => name === 'infer-demo')?.jobs, jobsPerPage).toHaveLength(100)
  }
})

test('the plan job of a scan links to the page of the scan', async () => {
  const rig = await startRig()
  const id = createScanId()
  await addPlanJob(rig.deps.planQueue, id)
  const { jobs } = await readBoardQueue(rig, 'plan', 'waiting')
  expect(jobs[0]?.externalUrl).toEqual({ displayText: 'Scan', href: `/ui/scans/${id}` })
})

test('a job with unreadable data has no link', async () => {
  const rig = await startRig()
  await startOne(rig)
  const alien = { v: 2, everything: 'changed' } as never
  await rig.queue.add('alien', alien, { jobId: 'alien.job' })
  const { jobs } = await readBoardQueue(rig, 'infer-demo', 'waiting')
  expect(jobs).toMatchObject([{ name: 'alien', data: alien, externalUrl: { href: '' } }])
})

test('the board needs the scope `scan`', async () => {
  const [looks, reads] = ['l'.repeat(32), 'r'.repeat(32)]
  const rig = await startRig({ tokens: parseTokens(`a:scan:${looks},b:read:${reads}`) })
  const statusFor = async (path: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return (await rig.ask(path, { headers })).status
  }
  for (const path of ['/queues', '/queues/api/queues']) {
    expect(await statusFor(path, looks), path).toBe(200)
    expect(await statusFor(path, reads), path).toBe(403)
    expect(await statusFor(path), path).toBe(401)
  }
})

test('the board rejects every write operation', async () => {
  const rig = await startRig()
  await startOne(rig)
  const writes = routeTable(rig.app).filter(
    ({ method, pattern }) => pattern.startsWith('/queues') && !['GET', 'HEAD'].includes(method),
  )
  expect(writes.length).toBeGreaterThan(15)
  for (const { method, path } of writes) {
    const response = await rig.ask(path, { json: {}, method })
    expect(response.status, `${method} ${path}`).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
  }
  expect(await rig.queue.getJobCountByTypes('prioritized')).toBe(1)
  expect(await rig.queue.isPaused()).toBe(false)
})

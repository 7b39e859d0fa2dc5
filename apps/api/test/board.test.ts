import { expect, test } from 'vitest'
import { ensureJobs } from '@capstan/shared/queue/ensure-jobs'
import { startRig } from './api-rig.ts'
import { routeTable } from './route-table.ts'
import { scanMaker } from './scan-maker.ts'

test('the board shows the queues and their jobs, and its files are there', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com'])
  await ensureJobs(rig.deps, id)
  const page = await (await rig.ask('/queues')).text()
  const asset = /(?:src|href)="([^"]+\.(?:js|css))"/.exec(page)?.[1] ?? 'none'
  expect((await fetch(new URL(asset, `${rig.url}/queues/`))).status).toBe(200)
  const list = await rig.ask(
    '/queues/api/queues?activeQueue=infer-demo&status=prioritized&page=1&jobsPerPage=10',
  )
  const { queues } = (await list.json()) as {
    queues: { name: string; jobs: { data: unknown }[] }[]
  }
  expect(queues.map(({ name }) => name)).toEqual(['infer-demo', 'plan', 'schedule'])
  expect(queues[0]?.jobs[0]?.data).toMatchObject({ v: 1, scanId: id, resource: 'a.example.com' })
})

test('nothing can be changed through the board', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com'])
  await ensureJobs(rig.deps, id)
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

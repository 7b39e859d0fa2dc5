import { expect, onTestFinished, test } from 'vitest'
import { Schedule } from '@capstan/shared/contract/schedule'
import { connectRedis } from '@capstan/shared/redis/connect'
import { until } from '@capstan/testkit/until'
import { mendSchedules } from '../src/schedules/schedule-store.ts'
import { startScheduler } from '../src/schedules/scheduler.ts'
import { startRig, type ApiRig } from './api-rig.ts'
import { literalClusters } from './literal-clusters.ts'

const NIGHTLY = { cron: '0 3 * * *', timeZone: 'Europe/Berlin', scan: { labels: { team: 'a' } } }

async function rigWithClock(schedulers = 1): Promise<ApiRig> {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  for (let n = 0; n < schedulers; n += 1) {
    const connection = connectRedis(rig.redis.url, 'worker', () => undefined)
    const scheduler = startScheduler(rig.deps, connection)
    onTestFinished(async () => {
      await scheduler.close()
      connection.disconnect()
    })
  }
  return rig
}

function put(rig: ApiRig, name: string, json: unknown): Promise<Response> {
  return rig.ask(`/api/v1/schedules/${name}`, { method: 'PUT', json })
}

async function read(rig: ApiRig, name: string): Promise<Schedule> {
  return Schedule.parse(await (await rig.ask(`/api/v1/schedules/${name}`)).json())
}

/** Makes the next run due now, as the clock would. */
async function comeDue(rig: ApiRig): Promise<void> {
  const [job] = await rig.deps.scheduleQueue.getDelayed()
  if (!job) throw new Error('no run is planned')
  await job.promote()
}

async function ranAgain(rig: ApiRig, name: string, before: string | null = null) {
  return until(`a run of ${name}`, async () => {
    const { lastRun } = await read(rig, name)
    return lastRun && lastRun.at !== before ? lastRun : undefined
  })
}

test('a schedule is created, read, replaced, listed and deleted', async () => {
  const rig = await rigWithClock()
  expect((await put(rig, 'nightly', NIGHTLY)).status).toBe(201)
  const created = await read(rig, 'nightly')
  expect(created).toMatchObject({
    name: 'nightly',
    paused: false,
    createdBy: 'local',
    lastRun: null,
  })
  expect(created.scan).toMatchObject({ include: ['*'], onConflict: 'join', labels: { team: 'a' } })
  const hour = new Date(created.nextRunAt ?? '').toLocaleString('en', {
    timeZone: 'Europe/Berlin',
    hour: 'numeric',
    hourCycle: 'h23',
  })
  expect(hour).toBe('03')
  expect((await put(rig, 'nightly', { ...NIGHTLY, paused: true })).status).toBe(200)
  expect(await read(rig, 'nightly')).toMatchObject({ paused: true, nextRunAt: null })
  expect(await rig.deps.scheduleQueue.getDelayedCount()).toBe(0)
  const list = await (await rig.ask('/api/v1/schedules')).json()
  expect(list).toMatchObject({ data: [{ name: 'nightly' }] })
  expect((await rig.ask('/api/v1/schedules/nightly', { method: 'DELETE' })).status).toBe(204)
  expect((await rig.ask('/api/v1/schedules/nightly')).status).toBe(404)
  expect((await rig.ask('/api/v1/schedules/nightly', { method: 'DELETE' })).status).toBe(404)
})

test.each([
  ['a pattern with seconds', { cron: '0 0 3 * * *' }],
  ['a pattern that is none', { cron: 'every night at three' }],
  ['a day that never comes', { cron: '0 0 31 2 *' }],
  ['an unknown time zone', { cron: '0 3 * * *', timeZone: 'Mars/Olympus' }],
  ['a dry run', { cron: '0 3 * * *', scan: { dryRun: true } }],
])('%s is refused and leaves nothing behind', async (_, body) => {
  const rig = await startRig()
  const refused = await put(rig, 'nightly', body)
  expect(await refused.json()).toMatchObject({ code: 'VALIDATION', errors: expect.any(Array) })
  expect((await rig.ask('/api/v1/schedules/nightly')).status).toBe(404)
  expect(await rig.deps.scheduleQueue.getJobSchedulersCount()).toBe(0)
})

test('of two API processes one starts the scan when its time has come', async () => {
  const rig = await rigWithClock(2)
  await put(rig, 'nightly', NIGHTLY)
  await comeDue(rig)
  const run = await ranAgain(rig, 'nightly')
  expect(run).toMatchObject({ joined: false, problem: null })
  const { data } = await rig.deps.journal.scans({ limit: 10 })
  expect(data).toHaveLength(1)
  expect(data[0]).toMatchObject({
    id: run.scanId,
    createdBy: 'schedule:nightly',
    labels: { team: 'a', schedule: 'nightly' },
  })
})

test('a run that finds a scan under way joins it, and the next one is planned all the same', async () => {
  const rig = await rigWithClock()
  await put(rig, 'nightly', NIGHTLY)
  await comeDue(rig)
  const first = await ranAgain(rig, 'nightly')
  await comeDue(rig)
  const second = await ranAgain(rig, 'nightly', first.at)
  expect(second).toMatchObject({ joined: true, scanId: first.scanId })
  expect((await rig.deps.journal.scans({ limit: 10 })).data).toHaveLength(1)
  expect((await read(rig, 'nightly')).nextRunAt).not.toBeNull()
})

test('why a run could not start its scan is kept with the schedule', async () => {
  const rig = await rigWithClock()
  await put(rig, 'nightly', { ...NIGHTLY, scan: { include: ['nothing.like.this'] } })
  await comeDue(rig)
  expect(await ranAgain(rig, 'nightly')).toMatchObject({
    scanId: null,
    problem: expect.stringContaining('nothing.like.this'),
  })
})

test('a schedule that lost its clock gets it back at the next start, one that is paused does not', async () => {
  const rig = await startRig()
  await put(rig, 'nightly', NIGHTLY)
  await put(rig, 'paused', { ...NIGHTLY, paused: true })
  const before = await read(rig, 'nightly')
  await mendSchedules(rig.deps)
  expect(await read(rig, 'nightly')).toEqual(before)
  await rig.deps.scheduleQueue.removeJobScheduler('nightly')
  expect((await read(rig, 'nightly')).nextRunAt).toBeNull()
  await mendSchedules(rig.deps)
  expect(await read(rig, 'nightly')).toEqual(before)
  expect(await rig.deps.scheduleQueue.getJobSchedulersCount()).toBe(1)
})

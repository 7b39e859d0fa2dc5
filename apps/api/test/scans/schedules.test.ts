import { expect, onTestFinished, test } from 'vitest'
import { Schedule } from '@capstan/shared/contract/scan/schedule'
import { connectRedis } from '@capstan/redis/connect'
import { MAX_SCHEDULE_ATTEMPTS, type ScheduleJob } from '@capstan/scan-store/queue/schedule-queue'
import { until } from '@capstan/testkit/until'
import { parseTokens } from '../../src/access/tokens.ts'
import { repairSchedules } from '../../src/schedules/schedule-store.ts'
import { startScheduler } from '../../src/schedules/scheduler.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const NIGHTLY = { cron: '0 3 * * *', timeZone: 'Europe/Berlin', scan: { labels: { team: 'a' } } }

async function rigWithClock(schedulers = 1, options: RigOptions = {}): Promise<ApiRig> {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, ...options })
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

/** Makes the next run due now. A run that waits for a route already has a scan id. */
async function comeDue(rig: ApiRig, name = 'nightly'): Promise<void> {
  await promote(rig, (data) => data.name === name && data.scanId === undefined)
}

/** Retries a run that waits for a route. */
async function tryAgain(rig: ApiRig, name = 'nightly'): Promise<void> {
  await promote(rig, (data) => data.name === name && data.scanId !== undefined)
}

async function promote(rig: ApiRig, fits: (data: ScheduleJob) => boolean): Promise<void> {
  const job = await until('a delayed run', async () =>
    (await rig.deps.scheduleQueue.getDelayed()).find(({ data }) => fits(data)),
  )
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
  ['an invalid pattern', { cron: 'every night at three' }],
  ['a day that never comes', { cron: '0 0 31 2 *' }],
  ['an unknown time zone', { cron: '0 3 * * *', timeZone: 'Mars/Olympus' }],
  ['a dry run', { cron: '0 3 * * *', scan: { dryRun: true } }],
])('a schedule with %s is rejected and stores nothing', async (_, body) => {
  const rig = await startRig()
  const refused = await put(rig, 'nightly', body)
  expect(await refused.json()).toMatchObject({ code: 'VALIDATION', errors: expect.any(Array) })
  expect((await rig.ask('/api/v1/schedules/nightly')).status).toBe(404)
  expect(await rig.deps.scheduleQueue.getJobSchedulersCount()).toBe(0)
})

test('one of two API processes starts a due scan', async () => {
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

test('a run during a running scan joins it, and the next run is scheduled', async () => {
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

test('a run that is not covered by a running scan starts a parallel scan', async () => {
  const rig = await rigWithClock()
  const first = await rig.ask('/api/v1/scans', { json: { mode: 'full', exclude: ['pods'] } })
  const { id } = (await first.json()) as { id: string }
  await put(rig, 'nightly', NIGHTLY)
  await comeDue(rig)
  const run = await ranAgain(rig, 'nightly')
  expect(run).toMatchObject({ joined: false, problem: null })
  expect(run.scanId).not.toBe(id)
})

const OWN_MODEL = (model: string) => ({ ...NIGHTLY, scan: { provider: 'openai', model } })
const OPENAI = { provider: 'openai', model: 'gpt-test' } as const

test('a run whose route is rejected waits with the reason and without an attempt, and starts once the route is accepted', async () => {
  const bounds = { maxLive: 0, maxPerToken: 8 }
  const rig = await rigWithClock(1, { defaults: OPENAI, bounds })
  await put(rig, 'nightly', OWN_MODEL('m1'))
  await comeDue(rig)
  let waiting = await ranAgain(rig, 'nightly')
  for (let turn = 0; turn < MAX_SCHEDULE_ATTEMPTS + 1; turn++) {
    expect(waiting).toMatchObject({ scanId: null, waiting: true })
    expect(waiting.problem).toContain('the maximum number of models')
    await tryAgain(rig)
    waiting = await ranAgain(rig, 'nightly', waiting.at)
  }
  const jobs = await rig.deps.scheduleQueue.getDelayed()
  expect(jobs).toHaveLength(2)
  expect(jobs.map(({ attemptsMade }) => attemptsMade)).toEqual([0, 0])
  for (const { data, delay } of jobs) if (data.scanId) expect(delay).toBeGreaterThanOrEqual(30_000)
  bounds.maxLive = 1
  await tryAgain(rig)
  const run = await ranAgain(rig, 'nightly', waiting.at)
  expect(run).toMatchObject({ waiting: false, problem: null })
  expect(await rig.deps.journal.scan(run.scanId ?? '')).toMatchObject({ model: 'm1' })
})

test('a waiting run ends without a scan when the next run begins or the schedule is paused', async () => {
  const rig = await rigWithClock(1, { defaults: OPENAI, bounds: { maxLive: 0, maxPerToken: 8 } })
  await put(rig, 'nightly', OWN_MODEL('m1'))
  await comeDue(rig)
  const first = await ranAgain(rig, 'nightly')
  await comeDue(rig)
  const second = await ranAgain(rig, 'nightly', first.at)
  const waiting = async () =>
    (await rig.deps.scheduleQueue.getDelayed()).filter(({ data }) => data.scanId !== undefined)
  expect(second.waiting).toBe(true)
  const [older] = (await waiting()).toSorted((a, b) => a.timestamp - b.timestamp)
  await older?.promote()
  await until('its end', async () => ((await older?.isCompleted()) ? true : undefined))
  expect(await read(rig, 'nightly')).toMatchObject({ lastRun: second })
  await put(rig, 'nightly', { ...OWN_MODEL('m1'), paused: true })
  expect((await read(rig, 'nightly')).lastRun).toMatchObject({ waiting: false })
  await tryAgain(rig)
  await until('no run to wait', async () => ((await waiting()).length === 0 ? true : undefined))
  expect((await rig.deps.journal.scans({ limit: 10 })).data).toEqual([])
})

test('scans of a schedule count towards the scan limit of the token that last changed the schedule', async () => {
  const tokens = parseTokens('a:scan:token-of-a-0123456789,b:scan:token-of-b-0123456789')
  const bounds = { maxLive: 32, maxPerToken: 1 }
  const rig = await rigWithClock(1, { defaults: OPENAI, bounds, tokens })
  const as = (token: string) => ({ authorization: `Bearer token-of-${token}-0123456789` })
  const set = async (name: string, token: string) => {
    const init = { method: 'PUT', json: OWN_MODEL(`model-of-${name}`), headers: as(token) }
    expect((await rig.ask(`/api/v1/schedules/${name}`, init)).ok).toBe(true)
  }
  const run = async (name: string) => {
    await comeDue(rig, name)
    return until(`a run of ${name}`, async () => {
      const response = await rig.ask(`/api/v1/schedules/${name}`, { headers: as('a') })
      return Schedule.parse(await response.json()).lastRun ?? undefined
    })
  }
  await set('one', 'a')
  await set('two', 'a')
  await set('three', 'a')
  await set('three', 'b')
  expect(await run('one')).toMatchObject({ waiting: false, problem: null })
  const second = await run('two')
  expect(second).toMatchObject({ waiting: true, scanId: null })
  expect(second.problem).toContain('this token')
  expect(await run('three')).toMatchObject({ waiting: false, problem: null })
})

test('scans of a schedule use its concurrency, and a concurrency with execution batch is rejected', async () => {
  const rig = await rigWithClock()
  await put(rig, 'nightly', { ...NIGHTLY, scan: { concurrency: 2 } })
  await comeDue(rig)
  const { scanId } = await ranAgain(rig, 'nightly')
  expect(await rig.deps.journal.scan(scanId ?? '')).toMatchObject({ concurrency: 2 })
  const refused = await put(rig, 'other', {
    ...NIGHTLY,
    scan: { concurrency: 2, execution: 'batch' },
  })
  expect(refused.status).toBe(422)
  expect((await rig.ask('/api/v1/schedules/other')).status).toBe(404)
})

test('a failed run stores its reason with the schedule', async () => {
  const { cluster, clusters } = literalClusters(['Kafka', 'Topic'])
  const rig = await rigWithClock(1, { clusters })
  await put(rig, 'nightly', { ...NIGHTLY, scan: { include: ['topics.example.com'] } })
  cluster.definitions.pop()
  await comeDue(rig)
  expect(await ranAgain(rig, 'nightly')).toMatchObject({
    scanId: null,
    problem: expect.stringContaining('topics.example.com'),
  })
})

test('a schedule without a job scheduler gets one at the next start, unless it is paused', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  await put(rig, 'nightly', NIGHTLY)
  await put(rig, 'paused', { ...NIGHTLY, paused: true })
  const before = await read(rig, 'nightly')
  await repairSchedules(rig.deps)
  expect(await read(rig, 'nightly')).toEqual(before)
  await rig.deps.scheduleQueue.removeJobScheduler('nightly')
  expect((await read(rig, 'nightly')).nextRunAt).toBeNull()
  await repairSchedules(rig.deps)
  expect(await read(rig, 'nightly')).toEqual(before)
  expect(await rig.deps.scheduleQueue.getJobSchedulersCount()).toBe(1)
})

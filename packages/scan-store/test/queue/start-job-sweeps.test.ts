import { expect, onTestFinished, test } from 'vitest'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { startJobSweeps } from '../../src/queue/start-job-sweeps.ts'
import { openRouteRegistry, type RouteRegistry } from '../../src/routes/route-registry.ts'
import { finishJobs } from './finish-jobs.ts'

const DAY_MS = 86_400_000
// The lease is long enough for a slow machine, and its holder releases it when it stops.
const TIMES = { firstWithinMs: 10, everyMs: 10, leaseMs: 6_000 }

function startSweeping(rig: ScanRig, routes: Pick<RouteRegistry, 'live' | 'closed'>) {
  let sweeps = 0
  const onSwept = (): void => void sweeps++
  const log = createSilentLog()
  const running = startJobSweeps({ ...rig, routes, log, onSwept }, TIMES)
  onTestFinished(() => running.stop())
  return { stop: () => running.stop(), sweeps: () => sweeps }
}

test('one of two processes sweeps, and the other takes over when it stops', async () => {
  const rig = openScanRig()
  const routes = openRouteRegistry(rig.redis, rig.keys)
  const first = startSweeping(rig, routes)
  await until('the first sweep', () => (first.sweeps() > 0 ? true : undefined))
  const second = startSweeping(rig, routes)
  await until('more sweeps', () => (first.sweeps() > 20 ? true : undefined))
  expect(second.sweeps()).toBe(0)
  await first.stop()
  await until('a sweep by the second', () => (second.sweeps() > 0 ? true : undefined))
})

test('a sweep covers live and closed routes', async () => {
  const rig = openScanRig()
  const routes = openRouteRegistry(rig.redis, rig.keys)
  const live = rig.queues.get({ provider: 'openai', model: 'live' })
  const closed = rig.queues.get({ provider: 'openai', model: 'closed' })
  for (const { name, model } of [
    { name: live.name, model: 'live' },
    { name: closed.name, model: 'closed' },
  ]) {
    await rig.redis.hset(rig.keys.routes, name, JSON.stringify({ provider: 'openai', model }))
  }
  await routes.closeIfIdle(closed.name)
  expect(await routes.closed()).toMatchObject([{ queue: closed.name }])
  const endsMs = [Date.now() - 31 * DAY_MS]
  for (const queue of [live, closed]) await finishJobs(rig, queue, { state: 'failed', endsMs })
  startSweeping(rig, routes)
  await until('no failed job', async () => {
    const counts = await Promise.all([live.getFailedCount(), closed.getFailedCount()])
    return counts.every((count) => count === 0) ? true : undefined
  })
})

test('the next sweep removes the jobs of a sweep that Redis refused', async () => {
  const rig = openScanRig()
  const routes = openRouteRegistry(rig.redis, rig.keys)
  let refusals = 0
  const flaky = {
    ...routes,
    live: async () => {
      if (refusals++ < 2) throw new Error('Redis is unreachable')
      return routes.live()
    },
  }
  const sweeping = startSweeping(rig, flaky)
  await until('a sweep', () => (sweeping.sweeps() > 0 ? true : undefined))
  expect(refusals).toBeGreaterThan(2)
})

import { expect, onTestFinished, test } from 'vitest'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { runVariant } from '../src/routes/run-variant.ts'
import { runWithCrds } from '../src/stack/run-with-crds.ts'

/** More than one caller may use by default. */
const ROUTES = 9

test('scans on routes of their own are measured in one worker with a connection to Redis for each route', async () => {
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const { signal } = new AbortController()
  await runWithCrds(ROUTES, async (cluster, types) => {
    const scans = types.map((type) => [type])
    const work = { redisUrl: redis.url, cluster, seed: 1, scans, signal }
    const one = await runVariant({ name: 'one', routes: 1, slotsPerRoute: ROUTES }, work)
    const many = await runVariant({ name: 'many', routes: ROUTES, slotsPerRoute: 1 }, work)
    expect(many.connections).toBe(one.connections + ROUTES - 1)
    for (const run of [one, many]) {
      expect(run.maxInFlight).toBe(ROUTES)
      expect(run.tookMs).toBeGreaterThanOrEqual(run.idealMs)
      expect(run.peakRssMb).toBeGreaterThan(0)
      expect(run.running.tookMs).toBeGreaterThanOrEqual(run.tookMs)
    }
  })
})

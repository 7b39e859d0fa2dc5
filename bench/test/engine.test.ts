import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { runBare } from '../src/bare/run-bare.ts'
import { runEngine } from '../src/engine/run-engine.ts'

const TYPES = 40

test('Capstan and plain BullMQ finish the same number of jobs with two workers, and leave no keys', async () => {
  const clusterFiles = await mkdtemp(join(tmpdir(), 'capstan-bench-test-'))
  onTestFinished(() => rm(clusterFiles, { recursive: true, force: true }))
  await writeCrdFolder(clusterFiles, TYPES)
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const plan = { redisUrl: redis.url, clusterFiles, types: TYPES, workers: 2, concurrency: 8 }
  const { signal } = new AbortController()

  const bare = await runBare(plan, signal)
  const engine = await runEngine(plan, signal)
  expect(engine.failed).toBe(0)
  for (const run of [bare, engine]) {
    expect(run.tookMs).toBeGreaterThanOrEqual(0)
    expect(run.usage.peakRssMb).toBeGreaterThan(0)
  }
  // A job takes a command to fetch and one to finish at least. The bare workers start after the first look; ours
  // may have done so little work before it.
  expect(bare.usage.redisCommands).toBeGreaterThan(2 * TYPES)
  expect(engine.usage.redisCommands).toBeGreaterThan(0)
  const client = new Redis(redis.url)
  onTestFinished(() => client.disconnect())
  expect(await client.dbsize()).toBe(0)
})

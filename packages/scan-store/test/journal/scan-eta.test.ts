import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { testRedis } from '@capstan/testkit/redis'
import { entry, names, newScan, planOf } from './fixtures.ts'

test('the ETA of a scan with a concurrency assumes at most that many concurrent calls', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const latency = { medianMs: 1_000, sigma: 0 }
  const capacity = { concurrency: 50, latency, blocked: null, buckets: [] }
  const journal = openJournal(redis, keys, {
    readForecast: () => Promise.resolve({ capacity, warnings: [] }),
  })
  const etaOf = async (concurrency?: number): Promise<number> => {
    const scan = newScan({ concurrency })
    await journal.open(scan)
    await journal.plan(scan.id, planOf(names(50).map((name) => entry(name))))
    return (await journal.scan(scan.id))?.eta.seconds ?? 0
  }
  expect(await etaOf()).toBeLessThan(3)
  expect(await etaOf(1)).toBeGreaterThan(50)
  expect(await etaOf(100)).toBe(await etaOf())
})

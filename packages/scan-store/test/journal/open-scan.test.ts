import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { createRedisKeys } from '@capstan/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { entry, names, newScan, planOf } from './fixtures.ts'

test('requested types are compared only with running scans of the same route', async () => {
  const server = await startOwnRedis()
  const redis = new Redis(server.url)
  onTestFinished(async () => {
    redis.disconnect()
    await server.stop()
  })
  const journal = openJournal(redis, createRedisKeys())
  const received = async (): Promise<number> => {
    const [, bytes] = /total_net_input_bytes:(\d+)/.exec(await redis.info('stats')) ?? []
    return Number(bytes)
  }
  const { cluster } = newScan().request
  /** Bytes that opening a scan of 5,000 types sends. */
  const sentBy = async (provider: 'openai' | 'anthropic'): Promise<number> => {
    const before = await received()
    const scan = { ...newScan({ cluster }), provider, requested: { resources: names(5_000) } }
    expect(await journal.open(scan)).toEqual({ outcome: 'opened' })
    await journal.plan(scan.id, planOf([entry('other.example.com')]))
    return (await received()) - before
  }
  // The first call of a process also sends the scripts.
  await sentBy('openai')
  expect(await sentBy('anthropic')).toBeLessThan(10_000)
  expect(await sentBy('openai')).toBeLessThan(60_000)
})

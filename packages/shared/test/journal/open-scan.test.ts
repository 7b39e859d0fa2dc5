import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '@capstan/shared/journal/journal'
import { testRedis } from '@capstan/testkit/redis'
import { entry, names, newScan, planOf } from './fixtures.ts'

test('names of requested types are sent only when a running scan of the same route may contain them', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  const watcher = new Redis(url)
  onTestFinished(() => [redis, watcher].forEach((one) => one.disconnect()))
  const journal = openJournal(redis, keys)
  const other = { ...newScan(), provider: 'openai' as const }
  const { cluster } = other.request
  await journal.open(other)
  await journal.plan(other.id, planOf([entry('other.example.com')]))
  const monitor = await watcher.monitor()
  const sent: string[] = []
  const marked = Promise.withResolvers<void>()
  monitor.on('monitor', (_time: string, args: string[]) => {
    if (args.join(' ') === `get ${keys.prefix}:mark`) marked.resolve()
    else sent.push(args.join(' '))
  })
  const resources = names(5_000)
  const scan = { ...newScan({ cluster }), requested: { resources } }
  expect(await journal.open(scan)).toEqual({ outcome: 'opened' })
  await redis.get(`${keys.prefix}:mark`)
  await marked.promise
  monitor.disconnect()
  const own = sent.filter((line) => line.includes(keys.prefix))
  expect(own.some((line) => line.includes(scan.id))).toBe(true)
  expect(own.filter((line) => line.includes(resources[0] ?? ''))).toEqual([])
})

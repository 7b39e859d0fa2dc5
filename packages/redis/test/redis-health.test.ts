import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createLog } from '@capstan/shared/log'
import { connectRedis } from '@capstan/redis/connect'
import { createRedisKeys } from '@capstan/redis/keys'
import { watchRedisHealth, type RedisHealth } from '@capstan/redis/redis-health'
import { startFaultProxy } from '@capstan/testkit/network/fault-proxy'
import { startOwnRedis } from '@capstan/testkit/own-redis'

async function startHealth(port: number) {
  let logged = ''
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString()
      done()
    },
  })
  const redis = connectRedis(`redis://127.0.0.1:${port}`, 'command', () => undefined)
  const log = createLog('test', 'info', sink)
  const health = watchRedisHealth({ redis, keys: createRedisKeys('{t}'), log, everyMs: 3_600_000 })
  onTestFinished(() => {
    health.stop()
    redis.disconnect()
  })
  return { redis, health, logged: () => logged }
}

async function readKind(health: RedisHealth): Promise<string | undefined> {
  return (await health.look(0)).fault?.kind
}

test('a Redis that cannot save to disk has a fault until it can, and each change is logged once', async () => {
  const own = await startOwnRedis(['--dbfilename', 'dump', '--save', '3600 1'])
  onTestFinished(() => own.stop())
  const { redis, health, logged } = await startHealth(own.port)
  expect(await health.look(0)).toEqual({ fault: undefined, warnings: [], memory: undefined })
  // A directory in place of the dump file makes a snapshot fail, even for root.
  await mkdir(join(own.directory, 'dump'))
  await redis.bgsave()
  await expect.poll(() => readKind(health)).toBe('not-saving')
  await health.look(0)
  await redis.config('SET', 'stop-writes-on-bgsave-error', 'no')
  expect(await readKind(health)).toBeUndefined()
  const lines = logged().trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('cannot save its data to disk')
  expect(lines[1]).toContain('Redis can be used again')
})

test('a Redis without a reply is unreachable after at most a second, and recovers its previous state', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const link = await startFaultProxy(own.port)
  const { health } = await startHealth(link.port)
  expect(await readKind(health)).toBeUndefined()
  link.stall()
  expect(await readKind(health)).toBe('unreachable')
  await link.heal()
  expect(await readKind(health)).toBeUndefined()
  await own.kill()
  expect(await readKind(health)).toBe('unreachable')
})

test('a clock that differs from the clock of Redis gives a warning with the difference', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const { health } = await startHealth(own.port)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 })
  onTestFinished(() => void vi.useRealTimers())
  const text = expect.stringMatching(/is (599|600)[.\d]* s ahead of that of Redis/) as string
  expect((await health.look(0)).warnings).toEqual([{ kind: 'clock', text }])
  vi.useRealTimers()
  expect((await health.look(0)).warnings).toEqual([])
})

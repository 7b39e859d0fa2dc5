import { once } from 'node:events'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { applyCommandTimeout } from '../src/apply-command-timeout.ts'

const LIMIT_MS = 50

async function connect(): Promise<Redis> {
  const redis = new Redis(testRedis().url)
  onTestFinished(() => redis.disconnect())
  await once(redis, 'ready')
  return redis
}

function blockEventLoop(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('a command resolves when its reply arrived while the event loop was blocked for longer than the timeout', async () => {
  const redis = await connect()
  applyCommandTimeout(redis, LIMIT_MS)
  for (let round = 0; round < 3; round++) {
    const answers = Promise.all([redis.ping(), redis.echo('a'), redis.pipeline().ping().exec()])
    // The commands are sent after the first block. In the second one a plain timer would fire before the reply is read.
    await new Promise((resolve) => setImmediate(resolve))
    blockEventLoop(LIMIT_MS * 6)
    expect(await answers).toEqual(['PONG', 'a', [[null, 'PONG']]])
  }
})

test('a command without a reply is rejected as timed out, and later commands on the connection succeed', async () => {
  const redis = await connect()
  const other = await connect()
  const list = `${testRedis().keys.prefix}list`
  applyCommandTimeout(redis, LIMIT_MS)
  await expect(redis.blpop(list, 0)).rejects.toThrow('Command timed out')
  await other.lpush(list, 'late')
  expect(await redis.ping()).toBe('PONG')
})

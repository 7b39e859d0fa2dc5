import { expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import { redisClient } from '@capstan/testkit/redis-client'
import { createFreshMachine } from './fresh-machine.ts'
import { spawnCapstan } from './run-capstan.ts'

test('with REDIS_URL the demo uses that Redis and deletes its own keys at the end', async () => {
  const machine = await createFreshMachine()
  const { url } = testRedis()
  const redis = redisClient(url)
  const prefixes = async () =>
    new Set((await redis.keys('{capstan-demo-*')).map((key) => key.split(':')[0]))
  const before = await prefixes()
  const demo = spawnCapstan(
    ['demo', '--types', '*.apps', '--latency', '1500-1600', '-o', 'ndjson'],
    {
      ...machine.environment,
      REDIS_URL: url,
      // The demo must ignore these settings of the user.
      CAPSTAN_PROVIDER: 'openai',
      OPENAI_API_KEY: 'sk-canary-demo-0123456789',
      KUBECONFIG: '/nowhere',
      CAPSTAN_SERVER: 'http://127.0.0.1:9',
      PORT: '1',
    },
  )
  await demo.waitForText('/4')
  expect((await prefixes()).size).toBe(before.size + 1)
  expect(await demo.ended, demo.err()).toBe(0)
  const rows = demo
    .out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(rows).toHaveLength(4)
  expect(rows[0]).toMatchObject({ cluster: 'demo', provenance: { provider: 'anthropic' } })
  expect(await prefixes()).toEqual(before)
  expect(demo.out() + demo.err()).not.toContain('canary')
})

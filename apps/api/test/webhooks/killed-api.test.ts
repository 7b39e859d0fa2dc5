import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '@capstan/scan-store/journal/journal'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import type { ApiRig } from '../support/api-rig.ts'
import { createHook, endScan, readDeliveries, SECRET } from './webhook-rig.ts'

/** A receiver that never answers its first message. */
async function startSilentReceiver() {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']))
    request.resume()
    if (received.length > 1) response.writeHead(204).end()
  })
  const { url } = await listenForTest(server)
  return { url, received }
}

function createAsk(url: string): ApiRig['ask'] {
  return (path, { json, ...init } = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      headers: { 'content-type': 'application/json' },
    })
}

test('after kill -9 of the API during a request, and an end without any API, the next API sends each message under its id', async () => {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    CAPSTAN_WEBHOOK_SECRET: SECRET,
    CAPSTAN_WEBHOOK_ALLOW: '127.0.0.1',
    PORT: '0',
  }
  const deps = { journal: openJournal(redis, keys) }
  const receiver = await startSilentReceiver()
  const first = await startTestProcess('api', environment)
  const { id } = await createHook({ ask: createAsk(first.url) }, receiver.url)
  const interrupted = await endScan({ deps })
  await until('the first request', () => receiver.received[0])
  await first.stop('SIGKILL')
  const unplanned = await endScan({ deps })
  expect(await redis.xlen(keys.scanEnds)).toBe(1)
  const second = await startTestProcess('api', environment)
  const ask = createAsk(second.url)
  const delivered = await until('both messages', async () => {
    const found = await readDeliveries({ ask }, id, '?status=delivered')
    return found.length === 2 ? found : undefined
  })
  expect(new Set(delivered.map(({ scan }) => scan))).toEqual(new Set([interrupted, unplanned]))
  expect(receiver.received).toHaveLength(3)
  const idOf = (scan: string) => delivered.find((delivery) => delivery.scan === scan)?.id
  const times = (scan: string) => receiver.received.filter((sent) => sent === idOf(scan)).length
  expect([times(interrupted), times(unplanned)]).toEqual([2, 1])
  expect(await redis.xlen(keys.scanEnds)).toBe(0)
  const metrics = await (await ask('/metrics')).text()
  expect(metrics).toContain('capstan_webhook_attempts_total{outcome="delivered"} 2')
})

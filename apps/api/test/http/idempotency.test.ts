import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { testRedis } from '@capstan/testkit/redis'
import { openIdempotencyStore } from '../../src/idempotency/idempotency-store.ts'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KEY = { 'idempotency-key': 'd9b2d63d-a233-4123-847a-5b8b3f1c2e90' }
const body = { onConflict: 'parallel', labels: { a: '1', b: '2' } }

async function send(rig: ApiRig, json: unknown, headers = {}): Promise<Response> {
  return rig.ask('/api/v1/scans', { json, headers: { ...KEY, ...headers } })
}

test('requests with the same key and body start one scan and get the first response from any replica', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const redis = testRedis()
  const [one, other] = [await startRig({ clusters, redis }), await startRig({ clusters, redis })]
  const first = await send(one, body)
  const again = await send(other, { labels: { b: '2', a: '1' }, onConflict: 'parallel' })
  expect(first.status).toBe(202)
  expect(again.status).toBe(202)
  expect(first.headers.get('idempotency-replayed')).toBeNull()
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  for (const name of ['location', 'retry-after', 'content-type']) {
    expect(again.headers.get(name)).toBe(first.headers.get(name))
  }
  expect(await again.text()).toBe(await first.text())
  expect((await one.deps.journal.scans({ limit: 10 })).data.length).toBe(1)
})

test('the same key with another body is rejected', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  await send(rig, body)
  const other = await send(rig, { ...body, mode: 'full' })
  expect(other.status).toBe(422)
  expect(await other.json()).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
})

test('a second request during the first gets 409 with Retry-After', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const held = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  cluster.answersAfter = () => {
    reached.resolve()
    return held.promise
  }
  const rig = await startRig({ clusters })
  const first = send(rig, body)
  await reached.promise
  const second = await send(rig, body)
  expect(second.status).toBe(409)
  expect(await second.json()).toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS', retryable: true })
  held.resolve()
  expect((await first).status).toBe(202)
  expect(cluster.discoveries).toBe(1)
})

test('a failed request releases its key', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  cluster.fault = new Error('for once')
  expect((await send(rig, body)).status).toBe(500)
  delete cluster.fault
  expect((await send(rig, body)).status).toBe(202)
})

test('a request that is repeated after a crash starts the same scan', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  const store = openIdempotencyStore(rig.deps.redis, rig.redis.keys)
  const scope = 'local POST /api/v1/scans'
  const id = `scan_${'7'.repeat(32)}`
  const parsed = ScanRequest.parse(body)
  const dead = await store.begin(scope, KEY['idempotency-key'], parsed, id)
  expect(dead).toEqual({ outcome: 'new', scanId: id })
  const key = (await rig.deps.redis.keys(`${rig.redis.keys.prefix}:idempotency:*`))[0] ?? ''
  const record = JSON.parse((await rig.deps.redis.get(key)) ?? '') as Record<string, unknown>
  await rig.deps.redis.set(key, JSON.stringify({ ...record, busyUntil: 0 }))
  const again = await send(rig, body)
  expect(Scan.parse(await again.json()).id).toBe(id)
})

test('two callers can use the same key for different requests', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const tokens = parseTokens('a:scan:token-of-a-0123456789,b:scan:token-of-b-0123456789')
  const rig = await startRig({ clusters, tokens })
  const asA = await send(rig, body, { authorization: 'Bearer token-of-a-0123456789' })
  const asB = await send(rig, body, { authorization: 'Bearer token-of-b-0123456789' })
  expect([asA.status, asB.status]).toEqual([202, 202])
  expect(await asA.text()).not.toBe(await asB.text())
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test as base } from 'vitest'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testQdrant, type QdrantServer } from '@capstan/testkit/qdrant/qdrant-server'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { startTestStack, temporaryFolder, type TestStack } from './test-stack.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const KEY = 'sk-ant-stores-0000000000000000'
const ALL = { include: ['*.example.com'] }

/** A kubeconfig of a simulated cluster with this many types. */
async function clusterOf(types: number): Promise<string> {
  const folder = await temporaryFolder()
  await writeCrdFolder(join(folder, 'crds'), types)
  const cluster = await testClusterSim({ cluster: join(folder, 'crds') })
  const path = join(folder, 'kubeconfig')
  await writeFile(path, cluster.kubeconfig)
  return path
}

function ended(stack: TestStack, scanId: string): Promise<Scan> {
  return until('the end of the scan', async () => {
    // Right after an outage, Redis may still refuse the request.
    const scan = await stack.read(scanId).catch(() => undefined)
    return scan?.done ? scan : undefined
  })
}

async function rowsStored({ ask }: TestStack): Promise<number> {
  const response = await ask('/api/v1/capabilities/export', {
    headers: { accept: 'application/x-ndjson' },
  })
  expect(response.status).toBe(200)
  return (await response.text()).trim().split('\n').length
}

test('Redis killed during a scan for longer than locks last fails no type and repeats no call', async () => {
  const TYPES = 150
  const kubeconfig = await clusterOf(TYPES)
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const provider = await testProviderSim({ latency: { kind: 'uniform', minMs: 200, maxMs: 500 } })
  const worker = {
    LOG_LEVEL: 'warn',
    CAPSTAN_PROVIDER: 'anthropic',
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: provider.url,
    CAPSTAN_CONCURRENCY: '8',
    CAPSTAN_STALLED_MS: '500',
  }
  const environment = { REDIS_URL: redis.url }
  const stack = await startTestStack({
    environment,
    api: { KUBECONFIG: kubeconfig, CAPSTAN_PROVIDER: 'anthropic' },
    worker,
  })
  await startTestApp('worker', { ...environment, ...worker, PORT: '0' })

  const scanId = await stack.scan(ALL)
  await until('the middle', () => (provider.stats().succeeded >= 40 ? true : undefined))
  const release = provider.hold({ matching: '' })
  await until('a call a slot', () => (provider.stats().inFlight === 2 * 8 ? true : undefined))
  await redis.kill()
  const before = provider.stats()
  release()
  await until('answers to all that was asked', () => provider.stats().inFlight === 0 || undefined)
  expect(provider.stats().succeeded).toBeGreaterThan(before.succeeded)
  await redis.passTime(60_000)
  await redis.restart()

  const scan = await ended(stack, scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: TYPES, failed: 0 } })
  expect(provider.stats()).toMatchObject({ calls: TYPES, succeeded: TYPES })
  expect(await rowsStored(stack)).toBe(TYPES)
})

const upserts = ({ requests }: QdrantServer) =>
  requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/points'))

test('Qdrant killed during a scan: types are paid once and found meanwhile, and the copy is complete in the end', async () => {
  const TYPES = 300
  const kubeconfig = await clusterOf(TYPES)
  const qdrant = await testQdrant()
  const provider = await testProviderSim({ latency: { kind: 'uniform', minMs: 100, maxMs: 300 } })
  const { url, keys } = testRedis()
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { KUBECONFIG: kubeconfig, CAPSTAN_PROVIDER: 'anthropic', QDRANT_URL: qdrant.url },
    worker: {
      CAPSTAN_PROVIDER: 'anthropic',
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_CONCURRENCY: '8',
    },
  })
  const scanId = await stack.scan(ALL)
  // More than one request to Qdrant holds, so that part of the scan remains, however late this is noticed.
  await until('some answers', () => (provider.stats().succeeded >= 120 ? true : undefined))
  const release = provider.hold({ matching: '' })
  await until('a copy', () => (qdrant.points('capstan') > 0 ? true : undefined))
  await qdrant.down()
  release()
  const before = { paid: provider.stats().succeeded, points: qdrant.points('capstan') }
  expect(before.paid).toBeLessThan(TYPES)

  const enough = Math.min(TYPES, before.paid + 80)
  await until('answers while it is down', async () =>
    (await stack.read(scanId)).progress.succeeded >= enough ? true : undefined,
  )
  const [item] = (await stack.items(scanId)).filter(({ status }) => status === 'succeeded')
  const asked = await stack.ask(`/api/v1/capabilities/search?q=${item?.resource}&limit=50`)
  const found = (await asked.json()) as { note: string; data: { capability: object }[] }
  expect(found.note).toMatch(/This server searched by itself\.$/)
  expect(found.data.map(({ capability }) => capability)).toContainEqual(
    expect.objectContaining({ resource: item?.resource }),
  )
  expect(qdrant.points('capstan')).toBe(before.points)
  await qdrant.up()

  const scan = await ended(stack, scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: TYPES, failed: 0 } })
  expect(provider.stats()).toMatchObject({ calls: TYPES, succeeded: TYPES })
  await until('all points', () => (qdrant.points('capstan') === TYPES ? true : undefined))
})

test('a scan of 450 types by two workers is stored in Qdrant in full requests', async () => {
  const TYPES = 450
  const kubeconfig = await clusterOf(TYPES)
  const qdrant = await testQdrant()
  const { url, keys } = testRedis()
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    LOG_LEVEL: 'warn',
  }
  const stack = await startTestStack({
    environment,
    api: { KUBECONFIG: kubeconfig, QDRANT_URL: qdrant.url },
  })
  await startTestApp('worker', { ...environment, PORT: '0' })
  const scan = await ended(stack, await stack.scan(ALL))
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: TYPES } })
  await until('all points', () => (qdrant.points('capstan') === TYPES ? true : undefined))
  // One incomplete request at the end, and one for each minute of the scan.
  expect(upserts(qdrant).length).toBeLessThanOrEqual(Math.ceil(TYPES / 64) + 4)
})

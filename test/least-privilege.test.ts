import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startAclRedis } from '@capstan/testkit/acl-redis'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { startClusterRedis } from '@capstan/testkit/cluster-redis'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { startProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { startTestStack, temporaryFile, type TestStack } from './test-stack.ts'
import { readRedis } from './read-redis.ts'

async function stackOn(redisUrl: string, prefix: string): Promise<TestStack> {
  const cluster = await testClusterSim()
  const provider = await testProviderSim({
    faults: [
      { kind: 'refusal', matching: 'CronJob' },
      { kind: 'server-error', times: 1 },
    ],
  })
  return startTestStack({
    environment: { REDIS_URL: redisUrl, CAPSTAN_REDIS_PREFIX: prefix },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: {
      ANTHROPIC_API_KEY: 'sk-ant-0123456789abcdef',
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_CONCURRENCY: '20',
    },
  })
}

/** Uses every feature that writes to Redis: a failed type, retry, cancel, pause, board, search, shutdown. */
async function useAll({ ask, scan, read, settled, api, worker }: TestStack): Promise<void> {
  const post = async (path: string): Promise<number> => {
    const response = await ask(path, { json: {}, headers: { 'idempotency-key': path } })
    await response.text()
    return response.status
  }
  const first = await scan({})
  const done = await settled(first)
  expect(done).toMatchObject({ status: 'partial', failures: { byReason: { refused: 1 } } })
  expect(done.progress.total).toBeGreaterThan(60)
  expect(await post(`/api/v1/scans/${first}/retry`)).toBe(202)
  expect(await settled(first)).toMatchObject({ runAttempt: 2, status: 'partial' })

  expect(await post('/api/v1/queue/pause')).toBe(200)
  const second = await scan({ mode: 'full', labels: { purpose: 'acl' } })
  await until('its plan', async () => (await read(second)).progress.total ?? undefined)
  expect(await post(`/api/v1/scans/${second}/pause`)).toBeLessThan(300)
  expect(await post(`/api/v1/scans/${second}/resume`)).toBeLessThan(300)
  expect(await post(`/api/v1/scans/${second}/cancel`)).toBeLessThan(300)
  expect(await post('/api/v1/queue/resume')).toBe(200)
  expect(await settled(second)).toMatchObject({ status: 'canceled' })
  expect(await post('/api/v1/scans')).toBe(202)
  expect(await post('/api/v1/scans')).toBe(202) // the same answer again
  expect(await post('/api/v1/providers/anthropic/resume')).toBe(200)

  const reads = [
    '/api/v1/scans?label.purpose=acl',
    `/api/v1/scans/${first}/events`,
    `/api/v1/scans/${first}/resources`,
    '/api/v1/capabilities/search?q=deploy',
    '/api/v1/capabilities/export',
    '/api/v1/providers',
    '/api/v1/workers',
    '/queues/api/queues?activeQueue=infer&status=latest&page=1&jobsPerPage=10',
    '/metrics',
    '/readyz?verbose',
  ]
  for (const path of reads) {
    const response = await ask(path)
    await response.text()
    expect(response.status, path).toBe(200)
  }
  const gone = await ask('/api/v1/capabilities/deployments.apps', { method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect((await ask(`/api/v1/scans/${second}`, { method: 'DELETE' })).status).toBe(204)
  expect(await worker?.stop()).toBe(0)
  expect(await api.stop()).toBe(0)
}

test('the least-privilege Redis user is sufficient for all of Capstan', async () => {
  const prefix = `{acl-${randomBytes(4).toString('hex')}}`
  const redis = await startAclRedis(prefix)
  onTestFinished(() => redis.stop())
  const stack = await stackOn(redis.url, prefix)
  await useAll(stack)
  expect(await redis.refused()).toEqual([])
  const names = [...(await readRedis(redis.adminUrl)).keys()]
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !name.startsWith(`${prefix}:`))).toEqual([])
  for (const { output } of [stack.api, stack.worker].filter((one) => one !== undefined)) {
    expect(output()).not.toContain('NOPERM')
  }
  // Proves that the list of refused commands can contain entries.
  const user = new Redis(redis.url)
  onTestFinished(() => user.disconnect())
  await expect(user.keys('*')).rejects.toThrow('NOPERM')
  expect(await redis.refused()).toHaveLength(1)
})

test('a node of a Redis Cluster serves Capstan, because no command touches two slots', async () => {
  const redis = await startClusterRedis()
  onTestFinished(() => redis.stop())
  const stack = await stackOn(redis.url, '{whole}')
  await useAll(stack)
  for (const { output } of [stack.api, stack.worker].filter((one) => one !== undefined)) {
    expect(output()).not.toMatch(/CROSSSLOT|MOVED/)
  }
})

test.each(['api', 'worker'] as const)(
  'the %s refuses a node that does not hold the keys, and names the node that does',
  async (app) => {
    const home = await startClusterRedis()
    onTestFinished(() => home.stop())
    const other = await startOwnRedis(['--cluster-enabled', 'yes'])
    onTestFinished(() => other.stop())
    const admin = new Redis(other.url)
    onTestFinished(() => admin.disconnect())
    await admin.call('CLUSTER', 'MEET', '127.0.0.1', String(home.port))
    await until(
      'the two nodes to know each other',
      async () =>
        String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok') || undefined,
    )
    const started = startProcess(app, { REDIS_URL: other.url, HOME: '/nowhere', PORT: '0' })
    await expect(started).rejects.toThrow(
      new RegExp(`does not hold Capstan's keys; the node at 127.0.0.1:${home.port} does`),
    )
  },
)

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testRedis } from '@capstan/testkit/redis'
import { startProcess } from '@capstan/testkit/start-process'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import { openSse } from '../support/sse-client.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const TOKEN = 'canary-process-token-0123456789'
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }

interface Setting {
  environment: Record<string, string>
  sim: Awaited<ReturnType<typeof testClusterSim>>
  redis: Redis
  prefix: string
}

async function arrange(): Promise<Setting> {
  const { url, keys } = testRedis()
  const sim = await testClusterSim()
  const directory = await mkdtemp(join(tmpdir(), 'capstan-api-'))
  const kubeconfig = join(directory, 'kubeconfig.yaml')
  await writeFile(kubeconfig, sim.kubeconfig)
  const redis = new Redis(url)
  onTestFinished(async () => {
    redis.disconnect()
    await rm(directory, { recursive: true, force: true })
  })
  const environment = {
    CAPSTAN_PROVIDER: 'demo',
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_TOKEN: TOKEN,
    KUBECONFIG: kubeconfig,
    PORT: '0',
    LOG_LEVEL: 'debug',
  }
  return { environment, sim, redis, prefix: keys.prefix }
}

async function startScan(url: string, body: unknown): Promise<Scan> {
  const response = await fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  expect(response.status, JSON.stringify(answer)).toBe(202)
  return Scan.parse(answer)
}

async function ended(url: string, id: string): Promise<Scan> {
  return until(`the end of ${id}`, async () => {
    const response = await fetch(`${url}/api/v1/scans/${id}`, {
      headers: { ...headers, prefer: 'wait=50' },
    })
    const scan = Scan.parse(await response.json())
    return scan.done ? scan : undefined
  })
}

test('the API discovers the cluster once at startup and reads only types', async () => {
  const { environment, sim } = await arrange()
  await startTestApp('api', environment)
  await until('what every scan begins with', () => {
    const asked = sim.requests().map(({ path }) => path.split('?')[0])
    const isAll = ['/api', '/apis', CRDS].every((path) => asked.includes(path))
    return isAll ? asked : undefined
  })
  expect(new Set(sim.requests().map(({ path }) => path.split('?')[0]))).toEqual(
    new Set(['/api', '/apis', CRDS]),
  )
})

test('the API serves requests while the cluster is unreachable', async () => {
  const { environment, sim } = await arrange()
  const away = sim.kubeconfig.replaceAll(sim.url, 'http://127.0.0.1:1')
  await writeFile(environment['KUBECONFIG'] ?? '', away)
  const api = await startTestApp('api', environment)
  const list = await fetch(`${api.url}/api/v1/scans`, { headers })
  expect(list.status).toBe(200)
  const start = await fetch(`${api.url}/api/v1/scans`, { method: 'POST', headers, body: '{}' })
  expect(await start.json()).toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})

test('a scan of a simulated cluster completes, a second scan costs nothing, and no secret is stored', async () => {
  const { environment, redis, prefix } = await arrange()
  const api = await startTestProcess('api', environment)
  await startTestApp('worker', { ...environment, CAPSTAN_CONCURRENCY: '20' })
  const first = await startScan(api.url, {})
  const done = await ended(api.url, first.id)
  expect(done).toMatchObject({ status: 'succeeded', provider: 'demo', createdBy: 'token:default' })
  const total = done.progress.total ?? 0
  expect(total).toBeGreaterThan(60)
  expect(done.progress.succeeded).toBe(total)
  const again = await ended(api.url, (await startScan(api.url, {})).id)
  expect(again).toMatchObject({ status: 'succeeded', usage: { calls: 0 } })
  expect(again.progress.skipped).toBe(total)
  const search = await fetch(`${api.url}/api/v1/capabilities/search?q=database`, { headers })
  expect(((await search.json()) as { data: unknown[] }).data.length).toBeGreaterThan(0)
  expect(await api.stop()).toBe(0)
  expect(api.output()).toContain('scan planned')
  expect(api.output()).not.toContain(TOKEN)
  for (const key of await redis.keys(`${prefix}*`)) {
    // Some keys live for a second and may have expired.
    const stored = (await redis.dumpBuffer(key)) ?? Buffer.of()
    expect(stored.includes(TOKEN), key).toBe(false)
  }
})

test('a plan of a killed process is made once by the next process', async () => {
  const { environment, sim } = await arrange()
  const first = await startTestProcess('api', environment)
  // The planner hangs while it reads definitions.
  const { id } = await startScan(first.url, {})
  await first.stop('SIGKILL')
  const second = await startTestApp('api', environment)
  await startTestApp('worker', { ...environment, CAPSTAN_CONCURRENCY: '20' })
  const scan = await ended(second.url, id)
  expect(scan.status).toBe('succeeded')
  expect(scan.progress.succeeded).toBe(scan.progress.total)
  const events = await fetch(`${second.url}/api/v1/scans/${id}/events?limit=1000`, {
    headers: { ...headers, accept: 'application/json' },
  })
  const { data } = (await events.json()) as { data: { type: string }[] }
  expect(data.filter(({ type }) => type === 'scan.started').length).toBe(1)
  expect(sim.requests().every(({ method }) => method === 'GET')).toBe(true)
})

test('SIGTERM ends streams with server.closing and the process with exit code 0', async () => {
  const { environment } = await arrange()
  const api = await startTestProcess('api', environment)
  const { id } = await startScan(api.url, {})
  const sse = await openSse(`${api.url}/api/v1/scans/${id}/events`, headers)
  await sse.next(({ type }) => type === 'snapshot')
  expect(await api.stop('SIGTERM')).toBe(0)
  await sse.ended
  expect(sse.events.at(-1)?.type).toBe('server.closing')
  expect(api.output()).toContain('"msg":"stopped"')
})

test.each([
  ['a host open to all without a token', { HOST: '0.0.0.0', CAPSTAN_TOKEN: '' }, 'CAPSTAN_TOKEN'],
  ['no Redis URL', { REDIS_URL: '' }, 'REDIS_URL'],
])('the start fails with %s and a hint', async (_, change, hint) => {
  const { environment } = await arrange()
  await expect(startProcess('api', { ...environment, ...change })).rejects.toThrow(hint)
})

test('without a cluster the API starts, serves stored data and reports the missing cluster', async () => {
  const { environment } = await arrange()
  const api = await startTestApp('api', {
    ...environment,
    KUBECONFIG: '/nowhere/kubeconfig',
    HOME: '/nowhere',
  })
  expect((await fetch(`${api.url}/api/v1/capabilities`, { headers })).status).toBe(200)
  const refused = await fetch(`${api.url}/api/v1/scans`, { method: 'POST', headers, body: '{}' })
  expect(refused.status).toBe(502)
  expect(await refused.json()).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
})

test('an API follows the events of a route that is announced while it runs', async () => {
  const { environment } = await arrange()
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const redis = new Redis(own.url)
  onTestFinished(() => redis.disconnect())
  const readers = async (): Promise<number> =>
    String(await redis.client('LIST')).split('cmd=xread ').length - 1
  const api = await startTestApp('api', { ...environment, REDIS_URL: own.url })
  const before = await readers()
  await startScan(api.url, { include: ['pods'] })
  await until('a reader of its events', async () => ((await readers()) > before ? true : undefined))
  expect(api.output()).not.toContain('could not subscribe')
})

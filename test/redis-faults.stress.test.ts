import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, test as base } from 'vitest'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { startFaultProxy, type FaultProxy } from '@capstan/testkit/network/fault-proxy'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { startTestStack, type TestStack } from './test-stack.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const TYPES = 30
/** Number of finished types at which the fault begins: some calls are in flight and most types wait. */
const BEGIN_AT = 6

interface Scene {
  stack: TestStack
  /** Proxies in front of Redis, one for the API and one for the worker. */
  links: FaultProxy[]
  redis: Redis
}

interface Fault {
  begin(scene: Scene): Promise<unknown> | void
  /** Reason on both readiness pages during the fault; undefined for a momentary fault. */
  reason?: RegExp
  heal?(scene: Scene): Promise<unknown>
}

const unreachable = /Redis does not answer/
const onLinks = (act: (link: FaultProxy) => unknown) => async (scene: Scene) =>
  Promise.all(scene.links.map(act))
const healLinks = onLinks((link) => link.heal())

const FAULTS: Record<string, Fault> = {
  'links stall': { begin: onLinks((link) => link.stall()), reason: unreachable, heal: healLinks },
  // Detected only by the client, and healed by a new connection.
  'links become half-open': { begin: onLinks((link) => link.halfOpen()), reason: unreachable },
  'links are reset': { begin: onLinks((link) => link.reset()) },
  'links are refused': {
    begin: onLinks((link) => link.refuse()),
    reason: unreachable,
    heal: healLinks,
  },
  'links end in the middle of answers': {
    begin: async ({ links }) => {
      const before = links.map((link) => link.accepted())
      for (const link of links) link.cutAfter(3_000)
      await until('ten cut connections', () =>
        links.every((link, at) => link.accepted() >= (before[at] ?? 0) + 10) ? true : undefined,
      )
    },
    heal: healLinks,
  },
  'links are slow': { begin: onLinks((link) => link.delay(60)) },
  'Redis is full': {
    begin: ({ redis }) => redis.config('SET', 'maxmemory', '1'),
    reason: /Redis is full: \d+ % of maxmemory/,
    heal: ({ redis }) => redis.config('SET', 'maxmemory', '0'),
  },
  'Redis is read-only': {
    begin: ({ redis }) => redis.replicaof('127.0.0.1', 1),
    reason: /Redis is read-only/,
    heal: ({ redis }) => redis.replicaof('NO', 'ONE'),
  },
}

test.each(Object.entries(FAULTS))(
  'while %s, readiness reports it, few lines are logged, and the scan ends with one call per type',
  async (_, { begin, reason, heal }) => {
    const own = await startOwnRedis()
    onTestFinished(() => own.stop())
    const { calls, ...scene } = await startScene(own.port)
    const scanId = await startedScan(scene.stack)
    await begin(scene)
    if (reason) await expectNotReady(scene.stack, reason)
    await heal?.(scene)
    await expectAllSucceeded(scene.stack, scanId)
    expect(calls()).toBe(TYPES)
    await expectReady(scene.stack)
    expectFewLines(scene.stack)
  },
)

test('after a failover behind one address all connections move to the new primary', async () => {
  const [old, next] = [await startOwnRedis(), await startOwnRedis()]
  onTestFinished(async () => {
    await Promise.all([old.stop(), next.stop()])
  })
  const replica = new Redis(next.port)
  onTestFinished(() => replica.disconnect())
  await replica.replicaof('127.0.0.1', old.port)
  const { calls, ...scene } = await startScene(old.port)
  await until('the replica', async () =>
    (await replica.info('replication')).includes('master_link_status:up') ? true : undefined,
  )
  const scanId = await startedScan(scene.stack)
  for (const link of scene.links) link.lead(next.port)
  // The old primary waits until the replica has caught up, then replicates from it. No connection is closed.
  await scene.redis.call('FAILOVER')
  await expectAllSucceeded(scene.stack, scanId)
  expect(calls()).toBe(TYPES)
  expect(await replica.info('replication')).toContain('role:master')
  expectFewLines(scene.stack)
})

async function startScene(redisPort: number): Promise<Scene & { calls: () => number }> {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-faults-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeCrdFolder(directory, TYPES)
  const provider = await startProviderSim({
    seed: 1,
    latency: { kind: 'uniform', minMs: 200, maxMs: 500 },
  })
  onTestFinished(() => provider.close())
  const links = [await startFaultProxy(redisPort), await startFaultProxy(redisPort)]
  const [apiUrl = '', workerUrl = ''] = links.map(({ port }) => `redis://127.0.0.1:${port}`)
  const stack = await startTestStack({
    environment: { LOG_LEVEL: 'warn', CAPSTAN_PROVIDER: 'anthropic' },
    api: { REDIS_URL: apiUrl, CAPSTAN_CLUSTER_FILES: directory },
    worker: {
      REDIS_URL: workerUrl,
      ANTHROPIC_API_KEY: 'sk-ant-faults-0000000000000000',
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_CONCURRENCY: '4',
    },
  })
  const redis = new Redis(redisPort)
  onTestFinished(() => redis.disconnect())
  return { stack, links, redis, calls: () => provider.stats().calls }
}

async function startedScan(stack: TestStack): Promise<string> {
  const id = await stack.scan({})
  await until(`${BEGIN_AT} finished types`, async () =>
    (await stack.read(id)).progress.finished >= BEGIN_AT ? true : undefined,
  )
  return id
}

async function expectNotReady({ api, worker }: TestStack, reason: RegExp): Promise<void> {
  for (const url of [api.url, worker?.url]) {
    await until(`${reason.source} at ${url}/readyz`, async () => {
      const response = await fetch(`${url}/readyz`)
      return response.status === 503 && reason.test(await response.text()) ? true : undefined
    })
  }
}

async function expectReady({ api, worker }: TestStack): Promise<void> {
  for (const url of [api.url, worker?.url]) {
    await until(`readiness of ${url}`, async () =>
      (await fetch(`${url}/readyz`)).status === 200 ? true : undefined,
    )
  }
}

async function expectAllSucceeded(stack: TestStack, scanId: string): Promise<void> {
  const done = await until('the end of the scan', async () => {
    const response = await stack.ask(`/api/v1/scans/${scanId}`)
    const scan =
      response.status === 200 ? await stack.read(scanId).catch(() => undefined) : undefined
    return scan?.done ? scan : undefined
  })
  expect(done).toMatchObject({ status: 'succeeded', progress: { total: TYPES, succeeded: TYPES } })
}

/** For each process and each kind of fault, log lines are at least one second apart. */
function expectFewLines({ api, worker }: TestStack): void {
  for (const running of [api, worker]) {
    const lastAt = new Map<string, number>()
    for (const line of running?.output().split('\n').filter(Boolean) ?? []) {
      const { time, err, code, msg } = JSON.parse(line) as Line
      if (!err && code === undefined) continue
      const kind = code ?? err?.code ?? err?.message.split(' ')[0] ?? msg
      // The rate limit uses a monotonic clock, log lines the wall clock.
      const gapMs = time - (lastAt.get(kind) ?? 0)
      expect(gapMs, `${running?.output().slice(-3_000)}`).toBeGreaterThan(990)
      lastAt.set(kind, time)
    }
  }
}

interface Line {
  time: number
  msg: string
  code?: string
  err?: { code?: string; message: string }
}

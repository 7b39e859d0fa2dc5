import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { pauseRoute } from '@capstan/scan-store/queue/pause-route'
import { setGuard, UNLIMITED_GUARD } from '@capstan/scan-store/queue/route-guard'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import type { Limiter } from '@capstan/limits/types'
import { createRedisKeys } from '@capstan/redis/keys'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { parseTokens } from '../../src/access/tokens.ts'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const HOUR_MS = 3_600_000
const NO_LIMITS = { perMinute: {}, cachedTokensCount: false, concurrency: { start: 10, max: 10 } }
const WORKER = {
  providers: [{ provider: 'openai' as const, model: 'gpt-x' }],
  accounts: [{ name: 'main', provider: 'openai' as const, model: 'gpt-x', weight: 3 }],
}

interface Account {
  name: string
  model: string
  weight: number
  paused: { forMs: number; reason: string } | null
  breaker: { state: string; reason: string | null }
  until: string | null
}

/** Limits as in workers: accounts whose names begin with `claude` belong to Anthropic. */
function workerLimiter({ deps: { redis, keys } }: ApiRig): Limiter {
  return openLimiter({
    redis,
    keys,
    limitsFor: () => NO_LIMITS,
    providerFor: (account) => (account.startsWith('claude') ? 'anthropic' : 'openai'),
  })
}

/** Opens the breaker by five consecutive failures. */
async function openBreaker(limiter: Limiter, account: string, model: string): Promise<void> {
  const limitKey = { account, model }
  const call = { characters: 4, maxOutputTokens: 1, ttlMs: 60_000, maxWaitMs: 0, pollMs: 1 }
  for (const lease of ['1', '2', '3', '4', '5']) {
    await limiter.acquire(limitKey, { ...call, lease })
    await limiter.settle(limitKey, lease, { kind: 'overload', cause: 'has a fault (500)' })
  }
}

async function listAccounts(rig: ApiRig, provider: string): Promise<Account[]> {
  const response = await rig.ask(`/api/v1/providers/${provider}`)
  return ((await response.json()) as { accounts: Account[] }).accounts
}

async function resume(rig: ApiRig, provider: string, json: object = {}): Promise<unknown> {
  const response = await rig.ask(`/api/v1/providers/${provider}/resume`, { json })
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: unknown }).data
}

/** Labels of the series of the metric. */
async function pausedSeries(rig: ApiRig): Promise<string[]> {
  const metrics = await (await rig.ask('/metrics')).text()
  return [...metrics.matchAll(/^capstan_llm_paused_seconds(\{.*\}) [\d.]+$/gm)].map(
    ([, labels = '']) => labels,
  )
}

test('GET /providers lists a paused model beside the default models, with the message of its provider', async () => {
  const rig = await startRig()
  await announceTestWorker(rig, WORKER)
  const limiter = workerLimiter(rig)
  const words = 'OpenAI rate-limited the call (429): Rate limit reached for requests per day'
  await limiter.pause({ account: 'main', model: 'gpt-y' }, HOUR_MS, words)
  await openBreaker(limiter, 'second', 'gpt-x')
  const from = Date.now()
  const accounts = await listAccounts(rig, 'openai')
  expect(accounts.map(({ name, model, weight }) => [name, model, weight])).toEqual([
    ['main', 'gpt-x', 3],
    ['main', 'gpt-y', 3],
    ['second', 'gpt-x', 1],
  ])
  const [free, paused, broken] = accounts
  expect(free).toMatchObject({ paused: null, breaker: { state: 'closed', reason: null } })
  expect(free?.until).toBeNull()
  expect(paused).toMatchObject({ paused: { reason: words }, breaker: { state: 'closed' } })
  expect(broken?.breaker).toMatchObject({ state: 'open', reason: 'has a fault (500)' })
  // The end by the clock of Redis, which runs on this machine.
  const untilMs = Date.parse(paused?.until ?? '')
  expect(untilMs).toBeGreaterThan(from + HOUR_MS - 60_000)
  expect(untilMs).toBeLessThanOrEqual(Date.now() + HOUR_MS)
  expect(await listAccounts(rig, 'anthropic')).toEqual([])
})

test('capstan_llm_paused_seconds has series for paused limit keys only', async () => {
  const rig = await startRig()
  await announceTestWorker(rig, WORKER)
  const limiter = workerLimiter(rig)
  expect(await pausedSeries(rig)).toEqual([])
  await limiter.pause({ account: 'main', model: 'gpt-y' }, HOUR_MS, 'slower')
  expect(await pausedSeries(rig)).toEqual(['{provider="openai",account="main",model="gpt-y"}'])
  await limiter.resume({ account: 'main', model: 'gpt-y' })
  expect(await pausedSeries(rig)).toEqual([])
})

test('GET /providers and the metrics list the 200 longest of 300 pauses without KEYS or SCAN', async () => {
  const own = await startOwnRedis()
  onTestFinished(() => own.stop())
  const rig = await startRig({ redis: { url: own.url, keys: createRedisKeys() } })
  const limiter = workerLimiter(rig)
  const pauses = Array.from({ length: 300 }, (_, index) =>
    limiter.pause(
      { account: index % 2 ? 'claude' : 'main', model: `m${index}` },
      HOUR_MS + index * 1_000,
      'slower',
    ),
  )
  await Promise.all(pauses)
  const shown = [...(await listAccounts(rig, 'openai')), ...(await listAccounts(rig, 'anthropic'))]
  const series = await pausedSeries(rig)
  expect(new Set(shown.map(({ model }) => model))).toEqual(
    new Set(Array.from({ length: 200 }, (_, index) => `m${100 + index}`)),
  )
  expect(series).toHaveLength(200)
  expect(await resume(rig, 'anthropic')).toHaveLength(150)
  expect(await resume(rig, 'openai')).toHaveLength(150)
  const redis = new Redis(own.url)
  onTestFinished(() => redis.disconnect())
  const statistics = await redis.info('commandstats')
  expect(statistics).toContain('cmdstat_evalsha')
  expect(statistics).not.toMatch(/cmdstat_(?:keys|scan)\b/)
})

test('POST /providers/{id}/resume ends the selected pauses and breakers and returns them', async () => {
  const rig = await startRig({ tokens: parseTokens('ci:scan:ci-token-0123456789abcdefghij') })
  const headers = { authorization: 'Bearer ci-token-0123456789abcdefghij' }
  const post = async (json?: object): Promise<unknown> => {
    const path = '/api/v1/providers/openai/resume'
    const response = await rig.ask(path, { method: 'POST', headers, ...(json && { json }) })
    expect(response.status).toBe(200)
    return ((await response.json()) as { data: unknown }).data
  }
  const limiter = workerLimiter(rig)
  const paused = ['gpt-x', 'gpt-y'].flatMap((model) =>
    ['main', 'second', 'claude'].map((account) => ({ account, model })),
  )
  for (const limitKey of paused) await limiter.pause(limitKey, HOUR_MS, 'slower')
  await openBreaker(limiter, 'third', 'gpt-x')
  const until = expect.stringMatching(/Z$/)
  expect(await post({ account: 'main', model: 'gpt-x' })).toEqual([
    { account: 'main', model: 'gpt-x', reason: 'slower', until },
  ])
  expect(await post({ account: 'main', model: 'gpt-x' })).toEqual([])
  expect(await post({ model: 'gpt-y' })).toHaveLength(2)
  // A body is optional.
  expect(await post()).toEqual([
    { account: 'second', model: 'gpt-x', reason: 'slower', until },
    { account: 'third', model: 'gpt-x', reason: 'circuit breaker open: has a fault (500)', until },
  ])
  const left = await Promise.all(paused.map((limitKey) => limiter.snapshot(limitKey)))
  expect(left.map((snapshot) => snapshot.paused !== null)).toEqual(
    paused.map(({ account }) => account === 'claude'),
  )
  const line = rig
    .logged()
    .split('\n')
    .find((one) => one.includes('ended the pauses of a provider'))
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    provider: 'openai',
    account: 'main',
    model: 'gpt-x',
    ended: 1,
    by: 'token:ci',
  })
})

test('ending pauses needs the scope `scan`', async () => {
  const reader = 'reader-token-0123456789abcdef'
  const rig = await startRig({ tokens: parseTokens(`view:read:${reader}`) })
  const headers = { authorization: `Bearer ${reader}` }
  const response = await rig.ask('/api/v1/providers/openai/resume', { json: {}, headers })
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ requiredScope: 'scan' })
})

test('ending the pauses of a provider resumes its queues, even without a paused limit key', async () => {
  const rig = await startRig()
  const { redis, keys } = rig.deps
  const limiter = workerLimiter(rig)
  await limiter.pause({ account: 'main', model: 'gpt-x' }, HOUR_MS, 'slower')
  const pause = async (model: string) => {
    const queue = rig.deps.queues.get({ provider: 'openai', model })
    await setGuard({ redis, keys, queue: queue.name }, UNLIMITED_GUARD)
    await redis.hset(keys.routes, queue.name, JSON.stringify({ provider: 'openai', model }))
    const pause = { account: 'main', model, because: 'slower' }
    await pauseRoute(redis, keys, { queue: queue.name, forMs: HOUR_MS, ...pause })
    return queue
  }
  const [blocked, limited] = [await pause('gpt-x'), await pause('gpt-y')]
  expect(await blocked.getRateLimitTtl()).toBeGreaterThan(0)
  const only = await rig.ask('/api/v1/providers/openai/resume', { json: { model: 'gpt-x' } })
  expect(await only.json()).toMatchObject({ data: [{ account: 'main', model: 'gpt-x' }] })
  expect(await blocked.getRateLimitTtl()).toBe(0)
  expect(await limited.getRateLimitTtl()).toBeGreaterThan(0)
  const all = await rig.ask('/api/v1/providers/openai/resume', { json: {} })
  expect(await all.json()).toEqual({ data: [] })
  expect(await limited.getRateLimitTtl()).toBe(0)
})

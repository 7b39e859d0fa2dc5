import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import { EMBEDDINGS_ACCOUNT } from '@capstan/limits/admission/limit-embedder'
import { openAdmission } from '@capstan/limits/admission/admission'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { parseLimits } from '@capstan/limits/limiter/parse-limits'
import { openProviderCheckChannel } from '@capstan/scan-store/workers/provider-check-channel'
import { subscribeToSignals } from '@capstan/redis/signals/subscribe-to-signals'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig } from '../support/api-rig.ts'

const WORKER = {
  providers: [{ provider: 'anthropic' as const, model: 'claude-sonnet-5' }],
}

test('GET /providers lists limits and breaker of the embeddings account like those of model accounts', async () => {
  const embeddings = { model: 'text-embedding-3-small', dimensions: 64 }
  const rig = await startRig({ embeddings })
  const { redis, keys } = rig.deps
  const accounts = [
    { name: 'anthropic', provider: 'anthropic' as const, model: 'claude-sonnet-5', weight: 1 },
    { name: 'eu', provider: 'anthropic' as const, model: 'claude-sonnet-5', weight: 3 },
  ]
  const worker = await announceTestWorker(rig, { ...WORKER, accounts })
  const { perMinute } = parseLimits('rpm=60,tpm=1000')
  const limits = { perMinute, cachedTokensCount: true, concurrency: { start: 4, max: 4 } }
  const limiter = openLimiter({ redis, keys, limitsFor: () => limits })
  const limitKey = { account: EMBEDDINGS_ACCOUNT, model: embeddings.model }
  const asked = { limitKey, characters: 400, maxOutputTokens: 0, ttlMs: 60_000 }
  const turn = await openAdmission(limiter).acquire(asked, new AbortController().signal)
  const view: unknown = await (await rig.ask('/api/v1/providers')).json()
  await turn.settle(NO_USAGE)
  await worker.stop()
  expect(view).toMatchObject({
    embeddings: {
      ...embeddings,
      account: {
        purpose: 'embeddings',
        limits: { requests: { limit: 60 }, tokens: { limit: 1_000 } },
        concurrency: { limit: 4, inFlight: 1 },
        breaker: { state: 'closed' },
      },
    },
  })
  const { data } = view as { data: { id: string; accounts: object[] }[] }
  expect(data.find(({ id }) => id === 'anthropic')?.accounts).toMatchObject([
    { name: 'anthropic', purpose: 'models', weight: 1 },
    { name: 'eu', purpose: 'models', weight: 3 },
  ])
  const metrics = await (await rig.ask('/metrics')).text()
  expect(metrics).toContain('capstan_circuit_breaker_state{provider="embeddings"')
})

test('GET /providers lists the dialect of each account and model', async () => {
  const rig = await startRig()
  const { redis, keys } = rig.deps
  const known = { name: 'local', provider: 'openai' as const, model: 'qwen3', weight: 1 }
  const accounts = [known, { ...known, name: 'other' }]
  const providers = [{ provider: 'openai' as const, model: 'qwen3' }]
  const worker = await announceTestWorker(rig, { providers, accounts })
  const dialect = { output: 'text', limit: 'max_completion_tokens', system: 'user' } as const
  const key = { account: 'local', model: 'qwen3' }
  await openDialectMemory(redis, keys).store(key, 'a call', {
    state: 'learned',
    dialect,
    refusals: 2,
  })
  const view = (await (await rig.ask('/api/v1/providers/openai')).json()) as { accounts: object[] }
  await worker.stop()
  expect(view.accounts).toMatchObject([
    { name: 'local', dialect: { ...dialect, learnedAt: expect.stringMatching(/^\d{4}-.*Z$/) } },
    { name: 'other', dialect: null },
  ])
})

test('GET /providers has no embeddings without an embedding model', async () => {
  const rig = await startRig()
  expect(await (await rig.ask('/api/v1/providers')).json()).toMatchObject({ embeddings: null })
})

test('GET /providers and the metrics report the daily spend with the lowest limits of live workers', async () => {
  const rig = await startRig()
  const { redis, keys } = rig.deps
  const day = openDailyBudget(redis, keys)
  await day.settle('a', { tokens: 5_000, costUsd: 0.25 }, {})
  const readBudget = async () =>
    (await (await rig.ask('/api/v1/providers')).json()) as { dailyBudget: object }
  expect((await readBudget()).dailyBudget).toMatchObject({
    tokens: 5_000,
    costUsd: 0.25,
    pricing: 'known',
    calls: 1,
  })
  expect((await readBudget()).dailyBudget).not.toHaveProperty('maxTokens')
  const dailyLimits = [{ maxTokens: 90_000, maxCostUsd: 4 }, { maxTokens: 80_000 }]
  const workers = await Promise.all(
    dailyLimits.map((limits, index) =>
      announceTestWorker(rig, { ...WORKER, id: `w${index}`, dailyLimits: limits }),
    ),
  )
  await day.settle('b', { tokens: 100, costUsd: null, estimatedTokens: 40 }, {})
  const { dailyBudget } = await readBudget()
  const metrics = await (await rig.ask('/metrics')).text()
  await Promise.all(workers.map((worker) => worker.stop()))
  expect(dailyBudget).toMatchObject({
    maxTokens: 80_000,
    maxCostUsd: 4,
    tokens: 5_100,
    costUsd: null,
    pricing: 'unknown',
    knownCostUsd: 0.25,
    unpricedTokens: 100,
    estimatedTokens: 40,
  })
  expect(metrics).toContain('capstan_daily_budget_tokens{state="spent"} 5100')
  expect(metrics).toContain('capstan_daily_budget_tokens{state="estimated"} 40')
  expect(metrics).toContain('capstan_daily_budget_tokens{state="limit"} 80000')
  expect(metrics).toContain('capstan_daily_budget_cost_usd{state="limit"} 4')
})

test('a stopping server does not wait for a provider check, and its caller gets DRAINING', async () => {
  const rig = await startRig()
  const { redis, keys } = rig.deps
  const worker = await announceTestWorker(rig, WORKER)
  const subscriber = new Redis(rig.redis.url)
  onTestFinished(() => subscriber.disconnect())
  // Receives the check like a worker and never answers.
  const channel = openProviderCheckChannel(redis, keys)
  const { promise: taken, resolve } = Promise.withResolvers<boolean>()
  const follower = await subscribeToSignals(subscriber, keys, (signal) => {
    if (signal.type === 'check') resolve(channel.accept(signal.check.id, 'one', 20_000))
  })
  const asked = rig.ask('/api/v1/providers/anthropic/test', { json: {} })
  expect(await taken).toBe(true)
  await Promise.all([follower.stop(), worker.stop()])
  const [response] = await Promise.all([asked, rig.close()])
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'DRAINING', retryable: true })
})

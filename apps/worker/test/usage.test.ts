import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import type { Provider } from '@capstan/shared/contract/provider'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type RigScanRequest, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { KEY, runWorker } from './run-worker.ts'
import { serveUsage } from './serve-usage.ts'

// Usage as servers send it, over HTTP, through the real SDKs and a whole worker.

const MODEL = 'counted-model'
/** Models with a known price: 2 and 10 dollars per million tokens. */
const PRICED: Record<string, string> = { openai: 'gpt-6-sol', anthropic: 'claude-sonnet-5' }
const WIRES: [Provider, (url: string) => Record<string, string>][] = [
  ['openai', (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` })],
  ['anthropic', (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url })],
]

const QUICK = { CAPSTAN_BATCH_POLL_MS: '50', CAPSTAN_BATCH_MAX_WAIT_MS: '600000' }
const NO_LIMITS = { perMinute: {}, cachedTokensCount: false, concurrency: { start: 1, max: 1 } }

/** Members beside the answer; the usage that is right, or `estimated` where tokens must be marked. */
type Row = [extra: string, expected: Usage | 'estimated']

const used = (inputTokens: number, cachedTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  cachedTokens,
  outputTokens,
})

const ROWS: Row[] = [
  [
    '"usage":{"prompt_tokens":60,"completion_tokens":100,"total_tokens":160,"prompt_tokens_details":{"cached_tokens":740}}',
    used(60, 740, 100),
  ],
  [
    '"usage":{"input_tokens":60,"output_tokens":100,"cache_read_input_tokens":740}',
    used(60, 740, 100),
  ],
  ['"usage":{"prompt_tokens":"1,234","completion_tokens":"56"}', used(1_234, 0, 56)],
  ['"usage":{"input_tokens":"800","output_tokens":"100"}', used(800, 0, 100)],
  ['"usage":{"prompt_tokens":800.4,"completion_tokens":99.7}', used(800, 0, 100)],
  [
    '"usage":{"prompt_tokens":800,"completion_tokens":40,"total_tokens":900,"completion_tokens_details":{"reasoning_tokens":60}}',
    used(800, 0, 100),
  ],
  [
    '"usageMetadata":{"promptTokenCount":800,"candidatesTokenCount":100,"totalTokenCount":900}',
    used(800, 0, 100),
  ],
  ['"prompt_eval_count":800,"eval_count":100', used(800, 0, 100)],
  ['"timings":{"prompt_n":60,"cache_n":740,"predicted_n":100}', used(60, 740, 100)],
  ['', 'estimated'],
  ['"usage":null', 'estimated'],
  ['"usage":{}', 'estimated'],
  ['"usage":{"prompt_tokens":null,"completion_tokens":null}', 'estimated'],
  ['"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}', 'estimated'],
  ['"usage":{"input_tokens":-1,"output_tokens":-1}', 'estimated'],
  ['"usage":{"prompt_tokens":1e400,"completion_tokens":9007199254740993}', 'estimated'],
  ['"usage":{"prompt_tokens":"NaN","completion_tokens":"unknown"}', 'estimated'],
  ['"usage":{"total_tokens":900}', 'estimated'],
  ['"usage":{"output_tokens":100}', 'estimated'],
  ['"usage":{"prompt_tokens":800,"completion_tokens":[100]}', 'estimated'],
  ['"usage":"none"', 'estimated'],
  ['"usage":[[],{"prompt_tokens":{}}]', 'estimated'],
  ['"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":900}', 'estimated'],
]

async function scanAll(provider: Provider, extras: string[], change: RigScanRequest = {}) {
  const rig = openScanRig()
  const server = await serveUsage((kind) => extras[Number(kind.slice('Usage'.length))] ?? '')
  const settings = WIRES.find(([name]) => name === provider)?.[1](server.url)
  await runWorker(rig, undefined, { ...settings, ...QUICK })
  const types = extras.map((_, index) => makeDefinition(`Usage${index}`))
  const scanId = await rig.scan(types, { provider, model: MODEL, ...change })
  const scan = await rig.ended(scanId)
  const items = await Promise.all(
    types.map(({ type }) => rig.journal.item(scanId, resourceName(type))),
  )
  return { rig, server, scan, items }
}

async function rowsOf(rig: ScanRig, cluster: string) {
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data } = await catalog.list({ cluster }, { limit: 200 })
  await catalog.close()
  return data
}

describe.each(WIRES)('usage over the %s wire', (provider) => {
  test('each type costs one call and succeeds, and its usage is right or marked as estimated', async () => {
    const { server, scan, items } = await scanAll(
      provider,
      ROWS.map(([extra]) => extra),
    )
    expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: ROWS.length } })
    expect(server.calls.toSorted()).toEqual(ROWS.map((_, index) => `Usage${index}`).toSorted())
    for (const [index, [extra, expected]] of ROWS.entries()) {
      const item = items[index]
      expect([extra, item?.attempts.length]).toEqual([extra, 1])
      if (expected !== 'estimated') expect([extra, item?.usage]).toEqual([extra, expected])
      else expect([extra, item?.usage?.estimatedTokens]).toEqual([extra, expect.any(Number)])
      expect(item?.attempts[0]?.usage).toEqual(item?.usage)
    }
    const estimated = items.reduce((sum, item) => sum + (item?.usage?.estimatedTokens ?? 0), 0)
    expect(scan.usage.estimatedTokens).toBe(estimated)
  })

  test('each type costs one call and succeeds with any JSON as usage', async () => {
    const extras = fc
      .sample(fc.jsonValue(), { numRuns: 60, seed: 7 })
      .map((usage) => `"usage":${JSON.stringify(usage)}`)
    const { server, scan } = await scanAll(provider, extras)
    expect(scan).toMatchObject({
      status: 'succeeded',
      progress: { succeeded: 60 },
      usage: { calls: 60 },
    })
    expect(server.calls).toHaveLength(60)
  })

  test('answers without usage have estimated tokens that are marked in all views, count towards the daily budget and train no estimator', async () => {
    const { rig, scan, items } = await scanAll(provider, ['', ''])
    const { inputTokens, outputTokens, estimatedTokens } = scan.usage
    expect(inputTokens).toBeGreaterThan(1_000)
    expect(outputTokens).toBeGreaterThan(20)
    expect(estimatedTokens).toBe(inputTokens + outputTokens)
    const tokens = items.map((item) => item?.usage?.inputTokens ?? 0)
    expect(tokens.reduce((sum, count) => sum + count)).toBe(inputTokens)

    const rows = await rowsOf(rig, scan.cluster)
    expect(rows).toHaveLength(2)
    for (const { provenance } of rows) {
      expect(provenance.usage.estimatedTokens).toBe(
        provenance.usage.inputTokens + provenance.usage.outputTokens,
      )
    }
    const { events } = await rig.journal.events(scan.id, 0, 100)
    const succeeded = events.filter(({ type }) => type === 'resource.succeeded')
    for (const { data } of succeeded) {
      expect(data).toMatchObject({ usage: { estimatedTokens: expect.any(Number) } })
    }
    expect(await openDailyBudget(rig.redis, rig.keys).read()).toMatchObject({
      tokens: inputTokens + outputTokens,
      estimatedTokens,
    })
    const limiter = openLimiter({ redis: rig.redis, keys: rig.keys, limitsFor: () => NO_LIMITS })
    const { estimate } = await limiter.snapshot({ account: provider, model: MODEL })
    expect(estimate).toEqual({ charactersPerToken: 4, outputTokens: 400, cachedTokens: 0 })
  })

  test('answers of a batch count as reported or as estimated, at the price of a batch', async () => {
    const extras = ROWS.map(([extra]) => extra)
    const model = PRICED[provider] ?? ''
    const { server, scan, items } = await scanAll(provider, extras, { execution: 'batch', model })
    expect(scan).toMatchObject({
      status: 'succeeded',
      usage: { calls: ROWS.length, pricing: 'estimated' },
    })
    expect(server.calls).toHaveLength(ROWS.length)
    for (const [index, [extra, expected]] of ROWS.entries()) {
      const usage = items[index]?.usage
      if (expected !== 'estimated') expect([extra, usage]).toEqual([extra, expected])
      else expect([extra, usage?.estimatedTokens]).toEqual([extra, expect.any(Number)])
    }
    const { inputTokens, cachedTokens, outputTokens, costUsd } = scan.usage
    const inCalls = inputTokens * 2 + cachedTokens * 0.2 + outputTokens * 10
    expect(costUsd).toBeCloseTo(inCalls / 2e6, 4)
  })

  test('a budget of tokens stops a scan whose provider reports no usage', async () => {
    const rig = openScanRig()
    const server = await serveUsage(() => '')
    const settings = WIRES.find(([name]) => name === provider)?.[1](server.url)
    await runWorker(rig, undefined, { ...settings, CAPSTAN_CONCURRENCY: '1' })
    const types = Array.from({ length: 9 }, (_, index) => makeDefinition(`Usage${index}`))
    const model = PRICED[provider] ?? ''
    const scanId = await rig.scan(types, { provider, model, budget: { maxTokens: 4_000 } })
    const scan = await until('the budget to stop the scan', async () => {
      const now = await rig.journal.scan(scanId)
      return now?.status === 'paused' && now.progress.running === 0 ? now : undefined
    })
    expect(scan).toMatchObject({
      budget: { stoppedBy: 'maxTokens' },
      usage: { pricing: 'estimated', calls: server.calls.length },
    })
    expect(scan.progress.succeeded).toBeLessThan(9)
    expect(scan.usage.costUsd).toBeGreaterThan(0)
  })
})

test('the tokens of an aborted call are counted as estimated, because they may have been charged', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'hang-before-headers', times: 1 }] })
  await runWorker(rig, sim, { CAPSTAN_CALL_TIMEOUT_MS: '1000' })
  const provider = 'anthropic'
  const scanId = await rig.scan([makeDefinition('Usage0')], {
    provider,
    model: PRICED[provider] ?? '',
  })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({
    status: 'succeeded',
    usage: { calls: 2, pricing: 'estimated' },
  })
  const { attempts = [] } = (await rig.journal.item(scanId, 'usage0s.example.com')) ?? {}
  const [cutOff, answered] = attempts.map(({ usage }) => usage)
  expect(cutOff?.estimatedTokens).toBe(totalTokens(cutOff ?? NO_USAGE))
  expect(cutOff?.inputTokens).toBeGreaterThan(1_000)
  expect(answered).not.toHaveProperty('estimatedTokens')
  expect(scan.usage.estimatedTokens).toBe(cutOff?.estimatedTokens)
})

test('finished jobs and worker metrics show the number of estimated tokens', async () => {
  const rig = openScanRig()
  const server = await serveUsage(() => '"usage":{"completion_tokens":100}')
  const worker = await runWorker(rig, undefined, {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `${server.url}/v1`,
  })
  const scanId = await rig.scan([makeDefinition('Usage0')], { provider: 'openai', model: MODEL })
  const { usage } = await rig.ended(scanId)
  expect(usage).toMatchObject({ outputTokens: 100, estimatedTokens: usage.inputTokens })
  const queue = rig.queues.get({ provider: 'openai', model: MODEL })
  const [job] = await queue.getJobs(['completed'])
  expect(job?.returnvalue).toMatchObject({
    tokens: usage.inputTokens + 100,
    estimatedTokens: usage.inputTokens,
  })
  const metrics = await (await fetch(`${worker.url}/metrics`)).text()
  expect(metrics).toContain(
    `capstan_llm_estimated_tokens_total{provider="openai",model="${MODEL}"} ${usage.inputTokens}`,
  )
})

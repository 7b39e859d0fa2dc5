import { expect, test as base } from 'vitest'
import { z } from 'zod'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import type { Provider } from '@capstan/shared/contract/provider'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { KEY, runWorker, spawnWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))
const BATCH = { provider: 'anthropic', model: 'claude-sonnet-5', execution: 'batch' } as const
const QUICK = { CAPSTAN_BATCH_POLL_MS: '50', CAPSTAN_BATCH_MAX_WAIT_MS: '600000' }
const ENDLESS: SimConfigInput = { batches: { processingMs: 600_000 } }

const Listed = z.object({ data: z.array(z.object({ id: z.string() })) })

/** Ids of the batches that the provider has. */
async function batchesAt(sim: ProviderSim, path = '/v1/messages/batches'): Promise<string[]> {
  const response = await fetch(`${sim.url}${path}`, { headers: { 'x-api-key': KEY } })
  return Listed.parse(await response.json()).data.map(({ id }) => id)
}

async function oneBatch(sim: ProviderSim): Promise<void> {
  await until('a batch at the provider', async () =>
    (await batchesAt(sim)).length > 0 ? true : undefined,
  )
}

const WIRES: [Provider, string, string, (url: string) => Record<string, string>][] = [
  [
    'anthropic',
    'claude-sonnet-5',
    '/v1/messages/batches',
    (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url }),
  ],
  [
    'openai',
    'gpt-6-sol',
    '/v1/batches',
    (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
  ],
]

test.each(WIRES)(
  '%s: all types of a scan go through one batch, for half the price',
  async (provider, model, path, settings) => {
    const [rig, sim] = [openScanRig(), await testProviderSim()]
    await runWorker(rig, undefined, { ...settings(sim.url), ...QUICK })
    const scan = await rig.ended(
      await rig.scan(types(12), { provider, model, execution: 'batch', cluster: 'one' }),
    )
    expect(scan).toMatchObject({
      status: 'succeeded',
      execution: 'batch',
      progress: { succeeded: 12 },
      usage: { calls: 12 },
    })
    expect(await batchesAt(sim, path)).toHaveLength(1)
    expect(sim.stats().calls).toBe(12)
    const { inputTokens, outputTokens } = scan.usage
    // Both models cost 2 and 10 dollars a million in calls.
    expect(scan.usage.costUsd).toBeCloseTo((inputTokens * 2 + outputTokens * 10) / 2e6, 5)
    await until('the end of the book-keeping', async () =>
      (await rig.redis.exists(rig.keys.batchScans)) === 0 ? true : undefined,
    )
  },
)

test('a type that waits for its batch holds no slot and uses up no attempt', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(ENDLESS)]
  const settings = { ...QUICK, CAPSTAN_CONCURRENCY: '2', CAPSTAN_BATCH_MAX_REQUESTS: '6' }
  await runWorker(rig, sim, settings)
  const scanId = await rig.scan(types(6), BATCH)
  await oneBatch(sim)
  const queue = rig.queues.get(BATCH)
  await until('all jobs to wait for their batch', async () =>
    (await queue.getDelayedCount()) === 6 ? true : undefined,
  )
  const other = await rig.ended(
    await rig.scan([makeDefinition('Other')], { provider: 'anthropic' }),
  )
  expect(other.status).toBe('succeeded')
  // A waiting job looks at its batch now and then, and its item is running meanwhile.
  const items = await until('all items to be queued', async () => {
    const { data } = await rig.journal.items(scanId, { limit: 10 })
    return data.every(({ status }) => status === 'queued') ? data : undefined
  })
  expect(items.map(({ status, attempt }) => [status, attempt])).toEqual(
    Array(6).fill(['queued', 0]),
  )
})

test('an invalid answer of a batch is repaired by one call at the full price, and the other answers are kept', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    faults: [{ kind: 'broken-text', matching: 'Type1 (', times: 1 }],
  })
  await runWorker(rig, sim, QUICK)
  const scan = await rig.ended(await rig.scan(types(4), BATCH))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 5 } })
  expect(await batchesAt(sim)).toHaveLength(1)
  const prices = sim.calls().map(({ inputTokens, cacheWriteTokens, outputTokens, attempt }) => {
    const inCalls = ((inputTokens + cacheWriteTokens) * 2 + outputTokens * 10) / 1e6
    return attempt === 1 ? inCalls / 2 : inCalls
  })
  expect(scan.usage.costUsd).toBeCloseTo(
    prices.reduce((sum, price) => sum + price, 0),
    5,
  )
})

test('a type that fails in its batch or is not processed is in the next batch', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    faults: [{ kind: 'overloaded', matching: 'Type1 (', times: 1 }],
  })
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(3), BATCH)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(await batchesAt(sim)).toHaveLength(2)
  expect(await rig.journal.item(scanId, 'type1s.example.com')).toMatchObject({ attempt: 2 })
  expect(await rig.journal.item(scanId, 'type0s.example.com')).toMatchObject({ attempt: 1 })
})

test('the types of an expired batch are queued again and have cost nothing', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ batches: { processingMs: 600_000, expiresMs: 20 } })
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(1), BATCH)
  const item = await until('a second try', async () => {
    const seen = await rig.journal.item(scanId, 'type0s.example.com')
    return seen && seen.attempts.some(({ problem }) => problem?.title.includes('expired'))
      ? seen
      : undefined
  })
  expect(item.attempts.find(({ problem }) => problem)).toMatchObject({ outcome: 'retrying' })
  expect(sim.stats().calls).toBe(0)
})

test('a cancel of the scan cancels its batch at the provider', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(ENDLESS)]
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(5), BATCH)
  await oneBatch(sim)
  await rig.journal.cancel(scanId, 'me')
  const [id = ''] = await batchesAt(sim)
  await until('the end of the batch', async () => {
    const response = await fetch(`${sim.url}/v1/messages/batches/${id}`, {
      headers: { 'x-api-key': KEY },
    })
    const text = await response.text()
    return text.includes('"processing_status":"ended"') ? true : undefined
  })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'canceled', progress: { canceled: 5 } })
  expect(sim.stats().calls).toBe(0)
})

test('answers of a canceled batch are counted and paid once, and the next scan uses them', async () => {
  const rig = openScanRig()
  // An answer each 120 ms, and the first look at the batch comes later than that.
  const sim = await testProviderSim({ batches: { processingMs: 12_000 } })
  await runWorker(rig, sim, { ...QUICK, CAPSTAN_BATCH_POLL_MS: '200' })
  const scanId = await rig.scan(types(100), { ...BATCH, cluster: 'one' })
  await oneBatch(sim)
  await rig.journal.cancel(scanId, 'me')
  await until('the end of the book-keeping', async () =>
    (await rig.redis.exists(rig.keys.batchScans)) === 0 ? true : undefined,
  )
  const { calls: answered } = sim.stats()
  expect(answered).toBeGreaterThan(0)
  expect(answered).toBeLessThan(100)
  const canceled = await rig.ended(scanId)
  expect(canceled).toMatchObject({ status: 'canceled', usage: { calls: answered } })
  const { inputTokens, outputTokens } = canceled.usage
  expect(canceled.usage.costUsd).toBeCloseTo((inputTokens * 2 + outputTokens * 10) / 2e6, 5)
  const { provider, model } = BATCH
  const next = await rig.ended(await rig.scan(types(100), { provider, model, cluster: 'two' }))
  expect(next).toMatchObject({
    status: 'succeeded',
    usage: { calls: 100 - answered, cacheHits: answered },
  })
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data: rows } = await catalog.list({ cluster: 'two' }, { limit: 200 })
  await catalog.close()
  const unclaimed = rows.filter(({ provenance }) => provenance.attempt === null)
  expect(unclaimed).toHaveLength(answered)
  for (const { provenance } of rows) expect(provenance.worker).toEqual(expect.any(String))
})

test('two concurrent batch scans of the same types pay once', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim, QUICK)
  const ids = [
    await rig.scan(types(5), { ...BATCH, cluster: 'one' }),
    await rig.scan(types(5), { ...BATCH, cluster: 'two' }),
  ]
  const scans = await Promise.all(ids.map((id) => rig.ended(id)))
  for (const scan of scans) expect(scan).toMatchObject({ status: 'succeeded' })
  expect(scans.reduce((sum, { usage }) => sum + usage.calls, 0)).toBe(5)
  expect(scans.reduce((sum, { usage }) => sum + usage.cacheHits, 0)).toBe(5)
  expect(sim.stats().calls).toBe(5)
})

test('a batch request whose scan has ended is made again by the next scan, which names that scan until then', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(ENDLESS)]
  await runWorker(rig, sim, QUICK)
  const first = await rig.scan(types(3), { ...BATCH, cluster: 'one' })
  await oneBatch(sim)
  const second = await rig.scan(types(3), { ...BATCH, cluster: 'two' })
  const waitingFor = await until('all types of the second scan to wait', async () => {
    const found = (await rig.journal.scan(second))?.waitingFor
    return found?.types === 3 ? found : undefined
  })
  expect(waitingFor).toEqual({ scanId: first, types: 3 })
  await rig.journal.cancel(first, 'me')
  await until('a batch of the second scan', async () =>
    (await rig.redis.exists(rig.keys.batches(second))) === 1 ? true : undefined,
  )
  expect(await rig.ended(first)).toMatchObject({ status: 'canceled', usage: { calls: 0 } })
  await until('its arrival', async () => ((await batchesAt(sim)).length === 2 ? true : undefined))
})

test('the batches of one scan go to all accounts of its provider', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    // Longer than the next poll takes: the first batch is open when the second one is submitted.
    batches: { processingMs: 6_000 },
    accounts: [
      { name: 'one', keys: [KEY] },
      { name: 'two', keys: ['sk-ant-second'] },
    ],
  })
  const second = {
    name: 'second',
    provider: 'anthropic',
    apiKey: 'sk-ant-second',
    baseUrl: sim.url,
  }
  await runWorker(rig, sim, {
    ...QUICK,
    CAPSTAN_BATCH_MAX_REQUESTS: '3',
    CAPSTAN_ACCOUNTS: JSON.stringify([second]),
  })
  const scan = await rig.ended(await rig.scan(types(6), BATCH))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 6 } })
  expect(new Set(sim.calls().map(({ account }) => account))).toEqual(new Set(['one', 'two']))
})

test('a batch whose id was lost in the response is found by name, not submitted again', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    batches: { faults: [{ kind: 'reset', matching: 'create', times: 1 }] },
  })
  await runWorker(rig, sim, QUICK)
  const scan = await rig.ended(await rig.scan(types(5), BATCH))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 5 } })
  expect(await batchesAt(sim)).toHaveLength(1)
  expect(sim.stats().calls).toBe(5)
})

test('a batch that was temporarily rejected is submitted later', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    batches: { faults: [{ kind: 'unavailable', matching: 'create', times: 2 }] },
  })
  await runWorker(rig, sim, QUICK)
  const scan = await rig.ended(await rig.scan(types(3), BATCH))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
  expect(await batchesAt(sim)).toHaveLength(1)
})

test('a rejected key pauses the scan, and no batch is submitted until it is resumed', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    batches: { faults: [{ kind: 'auth', matching: 'create', times: 1 }] },
  })
  await runWorker(rig, sim, QUICK)
  const scanId = await rig.scan(types(3), BATCH)
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' ? scan : undefined
  })
  expect(paused.pause?.problem).toMatchObject({ reason: 'provider_auth' })
  expect(await batchesAt(sim)).toEqual([])
  await rig.journal.resume(scanId, 'me')
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
})

test('a batch holds only the questions whose estimate fits into the budget, and the scan pauses for the others', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  // One at a time, so that what runs reserves little.
  await runWorker(rig, sim, { ...QUICK, CAPSTAN_CONCURRENCY: '1' })
  const budget = { maxTokens: 3 * (types(1)[0]?.outlineTokens ?? 0) + 1 }
  const scanId = await rig.scan(types(8), { ...BATCH, budget })
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' ? scan : undefined
  })
  expect(paused.pause?.problem).toMatchObject({ reason: 'budget_exceeded' })
  expect(sim.stats().calls).toBe(3)
  // More money, and what was answered already is taken over instead of asked again.
  await rig.journal.resume(scanId, 'me', { maxTokens: 1_000_000 })
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 8 } })
  expect(sim.stats().calls).toBe(8)
})

test('the batch of a killed worker is collected by another worker', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ batches: { processingMs: 4_000 } })
  const settings = { ...QUICK, CAPSTAN_CALL_TIMEOUT_MS: '1000' }
  const victim = await spawnWorker(rig, sim, settings)
  const scanId = await rig.scan(types(7), BATCH)
  await oneBatch(sim)
  await victim.stop('SIGKILL')
  await runWorker(rig, sim, settings)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 7 } })
  expect(await batchesAt(sim)).toHaveLength(1)
  expect(sim.stats().calls).toBe(7)
})

test('the batch of a worker that is killed before it receives the id is found by name, not submitted again', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    batches: { faults: [{ kind: 'hang-before-headers', matching: 'create', times: 1 }] },
  })
  // Long enough to be killed within, and the lock of the dead one does not last much longer.
  const settings = { ...QUICK, CAPSTAN_CALL_TIMEOUT_MS: '4000' }
  const victim = await spawnWorker(rig, sim, settings)
  const scanId = await rig.scan(types(7), BATCH)
  await oneBatch(sim)
  await victim.stop('SIGKILL')
  await runWorker(rig, sim, settings)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 7 } })
  expect(await batchesAt(sim)).toHaveLength(1)
  expect(sim.stats().calls).toBe(7)
})

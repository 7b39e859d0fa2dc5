import { expect, test as base } from 'vitest'
import type { z } from 'zod'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { FaultConfig } from '@capstan/provider-sim/config/fault-config'
import { contentKey } from '@capstan/shared/inference/content-key'
import { computeCostUsd } from '@capstan/shared/prices/price'
import { findPrice } from '@capstan/shared/prices/price-table'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const TYPES = Array.from({ length: 12 }, (_, index) => makeDefinition(`Type${index}`))
const OWN = { provider: 'anthropic', model: 'claude-opus-5-5' } as const
const OTHER = { provider: 'openai', model: 'gpt-6-luna' } as const

interface Played {
  /** How the scan's own provider fails, and the other one. */
  own: z.input<typeof FaultConfig>
  other?: z.input<typeof FaultConfig>
  fallback?: string
  budgetUsd?: number
}

/** A scan by a provider with the given fault, a worker with a key of another provider, and both providers. */
async function start(play: Played) {
  const [rig, own, other] = [
    openScanRig(),
    await testProviderSim({ faults: [play.own] }),
    await testProviderSim({ faults: play.other ? [play.other] : [] }),
  ]
  await runWorker(rig, own, {
    OPENAI_API_KEY: 'sk-another-0123456789',
    OPENAI_BASE_URL: `${other.url}/v1`,
    CAPSTAN_FALLBACK: play.fallback ?? 'openai/gpt-6-luna',
    CAPSTAN_FALLBACK_AFTER_MS: '500',
  })
  const budget = play.budgetUsd === undefined ? {} : { maxCostUsd: play.budgetUsd }
  const scanId = await rig.scan(TYPES, { ...OWN, cluster: 'prod', budget })
  return { rig, own, other, scanId }
}

test('during a long outage the fallback model answers, with its own name, content key and price', async () => {
  const { rig, other, scanId } = await start({ own: { kind: 'unavailable' } })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 12 } })
  expect(other.stats().calls).toBe(12)
  // All tokens are the other model's, forty times cheaper; calls that failed used none.
  expect(scan.usage.costUsd).toBeCloseTo(
    computeCostUsd(scan.usage, findPrice('openai', 'gpt-6-luna')) ?? -1,
    5,
  )

  const outlineHash = TYPES[0]?.outlineHash ?? ''
  const keys = [contentKey({ outlineHash, ...OTHER }), contentKey({ outlineHash, ...OWN })]
  const found = await openResultCache(rig.redis, rig.keys).find(keys)
  expect(found.map((result) => result?.model)).toEqual([OTHER.model, undefined])
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data: rows } = await catalog.list({ cluster: 'prod' }, { limit: 50 })
  await catalog.close()
  expect(rows).toHaveLength(12)
  for (const { provenance } of rows) expect(provenance).toMatchObject(OTHER)
  expect(rows.map(({ provenance }) => provenance.contentKey)).toContain(keys[0])
  const item = await rig.journal.item(scanId, 'type0s.example.com')
  expect(item?.attempts.at(-1)).toMatchObject({ ...OTHER, outcome: 'succeeded' })
})

test('a provider that fails once and then answers is not replaced by a fallback model', async () => {
  const { rig, own, other, scanId } = await start({ own: { kind: 'overloaded', times: 1 } })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(own.stats().calls).toBe(13)
  expect(other.stats().calls).toBe(0)
})

test('a provider that rejects the key pauses the scan with the reason, without a fallback model', async () => {
  const { rig, other, scanId } = await start({ own: { kind: 'auth' } })
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' && scan.progress.running === 0 ? scan : undefined
  })
  expect(paused.pause?.reason).toBe('provider_auth')
  expect(other.stats().calls).toBe(0)
})

test('a fallback model that rejects the key is excluded, and the next one answers without a pause of the scan', async () => {
  const { rig, other, scanId } = await start({
    own: { kind: 'unavailable' },
    other: { kind: 'auth', model: 'gpt-6-sol' },
    fallback: 'openai/gpt-6-sol, openai/gpt-6-luna',
  })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const refused = other.calls().filter(({ verdict }) => verdict === 'refused')
  expect(refused.map(({ model }) => model)).toContain('gpt-6-sol')
  // Those that were under way together; later starts do not ask it.
  expect(refused.length).toBeLessThanOrEqual(10)
  const { data } = await rig.journal.items(scanId, { limit: 50 })
  for (const { attempts } of data) {
    expect(attempts.at(-1)).toMatchObject({ ...OTHER, outcome: 'succeeded' })
  }
})

test('a fallback model that would exceed the budget is not called, and the scan pauses with that reason', async () => {
  const { rig, own, other, scanId } = await start({
    own: { kind: 'unavailable' },
    fallback: 'openai/gpt-6-sol',
    budgetUsd: 0.0001,
  })
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' && scan.progress.running === 0 ? scan : undefined
  })
  expect(paused).toMatchObject({
    pause: { by: 'budget', reason: 'budget_exceeded' },
    budget: { stoppedBy: 'maxCostUsd' },
  })
  expect(own.stats().calls).toBeGreaterThan(0)
  expect(other.stats().calls).toBe(0)
})

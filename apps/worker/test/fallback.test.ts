import { expect, test } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { FaultConfig } from '@capstan/provider-sim/config/fault-config'
import { contentKey } from '@capstan/shared/inference/content-key'
import { costOf } from '@capstan/shared/prices/price'
import { priceOf } from '@capstan/shared/prices/price-table'
import { openResultCache } from '@capstan/shared/results/result-cache'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

const TYPES = Array.from({ length: 12 }, (_, index) => makeDefinition(`Type${index}`))
const OWN = { provider: 'anthropic', model: 'claude-opus-5-5' } as const
const OTHER = { provider: 'openai', model: 'gpt-6-luna' } as const

/** A scan by one provider that fails as told, a worker with a key of another one, and both providers. */
async function start(faults: FaultConfig['kind'] | { kind: FaultConfig['kind']; times: number }) {
  const fault = typeof faults === 'string' ? { kind: faults } : faults
  const [rig, own, other] = [
    openScanRig(),
    await testProviderSim({ faults: [fault] }),
    await testProviderSim(),
  ]
  await runWorker(rig, own, {
    OPENAI_API_KEY: 'sk-another-0123456789',
    OPENAI_BASE_URL: `${other.url}/v1`,
    CAPSTAN_FALLBACK: 'openai/gpt-6-luna',
    CAPSTAN_FALLBACK_AFTER_MS: '500',
  })
  const scanId = await rig.scan(TYPES, { ...OWN, cluster: 'prod' })
  return { rig, own, other, scanId }
}

test('when a provider stays down another answers, under its own name, key and price', async () => {
  const { rig, other, scanId } = await start('unavailable')
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 12 } })
  expect(other.stats().calls).toBe(12)
  // All tokens are the other model's, forty times cheaper; calls that failed used none.
  expect(scan.usage.costUsd).toBeCloseTo(
    costOf(scan.usage, priceOf('openai', 'gpt-6-luna')) ?? -1,
    5,
  )

  const outlineHash = TYPES[0]?.outlineHash ?? ''
  const keys = [contentKey({ outlineHash, ...OTHER }), contentKey({ outlineHash, ...OWN })]
  expect(await openResultCache(rig.redis, rig.keys).has(keys)).toEqual([true, false])
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data: rows } = await catalog.list({ cluster: 'prod' }, { limit: 50 })
  await catalog.close()
  expect(rows).toHaveLength(12)
  for (const { provenance } of rows) expect(provenance).toMatchObject(OTHER)
  expect(rows.map(({ provenance }) => provenance.contentKey)).toContain(keys[0])
  const item = await rig.journal.item(scanId, 'type0s.example.com')
  expect(item?.attempts.at(-1)).toMatchObject({ ...OTHER, outcome: 'succeeded' })
})

test('a provider that fails once and then answers is not stood in for', async () => {
  const { rig, own, other, scanId } = await start({ kind: 'overloaded', times: 1 })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(own.stats().calls).toBe(13)
  expect(other.stats().calls).toBe(0)
})

test('a provider that refuses the key is not stood in for: the scan pauses with the reason', async () => {
  const { rig, other, scanId } = await start('auth')
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' && scan.progress.running === 0 ? scan : undefined
  })
  expect(paused.pause?.reason).toBe('provider_auth')
  expect(other.stats().calls).toBe(0)
})

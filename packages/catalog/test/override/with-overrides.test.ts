import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { CapabilityOverride } from '@capstan/shared/contract/capability'
import { makeCapability } from '@capstan/testkit/make-capability'
import { testRedis } from '@capstan/testkit/redis'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openOverrideStore } from '@capstan/catalog/override/override-store'
import { withOverrides } from '@capstan/catalog/override/with-overrides'

const OVERRIDE: CapabilityOverride = {
  by: 'ada',
  at: '2026-11-24T10:00:00.000Z',
  note: 'our own wording',
  fields: { capabilities: ['payroll runs'], complexity: 'high' },
}
const ROW = makeCapability({ confidence: 0.3, lowConfidence: true })

function openStore() {
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const plain = openRedisCatalog(redis, keys)
  const overrides = openOverrideStore(redis, keys)
  return { redis, keys, plain, overrides, catalog: withOverrides(plain, overrides) }
}

test('an override is visible and searchable at once, and keeps the inferred fields', async () => {
  const { catalog } = openStore()
  await catalog.put([ROW])
  const shown = await catalog.setOverride('default', ROW.resource, OVERRIDE)
  expect(shown).toEqual({
    ...ROW,
    ...OVERRIDE.fields,
    lowConfidence: false,
    override: { ...OVERRIDE, inferred: { capabilities: ROW.capabilities, complexity: 'low' } },
  })
  const { hits } = await catalog.search('payroll', {}, { limit: 5 })
  expect(hits.map((hit) => hit.capability.resource)).toEqual([ROW.resource])
  expect(await catalog.count({ lowConfidence: true })).toBe(0)
})

test('a rescan keeps the override, and removing the override shows the latest inferred fields', async () => {
  const { catalog } = openStore()
  await catalog.put([ROW])
  await catalog.setOverride('default', ROW.resource, OVERRIDE)
  const rescanned = { ...ROW, capabilities: ['newer words'], useCase: 'Newer use.' }
  await catalog.put([rescanned])
  expect(await catalog.get('default', ROW.resource)).toMatchObject({
    capabilities: ['payroll runs'],
    useCase: 'Newer use.',
    override: { inferred: { capabilities: ['newer words'] } },
  })
  expect(await catalog.removeOverride('default', ROW.resource)).toBe(true)
  expect(await catalog.get('default', ROW.resource)).toEqual(rescanned)
  expect(await catalog.removeOverride('default', ROW.resource)).toBe(false)
})

test('an override of a rule-based answer sets its use case, and its removal empties it again', async () => {
  const { catalog } = openStore()
  const byRules = { ...ROW, useCase: '' }
  await catalog.put([byRules])
  const override = { ...OVERRIDE, fields: { useCase: 'Payroll.' } }
  expect(await catalog.setOverride('default', ROW.resource, override)).toMatchObject({
    useCase: 'Payroll.',
    override: { inferred: { useCase: '' } },
  })
  await catalog.removeOverride('default', ROW.resource)
  expect(await catalog.get('default', ROW.resource)).toEqual(byRules)
})

test('a second override replaces the first one completely and keeps the inferred fields', async () => {
  const { catalog } = openStore()
  await catalog.put([ROW])
  await catalog.setOverride('default', ROW.resource, OVERRIDE)
  const second = { ...OVERRIDE, fields: { description: 'Runs payroll.' } }
  expect(await catalog.setOverride('default', ROW.resource, second)).toEqual({
    ...ROW,
    description: 'Runs payroll.',
    lowConfidence: false,
    override: { ...second, inferred: { description: ROW.description } },
  })
})

test('an override of one cluster applies when its row is written later or again', async () => {
  const { catalog } = openStore()
  expect(await catalog.setOverride('default', ROW.resource, OVERRIDE)).toBeUndefined()
  await catalog.put([ROW, makeCapability({ cluster: 'prod' })])
  await catalog.remove('default', ROW.resource)
  await catalog.put([ROW])
  expect((await catalog.get('default', ROW.resource))?.override).toMatchObject({ by: 'ada' })
  expect((await catalog.get('prod', ROW.resource))?.override).toBeNull()
})

test('a write applies the stored override, also when the writer has no override or an outdated one', async () => {
  const { plain, overrides, catalog } = openStore()
  await overrides.set('default', ROW.resource, OVERRIDE)
  await plain.put([ROW, makeCapability({ kind: 'Other' })])
  expect((await plain.get('default', ROW.resource))?.capabilities).toEqual(['payroll runs'])
  expect((await plain.get('default', 'others.batch'))?.override).toBeNull()
  const shown = await catalog.get('default', ROW.resource)
  const second = { ...OVERRIDE, fields: { capabilities: ['pay slips'] } }
  await overrides.set('default', ROW.resource, second)
  if (shown) await plain.put([shown])
  expect(await plain.get('default', ROW.resource)).toMatchObject({
    capabilities: ['pay slips'],
    complexity: 'low',
    override: { inferred: { capabilities: ROW.capabilities } },
  })
  await overrides.remove('default', ROW.resource)
  if (shown) await plain.put([shown])
  expect(await plain.get('default', ROW.resource)).toEqual(ROW)
})

test('an unreadable override is ignored and does not prevent a write', async () => {
  const { redis, keys, plain } = openStore()
  await redis.hset(keys.overrides('default'), ROW.resource, '{"v":9}')
  await plain.put([ROW])
  expect(await plain.get('default', ROW.resource)).toEqual(ROW)
})

test('marking a row as stale keeps its override', async () => {
  const { catalog } = openStore()
  await catalog.put([ROW])
  await catalog.setOverride('default', ROW.resource, OVERRIDE)
  await catalog.markStale('default', [ROW.resource], true)
  expect(await catalog.get('default', ROW.resource)).toMatchObject({
    stale: true,
    capabilities: ['payroll runs'],
    override: { by: 'ada' },
  })
})

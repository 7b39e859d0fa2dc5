import { expect, onTestFinished, test } from 'vitest'
import { openOverrideStore } from '@capstan/catalog/override/override-store'
import { withOverrides } from '@capstan/catalog/override/with-overrides'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { contentKey } from '@capstan/shared/inference/content-key'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { pollScan } from '../src/batch/poll-scan.ts'
import {
  never,
  openDeps,
  openSimAccounts,
  ROUTE,
  typesOf,
  type Deps,
} from './batch-recording.suite.ts'
import { pauseForADay } from './pause-for-a-day.ts'
import { runWorker } from './run-worker.ts'

// The route is paused in each test, so that no job starts and only the poller acts.
const BATCH = { ...ROUTE, execution: 'batch' } as const
const QUICK = { CAPSTAN_BATCH_POLL_MS: '50', CAPSTAN_BATCH_MAX_WAIT_MS: '600000' }

/** A type of Kubernetes itself, which has a curated answer. */
const CRON_JOB = makeDefinition('CronJob', {
  type: {
    ...makeDefinition('CronJob').type,
    group: 'batch',
    origin: 'builtin',
  },
})

function openCatalog({ redis, keys }: ScanRig) {
  const catalog = withOverrides(openRedisCatalog(redis, keys), openOverrideStore(redis, keys))
  onTestFinished(() => catalog.close())
  return catalog
}

function resourcesOf(types: Definition[]): string[] {
  return types.map(({ type }) => resourceName(type))
}

async function listWaiting({ redis, keys }: ScanRig, scanId: string): Promise<string[]> {
  const { waiting } = await openBatchStore(redis, keys).readScan(scanId)
  return waiting.map(({ resource }) => resource)
}

test('the poller of a worker pays for no type that has a curated answer since the plan, and asks about an overridden one', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const widget = makeDefinition('Widget')
  const [resource = ''] = resourcesOf([widget])
  const catalog = openCatalog(rig)
  const override = { by: 'ada', at: '2026-11-30T10:00:00.000Z', note: null }
  await catalog.setOverride('prod', resource, { ...override, fields: { complexity: 'high' } })
  await pauseForADay(rig, ROUTE)
  const scanId = await rig.scan([CRON_JOB, widget], { ...BATCH, curated: true, cluster: 'prod' })
  await runWorker(rig, sim, QUICK)
  expect(await rig.ended(scanId)).toMatchObject({
    status: 'succeeded',
    usage: { calls: 1, curatedAnswers: 1, cacheHits: 0 },
  })
  expect(sim.stats().calls).toBe(1)
  const { data } = await catalog.list({ cluster: 'prod' }, { limit: 10 })
  expect(data).toMatchObject([
    {
      resource: 'cronjobs.batch',
      provenance: { provider: 'curated', worker: null },
      override: null,
    },
    {
      resource,
      provenance: { provider: 'anthropic' },
      complexity: 'high',
      override: { by: 'ada' },
    },
  ])
  expect(await rig.journal.item(scanId, 'cronjobs.batch')).toMatchObject({ source: 'curated' })
})

/** A scan of two types whose questions wait for a batch. */
async function startRegistered(rig: ScanRig, request: { curated?: boolean } = {}) {
  const types = typesOf('known', 2)
  await pauseForADay(rig, ROUTE)
  const scanId = await rig.scan(types, { ...BATCH, ...request })
  // Without an account it submits nothing.
  await pollScan(openDeps(rig, 'polling'), scanId, never)
  expect((await listWaiting(rig, scanId)).toSorted()).toEqual(resourcesOf(types))
  const [first = makeDefinition('none'), second = makeDefinition('none')] = types
  return { scanId, first, second }
}

test('a waiting question whose type has a curated answer in a newer worker is recorded and not submitted', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const { scanId, first, second } = await startRegistered(rig, { curated: true })
  const { answer } = makeStoredResult()
  const curated: Deps['curated'] = {
    version: 'v2',
    find: ({ type }) => (type.kind === first.type.kind ? answer : undefined),
  }
  const deps = { ...openDeps(rig, 'polling'), accounts: await openSimAccounts(sim), curated }
  await pollScan(deps, scanId, never)
  const { open } = await deps.batchStore.readScan(scanId)
  expect(open.map(({ resources }) => resources)).toEqual([resourcesOf([second])])
  const [resource = ''] = resourcesOf([first])
  expect(await rig.journal.item(scanId, resource)).toMatchObject({
    status: 'succeeded',
    source: 'curated',
  })
  expect(await deps.metrics.registry.metrics()).toContain(
    'capstan_resources_total{outcome="succeeded",reason="answered",source="curated"} 1',
  )
  // A scan without curated answers has the same question, which is free again.
  const other = await rig.scan([first], BATCH)
  await pollScan(openDeps(rig, 'polling'), other, never)
  expect(await listWaiting(rig, other)).toEqual([resource])
})

test('an answer that is stored after the questions were compared and before they are submitted is not paid again', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const { scanId, first, second } = await startRegistered(rig)
  const deps = { ...openDeps(rig, 'polling'), accounts: await openSimAccounts(sim) }
  const { scan } = deps.journal
  let reads = 0
  deps.journal = {
    ...deps.journal,
    // The second read of a pass is between the two steps.
    scan: async (id) => {
      reads += 1
      const { outlineHash } = first
      if (reads === 2)
        await deps.results.put(contentKey({ outlineHash, ...ROUTE }), makeStoredResult())
      return scan(id)
    },
  }
  await pollScan(deps, scanId, never)
  const { open } = await deps.batchStore.readScan(scanId)
  expect(open.map(({ resources }) => resources)).toEqual([resourcesOf([second])])
  expect(await rig.journal.scan(scanId)).toMatchObject({
    progress: { succeeded: 1 },
    usage: { calls: 0, cacheHits: 1 },
  })
})

test('a question that another scan has answered no longer keeps full scans from asking it', async () => {
  const rig = openScanRig()
  const { scanId, first } = await startRegistered(rig)
  const { outlineHash } = first
  const deps = openDeps(rig, 'polling')
  await deps.results.put(contentKey({ outlineHash, ...ROUTE }), makeStoredResult())
  await pollScan(deps, scanId, never)
  expect(await rig.journal.scan(scanId)).toMatchObject({ progress: { succeeded: 1 } })
  const full = await rig.scan([first], { ...BATCH, mode: 'full' })
  await pollScan(deps, full, never)
  expect(await listWaiting(rig, full)).toEqual(resourcesOf([first]))
})

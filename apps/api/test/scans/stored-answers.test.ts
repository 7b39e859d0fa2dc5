import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { contentKey } from '@capstan/shared/inference/content-key'
import { parseScanTime } from '@capstan/shared/scan-id'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { makeCapability } from '@capstan/testkit/make-capability'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { countEntries } from '../../src/plan/plan-entries.ts'
import { planScan, type PlanDeps } from '../../src/plan/plan-scan.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KINDS = ['Kafka', 'KafkaTopic', 'Postgres']
const never = new AbortController().signal

/** Content key of a definition in a demo scan. */
function createContentKey({ outlineHash }: Definition): string {
  return contentKey({ outlineHash, provider: 'demo', model: 'demo-rules' })
}

async function store(
  { deps }: ApiRig,
  definitions: Definition[],
  change: Partial<StoredResult> = {},
): Promise<void> {
  const cache = openResultCache(deps.redis, deps.keys)
  for (const one of definitions) await cache.put(createContentKey(one), makeStoredResult(change))
}

/** Starts a scan for a planner. Returns its id. */
async function start({ ask }: ApiRig, json: object = {}): Promise<string> {
  const response = await ask('/api/v1/scans', { json })
  expect(response.status).toBe(202)
  return Scan.parse(await response.json()).id
}

/** Runs a scan and waits until it finishes. */
async function scanned({ ask }: ApiRig, json: object = {}): Promise<Scan> {
  const response = await ask('/api/v1/scans', { json, headers: { prefer: 'wait=30' } })
  expect(response.status).toBe(200)
  return Scan.parse(await response.json())
}

/** Waits for the plan of the scan. */
async function planned({ deps }: ApiRig, id: string): Promise<Scan> {
  await expect.poll(async () => (await deps.journal.scan(id))?.progress.total).not.toBe(null)
  const scan = await deps.journal.scan(id)
  if (!scan) throw new Error('no such scan')
  return scan
}

async function listRows({ deps }: ApiRig): Promise<Capability[]> {
  return (await deps.catalog.list({ cluster: 'prod' }, { limit: 200 })).data
}

async function listJobs({ queue }: ApiRig): Promise<string[]> {
  const jobs = await queue.getJobs()
  return jobs.map(({ data }) => data.resource).toSorted()
}

test('a scan with stored answers for all types writes the rows without calls and jobs', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  await store(rig, cluster.definitions, { scanId: 'scan_of_another_cluster', attempt: 2 })
  const scan = await scanned(rig)
  expect(scan).toMatchObject({
    status: 'succeeded',
    progress: { total: 3, succeeded: 3, skipped: 0, percent: 100 },
    usage: { calls: 0, cacheHits: 3, inputTokens: 0, costUsd: 0 },
  })
  expect(await listJobs(rig)).toEqual([])
  const [kafka] = await listRows(rig)
  expect(await listRows(rig)).toHaveLength(3)
  const { answer, usage, durationMs, inferredAt } = makeStoredResult()
  const [definition] = cluster.definitions
  expect(kafka).toMatchObject({
    ...answer,
    resource: 'kafkas.example.com',
    verbs: ['get', 'list'],
    stale: false,
    override: null,
    provenance: {
      provider: 'demo',
      model: 'm',
      contentKey: definition && createContentKey(definition),
      definitionHash: definition?.definitionHash,
      scanId: 'scan_of_another_cluster',
      worker: 'host-1',
      attempt: 2,
      inferredAt,
      asOf: parseScanTime(scan.id),
      durationMs,
      usage,
    },
  })
  expect(await rig.deps.journal.item(scan.id, 'kafkas.example.com')).toMatchObject({
    status: 'succeeded',
    cached: true,
    confidence: answer.confidence,
    attempts: [],
  })
  const again = await scanned(rig)
  expect(again.progress).toMatchObject({ total: 3, skipped: 3 })
})

test.each(['calls', 'batch'])(
  'a scan with %s creates jobs and stores definitions only for types without a stored answer',
  async (execution) => {
    const { cluster, clusters } = literalClusters(KINDS)
    const rig = await startRig({ clusters, planner: true })
    const [kafka, topic, postgres] = cluster.definitions
    if (!kafka || !topic || !postgres) throw new Error('no definitions')
    await store(rig, [kafka, postgres])
    const scan = await planned(rig, await start(rig, { execution }))
    expect(scan).toMatchObject({
      status: 'queued',
      progress: { total: 3, succeeded: 2, queued: 1 },
      usage: { cacheHits: 2 },
    })
    await expect.poll(() => listJobs(rig)).toEqual(['kafkatopics.example.com'])
    expect((await listRows(rig)).map(({ resource }) => resource)).toEqual([
      'kafkas.example.com',
      'postgress.example.com',
    ])
    const kept = [kafka, topic].map((one) => rig.deps.definitions.get(computeDefinitionRef(one)))
    expect(await Promise.all(kept)).toEqual([undefined, topic])
  },
)

test('a full scan uses only its own stored answers', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const [kafka, ...others] = cluster.definitions
  if (!kafka) throw new Error('no definition')
  const id = await start(rig, { mode: 'full' })
  await store(rig, others)
  await store(rig, [kafka], { scanId: id })
  await planScan(rig.deps, id, never)
  expect(await listJobs(rig)).toEqual(others.map(({ type }) => resourceName(type)).toSorted())
  expect(await rig.deps.journal.item(id, 'kafkas.example.com')).toMatchObject({ cached: true })
})

test('a planner that is killed after it wrote rows makes the same plan when it runs again', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  await store(rig, cluster.definitions.slice(0, 2))
  const id = await start(rig)
  const killed = { ...rig.deps.journal, plan: () => Promise.reject(new Error('killed')) }
  await expect(planScan({ ...rig.deps, journal: killed }, id, never)).rejects.toThrow('killed')
  const rows = await listRows(rig)
  expect(rows).toHaveLength(2)
  expect(await rig.deps.journal.scan(id)).toMatchObject({ status: 'discovering' })
  await planScan(rig.deps, id, never)
  expect(await rig.deps.journal.scan(id)).toMatchObject({
    progress: { total: 3, succeeded: 2, queued: 1, skipped: 0 },
    usage: { cacheHits: 2 },
  })
  expect(await listRows(rig)).toEqual(rows)
})

test('a type with an unreadable stored answer is analyzed', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  const [kafka, topic, postgres] = cluster.definitions
  if (!kafka || !topic || !postgres) throw new Error('no definitions')
  const { redis, keys } = rig.deps
  await redis.set(keys.result(createContentKey(kafka)), '{"answer":"of another schema version"}')
  await redis.set(
    keys.result(createContentKey(topic)),
    JSON.stringify(makeStoredResult()).slice(0, -9),
  )
  await store(rig, [postgres])
  const scan = await planned(rig, await start(rig))
  expect(scan.progress).toMatchObject({ succeeded: 1, queued: 2 })
})

test('a failed lookup in Redis fails the planning attempt, and the next attempt succeeds', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  await store(rig, cluster.definitions)
  const id = await start(rig)
  const closed = new Redis(rig.redis.url, { lazyConnect: true })
  closed.disconnect()
  const results = openResultCache(closed, rig.deps.keys)
  await expect(planScan({ ...rig.deps, results }, id, never)).rejects.toThrow(
    /Connection is closed/,
  )
  expect(await rig.deps.journal.scan(id)).toMatchObject({ status: 'discovering' })
  await planScan(rig.deps, id, never)
  expect(await rig.deps.journal.scan(id)).toMatchObject({ status: 'succeeded' })
})

test('the catalog row of a stored answer has the override of its type', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, planner: true })
  await store(rig, cluster.definitions)
  const override = { by: 'ada', at: '2026-11-24T10:00:00.000Z', note: null }
  const fields = { useCase: 'Our own words.' }
  await rig.deps.catalog.setOverride('prod', 'kafkas.example.com', { ...override, fields })
  await scanned(rig)
  const [row] = await listRows(rig)
  expect(row).toMatchObject({ useCase: 'Our own words.', override: { by: 'ada' } })
})

test('a stored answer does not replace the row of a later scan', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, planner: true })
  await store(rig, cluster.definitions)
  const row = makeCapability({ cluster: 'prod', group: 'example.com', kind: 'Kafka' })
  const later = new Date(Date.now() + 60_000).toISOString()
  const newer = { ...row, provenance: { ...row.provenance, asOf: later } }
  await rig.deps.catalog.put([newer])
  expect((await scanned(rig)).progress).toMatchObject({ succeeded: 1 })
  expect(await listRows(rig)).toEqual([newer])
})

test('a dry run reports stored answers, estimates only the rest and writes no row', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const dryRun = async (json: object = {}): Promise<ScanPlan> => {
    const response = await rig.ask('/api/v1/scans', { json: { dryRun: true, ...json } })
    return ScanPlan.parse(await response.json())
  }
  const before = await dryRun()
  await store(rig, cluster.definitions.slice(0, 2))
  const plan = await dryRun()
  expect(before).toMatchObject({ total: 3, toAnalyze: 3, stored: 0 })
  expect(plan).toMatchObject({ total: 3, toAnalyze: 1, stored: 2, skippedUnchanged: 0 })
  expect(plan.resources.slice(0, 3)).toEqual([
    {
      resource: 'kafkas.example.com',
      action: 'stored',
      reason: 'the answer is already stored',
      estTokens: 0,
    },
    expect.objectContaining({ resource: 'kafkatopics.example.com', action: 'stored' }),
    expect.objectContaining({ resource: 'postgress.example.com', action: 'analyze' }),
  ])
  expect(plan.estimate.outputTokens).toBe(before.estimate.outputTokens / 3)
  expect(await dryRun({ mode: 'full' })).toMatchObject({ toAnalyze: 3, stored: 0 })
  expect(await listRows(rig)).toEqual([])
})

test('a plan of 5,000 stored types keeps at most 200 definitions and answers in memory', async () => {
  const kinds = Array.from({ length: 5_000 }, (_, index) => `Kind${index}`)
  const { cluster, clusters } = literalClusters(kinds)
  const rig = await startRig({ clusters })
  const cache = openResultCache(rig.deps.redis, rig.deps.keys)
  await Promise.all(
    cluster.definitions.map((one) => cache.put(createContentKey(one), makeStoredResult())),
  )
  const id = await start(rig)
  const held: number[] = []
  let settled = 0
  const note = (count: number): void => void held.push(cluster.yielded - settled, count)
  const results = {
    find: (...[keys, options]: Parameters<typeof cache.find>) => {
      note(keys.length)
      return cache.find(keys, options)
    },
  }
  const catalog = {
    ...rig.deps.catalog,
    put: async (rows: Capability[]) => {
      note(rows.length)
      await rig.deps.catalog.put(rows)
      settled += rows.length
    },
  }
  await planScan({ ...rig.deps, results, catalog }, id, never)
  expect(Math.max(...held)).toBe(200)
  expect(await rig.deps.journal.scan(id)).toMatchObject({
    status: 'succeeded',
    progress: { total: 5_000, succeeded: 5_000 },
  })
  expect(await rig.deps.catalog.count({ cluster: 'prod' })).toBe(5_000)
  const definitions = await rig.deps.redis.keys(`${rig.deps.keys.definition('')}*`)
  expect(definitions).toEqual([])
})

test('a plan counts its stored answers once, however often the planner runs', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  await store(rig, cluster.definitions)
  const id = await start(rig)
  const counted: number[] = []
  const deps: PlanDeps = {
    ...rig.deps,
    onPlanned: (plan) => void counted.push(countEntries(plan, 'stored')),
  }
  for (let run = 0; run < 2; run += 1) await planScan(deps, id, never)
  expect(counted).toEqual([3])
})

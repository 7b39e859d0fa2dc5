import { expect, test } from 'vitest'
import type { Capability } from '@capstan/shared/contract/capability'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { parseScanTime } from '@capstan/shared/scan-id'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import type { ApiDeps } from '../../src/deps.ts'
import { planScan } from '../../src/plan/plan-scan.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const never = new AbortController().signal
const { answer } = makeStoredResult()
const KAFKA = 'kafkas.example.com'
const POSTGRES = 'postgress.example.com'

/** Curated answers for all kinds except Postgres. */
function curatedAnswers(version = 'v1'): ApiDeps['curatedAnswers'] {
  return { version, find: ({ type }) => (type.kind === 'Postgres' ? undefined : answer) }
}

async function open(options: RigOptions = {}) {
  const { cluster, clusters } = literalClusters(['Kafka', 'KafkaTopic', 'Postgres'])
  const defaults = { provider: 'demo', curated: 'auto' } as const
  const rig = await startRig({
    clusters,
    curatedAnswers: curatedAnswers(),
    defaults,
    ...options,
  })
  return { ...rig, cluster, rig }
}

async function start({ ask }: ApiRig, json: object = {}): Promise<string> {
  const response = await ask('/api/v1/scans', { json })
  expect(response.status).toBe(202)
  return Scan.parse(await response.json()).id
}

/** Starts a scan and plans it. */
async function planned(rig: ApiRig, json: object = {}): Promise<Scan> {
  const id = await start(rig, json)
  await planScan(rig.deps, id, never)
  const scan = await rig.deps.journal.scan(id)
  if (!scan) throw new Error('no such scan')
  return scan
}

async function dryRun({ ask }: ApiRig, json: object = {}): Promise<ScanPlan> {
  const response = await ask('/api/v1/scans', { json: { dryRun: true, ...json } })
  return ScanPlan.parse(await response.json())
}

async function listRows({ deps }: ApiRig): Promise<Capability[]> {
  return (await deps.catalog.list({ cluster: 'prod' }, { limit: 200 })).data
}

async function listJobs({ queue }: ApiRig): Promise<string[]> {
  return (await queue.getJobs()).map(({ data }) => data.resource)
}

test.each(['incremental', 'full'])(
  'a scan without a model in mode %s records curated answers without jobs and queues the other types',
  async (mode) => {
    const { rig, cluster } = await open()
    const scan = await planned(rig, { mode })
    expect(scan).toMatchObject({
      curated: true,
      status: 'queued',
      progress: { total: 3, succeeded: 2, queued: 1 },
      usage: { calls: 0, cacheHits: 0, curatedAnswers: 2, costUsd: 0 },
    })
    expect(await listJobs(rig)).toEqual([POSTGRES])
    const rows = await listRows(rig)
    expect(rows.map(({ resource }) => resource)).toEqual([KAFKA, 'kafkatopics.example.com'])
    expect(rows[0]).toMatchObject({
      ...answer,
      provenance: {
        provider: 'curated',
        model: 'v1',
        definitionHash: cluster.definitions[0]?.definitionHash,
        scanId: scan.id,
        worker: null,
        attempt: null,
        asOf: parseScanTime(scan.id),
        durationMs: 0,
      },
    })
    expect(await rig.deps.journal.item(scan.id, KAFKA)).toMatchObject({
      status: 'succeeded',
      cached: false,
      source: 'curated',
      attempts: [],
    })
  },
)

test('an incremental scan leaves curated rows unchanged until the version of the answers changes', async () => {
  const { rig } = await open()
  await planned(rig)
  const rows = await listRows(rig)
  const again = await planned(rig, { onConflict: 'parallel' })
  expect(again.progress).toMatchObject({ succeeded: 0, skipped: 2, queued: 1 })
  expect(await listRows(rig)).toEqual(rows)
  rig.deps.curatedAnswers = curatedAnswers('v2')
  const updated = await planned(rig, { onConflict: 'parallel' })
  expect(updated.progress).toMatchObject({ succeeded: 2, skipped: 0, queued: 1 })
  const versions = (await listRows(rig)).map(({ provenance }) => provenance.model)
  expect(versions).toEqual(['v2', 'v2'])
})

test('a planner that is killed after it wrote curated rows makes the same plan and equal rows when it runs again', async () => {
  const { rig } = await open()
  const id = await start(rig)
  const killed = { ...rig.deps.journal, plan: () => Promise.reject(new Error('killed')) }
  await expect(planScan({ ...rig.deps, journal: killed }, id, never)).rejects.toThrow('killed')
  const rows = await listRows(rig)
  expect(rows).toHaveLength(2)
  for (let run = 0; run < 2; run += 1) await planScan(rig.deps, id, never)
  expect(await rig.deps.journal.scan(id)).toMatchObject({
    progress: { total: 3, succeeded: 2, queued: 1, skipped: 0 },
    usage: { curatedAnswers: 2 },
  })
  expect(await listRows(rig)).toEqual(rows)
  const { events } = await rig.deps.journal.events(id, 0, 50)
  const succeeded = events.filter(({ type }) => type === 'resource.succeeded')
  expect(succeeded.map(({ data }) => data)).toMatchObject([
    { resource: KAFKA, source: 'curated', cached: false, costUsd: 0 },
    { resource: 'kafkatopics.example.com', source: 'curated' },
  ])
})

const OPENAI = { provider: 'openai', model: 'gpt-test' } as const

test.each([
  ['auto', { provider: 'demo' }, {}, true],
  ['auto', OPENAI, {}, false],
  ['auto', OPENAI, { curated: true }, true],
  ['prefer', OPENAI, {}, true],
  ['prefer', OPENAI, { curated: false }, false],
  ['off', { provider: 'demo' }, {}, false],
  ['off', { provider: 'demo' }, { curated: true }, true],
] as const)(
  'with CAPSTAN_CURATED=%s, the model %o and the request %o curated answers are used: %s',
  async (curated, model, request, expected) => {
    const { rig } = await open({ defaults: { ...model, curated } })
    const plan = await dryRun(rig, request)
    expect(plan.curated).toBe(expected ? 2 : 0)
    const id = await start(rig, request)
    expect(await rig.deps.journal.scan(id)).toMatchObject({ curated: expected })
  },
)

test('the choice is fixed at the start: a later change of the setting does not change the plan', async () => {
  const { rig } = await open()
  const id = await start(rig)
  rig.deps.defaults = { provider: 'demo', curated: 'off' }
  await planScan(rig.deps, id, never)
  expect((await rig.deps.journal.scan(id))?.progress).toMatchObject({ succeeded: 2, queued: 1 })
})

test('a dry run counts curated answers and estimates only the calls of the other types', async () => {
  const { rig } = await open({ defaults: { ...OPENAI, curated: 'auto' } })
  const without = await dryRun(rig)
  const plan = await dryRun(rig, { curated: true })
  expect(without).toMatchObject({ total: 3, toAnalyze: 3, curated: 0 })
  expect(plan).toMatchObject({ total: 3, toAnalyze: 1, curated: 2, stored: 0 })
  expect(plan.resources[0]).toEqual({
    resource: KAFKA,
    action: 'curated',
    reason: 'a curated answer, without a model call',
    estTokens: 0,
  })
  expect(plan.estimate.outputTokens).toBe(without.estimate.outputTokens / 3)
  expect(await listRows(rig)).toEqual([])
})

test('an override keeps its fields over a curated answer, and its source is shown', async () => {
  const { rig } = await open()
  const override = { by: 'ada', at: '2026-11-24T10:00:00.000Z', note: null }
  const fields = { useCase: 'Our own words.' }
  await rig.deps.catalog.setOverride('prod', KAFKA, { ...override, fields })
  await planned(rig)
  const shown = await (await rig.ask(`/api/v1/capabilities/${KAFKA}`)).json()
  expect(shown).toMatchObject({
    ...fields,
    source: 'override',
    provenance: { provider: 'curated' },
    override: { by: 'ada', inferred: { useCase: answer.useCase } },
  })
})

test('a suspicion in the definition caps the confidence of a curated answer', async () => {
  const { rig, cluster } = await open()
  const [kafka] = cluster.definitions
  if (!kafka) throw new Error('no definition')
  const suspicion = { in: 'definition', kind: 'instruction', excerpt: 'ignore all rules' } as const
  cluster.definitions[0] = { ...kafka, suspicions: [suspicion] }
  await planned(rig)
  const [row] = await listRows(rig)
  expect(row).toMatchObject({ resource: KAFKA, confidence: 0.4, suspicions: [suspicion] })
})

test('lists, counts, searches and exports show the source and filter by it', async () => {
  const { rig } = await open()
  await planned(rig)
  const read = async (path: string): Promise<unknown> =>
    (await rig.ask(`/api/v1/capabilities${path}`)).json()
  expect(await read('?source=curated')).toMatchObject({
    data: [{ resource: KAFKA, source: 'curated' }, { source: 'curated' }],
  })
  expect(await read('?source=model')).toMatchObject({ data: [] })
  expect(await read('/facets')).toMatchObject({ sources: { curated: 2 } })
  expect(await read('/search?q=kafka&source=curated')).toMatchObject({
    data: [{ capability: { source: 'curated' } }, { capability: { source: 'curated' } }],
  })
  expect(await read('/search?q=kafka&source=rules')).toMatchObject({ data: [] })
  for (const format of ['csv', 'md', 'ndjson']) {
    const text = await (await rig.ask(`/api/v1/capabilities/export?format=${format}`)).text()
    expect(text).toContain('curated')
  }
  expect((await rig.ask('/api/v1/capabilities?source=luck')).status).toBe(400)
})

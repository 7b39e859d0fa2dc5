import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { AppError } from '@capstan/shared/errors'
import { makeCapability } from '@capstan/testkit/make-capability'
import { until } from '@capstan/testkit/until'
import { contentKey } from '@capstan/shared/inference/content-key'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KINDS = ['Kafka', 'KafkaTopic', 'Postgres']

test('a start is accepted at once, planned in the background, and creates jobs for its types', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  const response = await rig.ask('/api/v1/scans', { json: { labels: { team: 'platform' } } })
  expect(response.status).toBe(202)
  expect(response.headers.get('retry-after')).toBe('2')
  const scan = Scan.parse(await response.json())
  expect(response.headers.get('location')).toBe(`/api/v1/scans/${scan.id}`)
  expect(scan).toMatchObject({
    status: 'discovering',
    cluster: 'prod',
    provider: 'demo',
    demo: true,
    createdBy: 'local',
    labels: { team: 'platform' },
  })
  const planned = await waitFor(rig, scan.id, (now) => now.progress.total === 3)
  expect(planned).toMatchObject({ status: 'queued', excluded: { count: 1 } })
  await expect.poll(() => rig.queue.getJobCountByTypes('prioritized')).toBe(3)
})

test('a scan without a serving worker is accepted with a warning, which disappears when a worker starts', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, forecast: true })
  const started = Scan.parse(await (await rig.ask('/api/v1/scans', { json: {} })).json())
  expect(started.warnings).toEqual([expect.stringMatching(/^No worker is running, so scans wait/)])
  const planned = await rig.ask('/api/v1/scans', { json: { dryRun: true } })
  expect(ScanPlan.parse(await planned.json()).warnings).toEqual(started.warnings)
  await serveProviders(rig, [{ provider: 'openai', model: 'gpt-6-sol' }])
  const other = await waitFor(rig, started.id, ({ warnings }) =>
    warnings.some((warning) => warning.startsWith('No running worker serves demo')),
  )
  expect(other.warnings).toHaveLength(1)
  await serveProviders(rig, [{ provider: 'demo', model: 'demo-rules' }])
  await waitFor(rig, started.id, ({ warnings }) => warnings.length === 0)
})

test('a scan of an unchanged cluster finishes without a job', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  for (const { type, outlineHash } of cluster.definitions) {
    const key = contentKey({ outlineHash, provider: 'demo', model: 'demo-rules' })
    const row = makeCapability({ cluster: 'prod', group: type.group, kind: type.kind })
    const provenance = { ...row.provenance, contentKey: key }
    await rig.deps.catalog.put([{ ...row, provenance }])
  }
  const gone = makeCapability({ cluster: 'prod', group: 'example.com', kind: 'Gone' })
  await rig.deps.catalog.put([gone])
  const response = await rig.ask('/api/v1/scans', {
    json: {},
    headers: { prefer: 'wait=30' },
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('preference-applied')).toBe('wait=30')
  expect(await response.json()).toMatchObject({
    status: 'succeeded',
    progress: { total: 3, skipped: 3, percent: 100 },
  })
  expect(await rig.queue.getJobCountByTypes('prioritized', 'waiting')).toBe(0)
  expect(await rig.deps.catalog.get('prod', gone.resource)).toMatchObject({ stale: true })
})

test('a scan updates the metadata of unchanged types, and a dry run or a degraded discovery does not', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const source = clusters.find('prod')
  const [kafka] = cluster.definitions
  if (!source || !kafka) throw new Error('no cluster')
  const warnings: string[] = ['No access to CRDs']
  const poorer = { ...source, warnings: () => warnings }
  const rig = await startRig({ clusters: { names: ['prod'], find: () => poorer }, planner: true })
  const key = { outlineHash: kafka.outlineHash, provider: 'demo', model: 'demo-rules' }
  const row = makeCapability({ cluster: 'prod', group: 'example.com', kind: 'Kafka' })
  const provenance = { ...row.provenance, contentKey: contentKey(key) }
  await rig.deps.catalog.put([{ ...row, provenance }])
  const columns = [{ name: 'Topics', type: 'integer', jsonPath: '.status.topics' }]
  cluster.definitions = [{ ...kafka, printerColumns: columns }]
  const scanned = async (json: object) => {
    const headers = { prefer: 'wait=30' }
    expect((await rig.ask('/api/v1/scans', { json, headers })).status).toBe(200)
    return rig.deps.catalog.get('prod', row.resource)
  }
  expect(await scanned({})).toEqual({ ...row, provenance })
  warnings.pop()
  expect(await scanned({ dryRun: true })).toEqual({ ...row, provenance })
  const { verbs, shortNames, categories } = kafka.type
  expect(await scanned({})).toEqual({
    ...row,
    provenance,
    verbs,
    shortNames,
    categories,
    printerColumns: columns,
  })
  expect(await rig.queue.getJobCountByTypes('prioritized', 'waiting')).toBe(0)
})

test.each([
  ['name', ['kafkas', 'kafkatopics', 'postgress']],
  ['smallest-first', ['kafkas', 'postgress', 'kafkatopics']],
  ['largest-first', ['kafkatopics', 'postgress', 'kafkas']],
])('the order %s applies to jobs and to the list of types', async (order, names) => {
  // The outline of a generated type contains its name, so the longest name has the largest definition.
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  const resources = names.map((name) => `${name}.example.com`)
  const planned = await rig.ask('/api/v1/scans', { json: { order, dryRun: true } })
  const plan = ScanPlan.parse(await planned.json())
  const asked = plan.resources.filter(({ action }) => action === 'analyze')
  expect(asked.map(({ resource }) => resource)).toEqual(resources)
  const scan = await start(rig, { order })
  expect(scan.order).toBe(order)
  await expect
    .poll(async () => {
      const jobs = await rig.queue.getJobs(['prioritized'], 0, -1, true)
      return jobs.map(({ data }) => data.resource)
    })
    .toEqual(resources)
})

test('mode full analyzes all types again', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters, planner: true })
  const started = await start(rig, { mode: 'full' })
  await expect.poll(() => rig.queue.getJobCountByTypes('prioritized')).toBe(1)
  expect((await read(rig, started.id)).mode).toBe('full')
})

test('a type without a readable definition fails, and the other types are scanned', async () => {
  const { cluster, clusters } = literalClusters(KINDS)
  cluster.undescribable = ['kafkas.example.com']
  const rig = await startRig({ clusters, planner: true })
  const { id } = await start(rig, {})
  const scan = await waitFor(rig, id, (now) => now.progress.total !== null)
  expect(scan.progress).toMatchObject({ failed: 1, queued: 2 })
  expect(scan.failures.byReason).toEqual({ schema_unavailable: 1 })
})

test('JSON with the Content-Type of a form is accepted, as in `curl -d {}`', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const init = { method: 'POST', headers, body: '{"labels":{"team":"a"}}' }
  const response = await rig.ask('/api/v1/scans', init)
  expect(response.status).toBe(202)
  expect(await response.json()).toMatchObject({ labels: { team: 'a' } })
})

test('a second start joins, is rejected or runs in parallel, as requested by onConflict', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const first = await start(rig, {})
  const joined = await rig.ask('/api/v1/scans', { json: {} })
  expect(joined.status).toBe(200)
  expect(await joined.json()).toMatchObject({ id: first.id })
  const refused = await rig.ask('/api/v1/scans', { json: { onConflict: 'reject' } })
  expect(refused.status).toBe(409)
  expect(refused.headers.get('location')).toBe(`/api/v1/scans/${first.id}`)
  expect(await refused.json()).toMatchObject({
    code: 'SCAN_CONFLICT',
    scan: `/api/v1/scans/${first.id}`,
  })
  const beside = await start(rig, { onConflict: 'parallel' })
  expect(beside.id).not.toBe(first.id)
})

test('the plan uses a discovery that is not older than the scan', async () => {
  const { clusters, cluster } = literalClusters(KINDS)
  const rig = await startRig({ clusters, planner: true })
  const before = Date.now()
  const { id } = await start(rig, {})
  await until(
    'the plan',
    async () => (await rig.deps.journal.scan(id))?.progress.total ?? undefined,
  )
  const [preflight, plan = -1, ...more] = cluster.maxAges
  expect({ preflight, more }).toEqual({ preflight: 30_000, more: [] })
  expect(plan).toBeGreaterThan(0)
  expect(plan).toBeLessThanOrEqual(Date.now() + 1 - before)
})

test('a dry run returns the plan and stores nothing', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const response = await rig.ask('/api/v1/scans', {
    json: { dryRun: true, exclude: ['postgress.example.com'] },
  })
  expect(response.status).toBe(200)
  const plan = ScanPlan.parse(await response.json())
  expect(plan).toMatchObject({ cluster: 'prod', total: 2, toAnalyze: 2, excluded: 2 })
  expect(plan.estimate.inputTokens).toBeGreaterThan(0)
  expect(plan.estimate.costUsd).toEqual({ low: 0, expected: 0, high: 0 })
  expect(plan.resources.find(({ resource }) => resource === 'kafkas.example.com')).toMatchObject({
    action: 'analyze',
  })
  expect(await rig.deps.redis.keys(`${rig.redis.keys.prefix}*`)).not.toContainEqual(
    expect.stringMatching(/:(scan|definition|cluster):/),
  )
})

test('a dry run estimates the cost of a model with a known price as a range', async () => {
  const { clusters } = literalClusters(KINDS)
  const prices = { 'my-model': { input: 1, cached: 0.1, output: 5 } }
  const defaults = { provider: 'anthropic' as const, model: 'my-model', prices }
  const rig = await startRig({ clusters, defaults })
  const response = await rig.ask('/api/v1/scans', { json: { dryRun: true } })
  const { estimate } = ScanPlan.parse(await response.json())
  const { inputTokens, outputTokens, costUsd } = estimate
  expect(costUsd?.expected).toBeCloseTo((inputTokens + 5 * outputTokens) / 1_000_000, 9)
  expect(costUsd?.low).toBeLessThan(costUsd?.expected ?? 0)
  expect(costUsd?.high).toBeGreaterThan(costUsd?.expected ?? 0)
})

test('the cost of a model without a known price is unknown, never 0', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, defaults: { provider: 'openai', model: 'llama3' } })
  const response = await rig.ask('/api/v1/scans', { json: { dryRun: true } })
  expect(await response.json()).toMatchObject({
    provider: 'openai',
    estimate: { costUsd: null, pricing: 'unknown' },
  })
  const refused = await rig.ask('/api/v1/scans', { json: { budget: { maxCostUsd: 1 } } })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    code: 'VALIDATION',
    hint: expect.stringContaining('CAPSTAN_PRICES') as string,
    errors: [{ pointer: '#/budget/maxCostUsd' }],
  })
  expect((await rig.deps.journal.scans({ limit: 10 })).data).toEqual([])
})

test('a scan stores its budget, and each type has an estimated cost', async () => {
  const { clusters } = literalClusters(KINDS)
  const defaults = { provider: 'anthropic' as const, model: 'claude-haiku-5-5' }
  const rig = await startRig({ clusters, defaults, planner: true })
  const scan = await start(rig, { budget: { maxCostUsd: 0.5, maxTokens: 1_000 } })
  expect(scan.budget).toEqual({ maxCostUsd: 0.5, maxTokens: 1_000, stoppedBy: null })
  await expect
    .poll(async () => (await rig.deps.journal.scan(scan.id))?.progress.queued)
    .toBeGreaterThan(0)
  const claim = await rig.deps.journal.claim(scan.id, 'kafkas.example.com', 'w1')
  expect(claim).toEqual({ outcome: 'refused', because: 'paused' })
  expect((await rig.deps.journal.scan(scan.id))?.budget.stoppedBy).toBe('maxTokens')
})

test.each([
  ['CLUSTER_UNREACHABLE', 502],
  ['CLUSTER_FORBIDDEN', 502],
  ['CLUSTER_MISCONFIGURED', 502],
] as const)(
  'a start with a cluster that answers %s returns %i and stores nothing',
  async (code, status) => {
    const { cluster, clusters } = literalClusters(KINDS)
    cluster.fault = new AppError(code, 'The cluster rejects it', { hint: 'Correct it.' })
    const rig = await startRig({ clusters })
    const response = await rig.ask('/api/v1/scans', { json: {} })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, hint: 'Correct it.' })
    expect((await rig.deps.journal.scans({ limit: 10 })).data).toEqual([])
  },
)

test('a start with a provider that no worker serves is rejected', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters })
  const refused = await rig.ask('/api/v1/scans', { json: { provider: 'openai' } })
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    code: 'PROVIDER_NOT_CONFIGURED',
    hint: expect.stringContaining('OPENAI_API_KEY') as string,
  })
  await serveProviders(rig, [{ provider: 'openai', model: 'gpt-test' }])
  const scan = await start(rig, { provider: 'openai' })
  expect(scan).toMatchObject({ provider: 'openai', model: 'gpt-test', demo: false })
})

test('a start with a provider that a worker has served within 30 days is accepted with a warning', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, forecast: true, defaults: {} })
  const none = await rig.ask('/api/v1/scans', { json: {} })
  expect(none.status).toBe(422)
  expect(await none.json()).toMatchObject({
    code: 'PROVIDER_NOT_CONFIGURED',
    detail: 'No worker has announced a provider yet',
  })
  const OPENAI = { provider: 'openai', model: 'gpt-test' } as const
  const worker = await announceTestWorker(rig, { id: 'w', providers: [OPENAI] })
  await worker.stop()
  // A start without a provider must not fall back to rules.
  for (const json of [{ provider: 'openai' }, {}]) {
    const scan = await start(rig, { ...json, onConflict: 'parallel' })
    expect(scan).toMatchObject({ ...OPENAI, demo: false })
    expect(scan.warnings).toEqual([expect.stringMatching(/^No worker is running, so scans wait/)])
  }
  const { deps } = rig
  const sighting = JSON.parse((await deps.redis.hget(deps.keys.recentProviders, 'openai')) ?? '{}')
  const atMs = sighting.atMs - 30 * 86_400_000 - 1
  await deps.redis.hset(deps.keys.recentProviders, 'openai', JSON.stringify({ ...sighting, atMs }))
  expect((await rig.ask('/api/v1/scans', { json: { provider: 'openai' } })).status).toBe(422)
})

test('the default provider comes from the settings, else from the first worker', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, defaults: {} })
  await serveProviders(rig, [
    { provider: 'anthropic', model: 'claude-test' },
    { provider: 'demo', model: 'demo-rules' },
  ])
  expect(await start(rig, { onConflict: 'parallel' })).toMatchObject({
    provider: 'anthropic',
    model: 'claude-test',
  })
  rig.deps.defaults = { provider: 'demo', model: 'other' }
  expect(await start(rig, { onConflict: 'parallel' })).toMatchObject({
    provider: 'demo',
    model: 'other',
  })
  const list = (await (await rig.ask('/api/v1/providers')).json()) as { data: unknown[] }
  expect(list.data).toContainEqual({
    id: 'anthropic',
    configured: true,
    default: false,
    demo: false,
    models: ['claude-test'],
    endpoints: [],
    problem: null,
    workers: 1,
    fallback: ['openai/gpt-6-luna'],
    accounts: [],
  })
})

test('a base URL without a known model rejects scans without a model, and rules never replace it', async () => {
  const { clusters } = literalClusters(KINDS)
  const rig = await startRig({ clusters, defaults: {} })
  const problem = { detail: 'http://h:1/v1 has 2 models: a, b', hint: 'Set CAPSTAN_MODEL.' }
  const local = { provider: 'openai', model: null, endpoint: 'http://h:1/v1', problem } as const
  const demo = { provider: 'demo', model: 'demo-rules' } as const
  const worker = await announceTestWorker(rig, { id: 'w', providers: [local, demo] })
  const refused = await rig.ask('/api/v1/scans', { json: {} })
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    code: 'PROVIDER_NOT_CONFIGURED',
    detail: `No model of openai is selected: ${problem.detail}`,
    hint: problem.hint,
  })
  expect(await start(rig, { model: 'a' })).toMatchObject({ provider: 'openai', model: 'a' })
  const shown = await rig.ask('/api/v1/providers/openai')
  expect(await shown.json()).toMatchObject({ models: [], endpoints: ['http://h:1/v1'], problem })
  await worker.stop()
  // Announced within 30 days, which still does not determine the model.
  expect((await rig.ask('/api/v1/scans', { json: {} })).status).toBe(422)
  rig.deps.defaults = { provider: 'openai', model: 'b' }
  expect(await start(rig, { onConflict: 'parallel' })).toMatchObject({ model: 'b' })
})

async function serveProviders(
  rig: ApiRig,
  providers: { provider: 'anthropic' | 'openai' | 'demo'; model: string }[],
): Promise<void> {
  await announceTestWorker(rig, {
    providers,
    fallback: [{ provider: 'openai', model: 'gpt-6-luna' }],
  })
}

async function start(rig: ApiRig, json: unknown): Promise<Scan> {
  const response = await rig.ask('/api/v1/scans', { json })
  const body: unknown = await response.json()
  if (response.status !== 202) throw new Error(JSON.stringify(body))
  return Scan.parse(body)
}

async function read(rig: ApiRig, id: string): Promise<Scan> {
  return Scan.parse(await (await rig.ask(`/api/v1/scans/${id}`)).json())
}

async function waitFor(rig: ApiRig, id: string, fits: (scan: Scan) => boolean): Promise<Scan> {
  await expect.poll(async () => fits(await read(rig, id))).toBe(true)
  return read(rig, id)
}

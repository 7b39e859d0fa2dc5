import { expect, test } from 'vitest'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KINDS = ['Kafka', 'KafkaTopic', 'Postgres']
const [KAFKA, TOPIC, POSTGRES] = ['kafkas', 'kafkatopics', 'postgress'].map(
  (plural) => `${plural}.example.com`,
)

/** Two API processes of one installation. Only the first one plans, if requested. */
async function twoRigs({ planner = true } = {}): Promise<[ApiRig, ApiRig]> {
  const { clusters } = literalClusters(KINDS)
  const redis = testRedis()
  const prices = { 'gpt-test': { input: 1, cached: 1, output: 1 } }
  const defaults = { provider: 'openai', model: 'gpt-test', prices } as const
  const first = await startRig({ clusters, redis, defaults, planner })
  return [first, await startRig({ clusters, redis, defaults })]
}

async function post(rig: ApiRig, json: object): Promise<{ status: number; scan: StartedScan }> {
  const response = await rig.ask('/api/v1/scans', { json })
  const body: unknown = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(body))
  return { status: response.status, scan: StartedScan.parse(body) }
}

/** Starts a scan and waits for its plan. */
async function planned(rig: ApiRig, json: object = {}): Promise<string> {
  const { scan } = await post(rig, json)
  await until(
    'the plan',
    async () => (await rig.deps.journal.scan(scan.id))?.progress.total ?? undefined,
  )
  return scan.id
}

test('a start of some types of a running scan joins it, and the response has the reason and the types', async () => {
  const [one, other] = await twoRigs()
  const id = await planned(one)
  const { status, scan } = await post(other, { include: [KAFKA, '*topics.example.com'] })
  expect(status).toBe(200)
  expect(scan).toMatchObject({ id, done: false })
  expect(scan.joined).toEqual({
    because: 'covers',
    reason:
      'The plan of the running scan contains all 2 requested types; its model, mode and limits fit the request.',
    types: 2,
    resources: [KAFKA, TOPIC],
  })
})

test('the response to a start of all types of a running scan has their number and no names', async () => {
  const [one, other] = await twoRigs()
  const id = await planned(one, { include: [KAFKA, POSTGRES] })
  const { scan } = await post(other, { include: ['kafkas', 'Postgres'] })
  expect(scan.id).toBe(id)
  expect(scan.joined).toMatchObject({ because: 'covers', types: 2 })
  expect(scan.joined?.resources).toBeUndefined()
})

test('a new scan and a scan that is read later have no `joined`', async () => {
  const [one, other] = await twoRigs()
  const { status, scan } = await post(one, {})
  expect(status).toBe(202)
  expect(scan.joined).toBeUndefined()
  expect((await post(other, {})).scan.joined).toBeDefined()
  const read = await (await one.ask(`/api/v1/scans/${scan.id}`)).json()
  expect(read).not.toHaveProperty('joined')
})

test('a start with a type that the running scan lacks starts a parallel scan', async () => {
  const [one, other] = await twoRigs()
  const id = await planned(one, { include: [KAFKA] })
  const { status, scan } = await post(other, { include: [KAFKA, TOPIC] })
  expect(status).toBe(202)
  expect(scan.id).not.toBe(id)
})

test('equal simultaneous starts at two API processes create one scan', async () => {
  const [one, other] = await twoRigs({ planner: false })
  for (const include of [[KAFKA], [TOPIC], [POSTGRES]]) {
    const answers = await Promise.all(
      [one, other, one, other].map((rig) => post(rig, { include, exclude: ['pods'] })),
    )
    expect(new Set(answers.map(({ scan }) => scan.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
    const joined = answers.flatMap(({ scan }) => scan.joined ?? [])
    expect(joined).toEqual(
      Array(3).fill({
        because: 'equal',
        reason: 'The running scan has an equal request and no plan yet.',
        types: 1,
      }),
    )
  }
})

test('a start with Prefer: wait that joins a scan gets the reason of the join', async () => {
  const [one, other] = await twoRigs()
  const id = await planned(one)
  const headers = { prefer: 'wait=1' }
  const response = await other.ask('/api/v1/scans', { json: { include: [KAFKA] }, headers })
  expect(response.headers.get('preference-applied')).toBe('wait=1')
  expect(StartedScan.parse(await response.json())).toMatchObject({ id, joined: { types: 1 } })
})

const BUDGET = { maxTokens: 1_000, maxCostUsd: 1, maxFailures: 5 }

test.each<[string, 'joins' | 'runs beside', object, object]>([
  ['of another model', 'runs beside', {}, { model: 'other' }],
  ['of another provider', 'runs beside', {}, { provider: 'anthropic' }],
  ['in mode full (beside incremental)', 'runs beside', {}, { mode: 'full' }],
  ['in mode incremental (beside full)', 'joins', { mode: 'full' }, {}],
  ['by batch', 'runs beside', {}, { execution: 'batch' }],
  ['by calls (beside batch)', 'runs beside', { execution: 'batch' }, {}],
  ['with a budget', 'runs beside', {}, { budget: BUDGET }],
  ['with an equal budget', 'joins', { budget: BUDGET }, { budget: BUDGET }],
  ['with more tokens', 'joins', { budget: BUDGET }, { budget: { maxTokens: 2_000 } }],
  ['with less money', 'runs beside', { budget: BUDGET }, { budget: { maxCostUsd: 0.5 } }],
  ['with fewer failures', 'runs beside', { budget: BUDGET }, { budget: { maxFailures: 4 } }],
  ['without a budget', 'joins', { budget: BUDGET }, {}],
  ['with a concurrency', 'runs beside', {}, { concurrency: 2 }],
  ['with a lower concurrency', 'runs beside', { concurrency: 3 }, { concurrency: 2 }],
  ['with a higher concurrency', 'joins', { concurrency: 3 }, { concurrency: 4 }],
  ['with onConflict parallel', 'runs beside', {}, { onConflict: 'parallel' }],
])('a start %s %s a running scan of the same types', async (_, outcome, first, second) => {
  const [one, other] = await twoRigs()
  await announce(one)
  const id = await planned(one, first)
  const { scan } = await post(other, second)
  expect(scan.id === id ? 'joins' : 'runs beside').toBe(outcome)
})

test('onConflict reject rejects a start while any scan of the cluster is unfinished, including a paused scan of other types', async () => {
  const [one, other] = await twoRigs()
  const id = await planned(one, { include: [KAFKA] })
  await one.deps.journal.pause(id, 'test', 'because')
  const json = { include: [TOPIC], onConflict: 'reject' }
  const refused = await other.ask('/api/v1/scans', { json })
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({
    code: 'SCAN_CONFLICT',
    scan: `/api/v1/scans/${id}`,
  })
  expect((await post(other, { include: [KAFKA] })).status).toBe(202)
})

test('the OpenAPI document describes the response to a start that joined a scan', async () => {
  const [rig] = await twoRigs({ planner: false })
  const text = await (await rig.ask('/openapi.json')).text()
  const { components } = JSON.parse(text) as {
    components: { schemas: Record<string, { properties: Record<string, unknown> }> }
  }
  expect(components.schemas['StartedScan']?.properties['joined']).toBeDefined()
  expect(components.schemas['Scan']?.properties).not.toHaveProperty('joined')
  expect(text).toContain('waits for these only')
})

async function announce(rig: ApiRig): Promise<void> {
  await announceTestWorker(rig, {
    providers: [
      { provider: 'openai', model: 'gpt-test' },
      { provider: 'anthropic', model: 'claude-test' },
    ],
  })
}

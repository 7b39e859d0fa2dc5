import { expect, test } from 'vitest'
import { z } from 'zod'
import { Problem } from '@capstan/shared/contract/problem'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { Schedule } from '@capstan/shared/contract/scan/schedule'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { AppError } from '@capstan/shared/errors'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { scanMaker } from '../support/scan-maker.ts'

const KINDS = ['Snapshot', 'Kafka', 'Topic']
/** The warning of a start without workers, beside those of its patterns. */
const NO_WORKER = /^No worker is running/

/** Kinds `Snapshot` of two groups, `Kafka` and `Topic`. */
async function startSelectionRig(options: { planner?: boolean } = {}) {
  const { cluster, clusters } = literalClusters(KINDS)
  const snapshot = makeDefinition('Snapshot')
  cluster.definitions.push({ ...snapshot, type: { ...snapshot.type, group: 'other.io' } })
  return { cluster, rig: await startRig({ clusters, ...options }) }
}

async function post<S extends z.ZodType>(rig: ApiRig, json: unknown, schema: S) {
  const response = await rig.ask('/api/v1/scans', { json })
  return { status: response.status, body: schema.parse(await response.json()) }
}

function ofPatterns({ warnings }: { warnings: string[] }): string[] {
  return warnings.filter((warning) => !NO_WORKER.test(warning))
}

const TYPO = 'The include `kafkaz.example.com` matches no type; near names: kafkas.example.com.'
const NOWHERE = 'The include `*.nowhere` matches no type.'
const SEVERAL =
  'The include `Snapshot` matches 2 types, and the scan includes all of them: snapshots.example.com, snapshots.other.io. ' +
  'Use plural.group to scan only one of them.'
const IDLE = 'The exclude `Redis` matches no type.'
const REQUEST = {
  include: ['kafkaz.example.com', 'Snapshot', '*.nowhere', 'Topic'],
  exclude: ['Redis'],
}

test('a scan with known and unknown names scans the known ones and has warnings in the response, the plan and the dry run', async () => {
  const { rig } = await startSelectionRig({ planner: true })
  const expected = [TYPO, NOWHERE, SEVERAL, IDLE]
  const dry = await post(rig, { ...REQUEST, dryRun: true }, ScanPlan)
  expect(dry.status).toBe(200)
  expect(ofPatterns(dry.body)).toEqual(expected)
  expect(dry.body.resources.map(({ resource }) => resource)).toEqual([
    'snapshots.example.com',
    'snapshots.other.io',
    'topics.example.com',
  ])
  const started = await post(rig, REQUEST, StartedScan)
  expect(started.status).toBe(202)
  expect(ofPatterns(started.body)).toEqual(expected)
  const planned = await until('the plan', async () => {
    const scan = await rig.deps.journal.scan(started.body.id)
    return scan?.progress.total === null ? undefined : scan
  })
  expect(ofPatterns(planned)).toEqual(expected)
  expect(planned.progress.total).toBe(3)
})

test('a start that joins a running scan has the warnings of its own patterns', async () => {
  const { rig } = await startSelectionRig({ planner: true })
  const { body: running } = await post(rig, {}, StartedScan)
  await until('the plan', async () => {
    const scan = await rig.deps.journal.scan(running.id)
    return scan?.progress.total === null ? undefined : scan
  })
  const joined = await post(rig, { include: ['Kafka', 'kafkaz.example.com'] }, StartedScan)
  expect(joined).toMatchObject({ status: 200, body: { id: running.id, joined: { types: 1 } } })
  expect(ofPatterns(joined.body)).toEqual([TYPO])
})

test.each([
  ['no include that matches', { include: ['kafkaz.example.com', '*.nowhere'] }, 2],
  ['nothing left by the excludes', { include: ['Kafka'], exclude: ['*'] }, 0],
  ['strict and one unknown name', { include: ['*', 'kafkaz.example.com'], strict: true }, 1],
  ['strict and a pattern without a match', { include: ['Kafka', '*.nowhere'], strict: true }, 1],
])('a scan with %s is rejected with 422 and stores nothing', async (_, json, faults) => {
  const { rig } = await startSelectionRig()
  for (const dryRun of [false, true]) {
    const { status, body } = await post(rig, { ...json, dryRun }, Problem)
    expect(status).toBe(422)
    expect(body.code).toBe('UNKNOWN_RESOURCES')
    expect(body.errors ?? []).toHaveLength(faults)
  }
  expect((await rig.deps.journal.scans({ limit: 10 })).data).toEqual([])
})

test('a strict scan with 500 unknown names is rejected with each name, five of them with near names', async () => {
  const { rig } = await startSelectionRig()
  const include = Array.from({ length: 500 }, (_, index) => `kafkaz${index}`)
  const { status, body } = await post(rig, { include, strict: true }, Problem)
  expect(status).toBe(422)
  const details = body.errors?.map(({ detail }) => detail) ?? []
  expect(details).toHaveLength(500)
  expect(details.at(-1)).toBe('`kafkaz499` matches no type')
  expect(details.filter((detail) => detail.includes('near names'))).toHaveLength(5)
})

test('a strict scan starts when all includes match, even if an exclude matches nothing', async () => {
  const { rig } = await startSelectionRig()
  const { status, body } = await post(
    rig,
    { include: ['Kafka'], exclude: ['Redis'], strict: true },
    StartedScan,
  )
  expect(status).toBe(202)
  expect(ofPatterns(body)).toEqual([IDLE])
})

test('a scan with 499 unknown names has 50 warnings and the number of the others', async () => {
  const { rig } = await startSelectionRig()
  const unknown = Array.from({ length: 499 }, (_, index) => `unknown-${index}`)
  const { body } = await post(rig, { include: ['Kafka', ...unknown] }, StartedScan)
  const warnings = ofPatterns(body)
  expect(warnings).toHaveLength(51)
  expect(warnings.at(-1)).toBe('449 more warnings of this kind are not shown.')
})

test('a schedule is checked by the rules of a start when it is created or changed', async () => {
  const { rig } = await startSelectionRig()
  const put = (scan: unknown): Promise<Response> =>
    rig.ask('/api/v1/schedules/nightly', { method: 'PUT', json: { cron: '0 3 * * *', scan } })
  const refused = await put({ include: ['kafkaz.example.com'] })
  expect(refused.status).toBe(422)
  expect(Problem.parse(await refused.json()).code).toBe('UNKNOWN_RESOURCES')
  expect((await rig.ask('/api/v1/schedules/nightly')).status).toBe(404)
  const created = await put(REQUEST)
  expect(created.status).toBe(201)
  expect(Schedule.parse(await created.json()).warnings).toEqual([TYPO, NOWHERE, SEVERAL, IDLE])
  expect((await put({ ...REQUEST, strict: true })).status).toBe(422)
  const changed = await put({ include: ['Kafka'] })
  expect(changed.status).toBe(200)
  expect(Schedule.parse(await changed.json()).warnings).toEqual([])
})

test('a schedule for an unreachable cluster is stored with a warning, and one for an unknown cluster is rejected', async () => {
  const { cluster, rig } = await startSelectionRig()
  cluster.fault = new AppError('CLUSTER_UNREACHABLE', 'Cluster prod did not answer', {})
  const put = (scan: unknown): Promise<Response> =>
    rig.ask('/api/v1/schedules/nightly', { method: 'PUT', json: { cron: '0 3 * * *', scan } })
  const created = await put({ include: ['kafkaz.example.com'] })
  expect(created.status).toBe(201)
  expect(Schedule.parse(await created.json()).warnings).toEqual([
    'The patterns could not be checked: Cluster prod did not answer.',
  ])
  expect((await put({ cluster: 'elsewhere' })).status).toBe(422)
})

test('a retry with unknown types or types that have not failed is rejected with all of them', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com', 'failed')
  const retry = (only: string[]): Promise<Response> =>
    rig.ask(`/api/v1/scans/${id}/retry`, { json: { only } })
  const unknown = Array.from({ length: 60 }, (_, index) => `none-${index}`)
  const refused = await retry(['b.example.com', 'a.example.com', ...unknown])
  expect(refused.status).toBe(422)
  const { code, errors = [] } = Problem.parse(await refused.json())
  expect(code).toBe('VALIDATION')
  expect(errors).toHaveLength(61)
  expect(errors[0]).toEqual({
    pointer: '#/only',
    detail: 'a.example.com neither failed nor was canceled in this scan',
  })
  expect(Scan.parse(await (await rig.ask(`/api/v1/scans/${id}`)).json())).toMatchObject({
    runAttempt: 1,
    progress: { failed: 1 },
  })
  expect((await retry(['b.example.com'])).status).toBe(202)
})

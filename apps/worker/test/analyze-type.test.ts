import { expect, test } from 'vitest'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import type { Capability } from '@capstan/shared/contract/capability'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { contentKey } from '@capstan/shared/inference/content-key'
import type { Model } from '@capstan/shared/inference/types'
import { createSimulatedModel } from '@capstan/testkit/answers/simulated-model'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import type { AnalysisDeps } from '../src/analyze/analysis-deps.ts'
import { analyzeType } from '../src/analyze/analyze-type.ts'
import type { AttemptControls } from '../src/analyze/attempt.ts'
import { countJobStart } from '../src/analyze/job-start-count.ts'
import { openCallPhase } from '../src/analyze/call-phase.ts'
import { openJobLog } from '../src/analyze/job-log.ts'
import { openTestAnalysis, openTestStores, type TestStores } from './analysis-rig.ts'
import { openTestLeases } from './open-test-leases.ts'

const RESOURCE = 'databases.example.com'
const DATABASE = makeDefinition('Database')
const ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const KEY = contentKey({
  outlineHash: DATABASE.outlineHash,
  ...ROUTE,
})
const never = new AbortController().signal

interface Started {
  rig: ScanRig
  job: InferJob
  deps: AnalysisDeps
  rows: Capability[]
  calls: () => number
  /** The same with other stores or another model. */
  open: (change: Partial<TestStores>, model?: Model) => AnalysisDeps
}

/** One attempt of a job, as the consumer of its route starts it. */
function attemptOf(job: InferJob, signal: AbortSignal): AttemptControls {
  const phase = openCallPhase(() => undefined)
  return { job, signal, phase, count: countJobStart(() => undefined), log: openJobLog('[1]') }
}

/** A model of a provider with limits. */
function modelOf(ask: Model['ask']): Model {
  return { ...ROUTE, ask }
}

const { ask: askSimulated } = createSimulatedModel('test-model')

/** One planned type and what its analysis needs; `change` replaces stores by ones that fail. */
async function start(change: Partial<TestStores> = {}): Promise<Started> {
  const rig = openScanRig()
  const scanId = await rig.scan([DATABASE], { ...ROUTE, jobs: false })
  const rows: Capability[] = []
  let calls = 0
  const counting = modelOf((question, signal) => {
    calls += 1
    return askSimulated(question, signal)
  })
  const catalog = { put: async (put: Capability[]) => void rows.push(...put) }
  const stores = { ...openTestStores(rig, catalog), ...change }
  const open: Started['open'] = (other, model = counting) =>
    openTestAnalysis(rig, model, { ...stores, ...other })
  return { rig, job: jobOf(scanId), deps: open({}), open, rows, calls: () => calls }
}

function jobOf(scanId: string): InferJob {
  return {
    v: 1,
    scanId,
    ...ROUTE,
    resource: RESOURCE,
    definition: computeDefinitionRef(DATABASE),
    contentKey: KEY,
  }
}

test('an item whose type became known after the plan ends with its curated answer, without a call', async () => {
  const { answer } = makeStoredResult()
  const curated = { version: 'v2', find: () => answer }
  const { rig, deps, rows, calls } = await start({ curated })
  const scanId = await rig.scan([DATABASE], { ...ROUTE, curated: true, jobs: false })
  const done = await analyzeType(deps, attemptOf(jobOf(scanId), never))
  expect(done).toMatchObject({ next: 'complete', result: { answeredBy: 'curated/v2', tokens: 0 } })
  expect(calls()).toBe(0)
  expect(await rig.journal.scan(scanId)).toMatchObject({
    status: 'succeeded',
    usage: { calls: 0, cacheHits: 0, curatedAnswers: 1, costUsd: 0 },
  })
  expect(await deps.metrics.registry.metrics()).toContain(
    'capstan_resources_total{outcome="succeeded",reason="answered",source="curated"} 1',
  )
  const [row] = rows
  expect(row).toMatchObject({ ...answer, provenance: { provider: 'curated', model: 'v2' } })
  expect(row?.provenance).toMatchObject({ worker: null, attempt: null, durationMs: 0 })
  expect(row?.provenance.contentKey).not.toBe(KEY)
})

test('an unreachable catalog costs a retry but not a second call', async () => {
  let away = true
  const { rig, job, deps, calls } = await start({
    catalog: {
      put: async () => {
        if (away) throw new Error('connect ECONNREFUSED secret-host:6333')
      },
    },
  })
  const first = await analyzeType(deps, attemptOf(job, never))
  expect(first).toMatchObject({ next: 'retry', reason: 'internal' })
  expect(JSON.stringify(first)).not.toContain('secret-host')
  const item = await rig.journal.item(job.scanId, RESOURCE)
  expect(item?.status).toBe('retrying')
  expect(item?.problem?.hint).toContain('the answer is kept and will not be paid for again')
  away = false
  expect(await analyzeType(deps, attemptOf(job, never))).toMatchObject({ next: 'complete' })
  expect(calls()).toBe(1)
  expect((await rig.journal.scan(job.scanId))?.usage).toMatchObject({ calls: 1, cacheHits: 1 })
  const paid = await openResultCache(rig.redis, rig.keys).get(KEY)
  expect(paid).toMatchObject({ worker: 'w', attempt: 1 })
})

test('an attempt whose definition cannot be read fails without a call, and its hint mentions no answer', async () => {
  const { rig, job, deps, calls } = await start({
    definitions: { get: () => Promise.reject(new Error('Redis is loading')) },
  })
  expect(await analyzeType(deps, attemptOf(job, never))).toMatchObject({ reason: 'internal' })
  const { problem } = (await rig.journal.item(job.scanId, RESOURCE)) ?? {}
  expect(problem?.hint).toContain('this attempt made no model call')
  expect(calls()).toBe(0)
})

test('an attempt waits for another one that cannot store its paid answer, and claims nothing meanwhile', async () => {
  const { rig, job, deps, calls, open } = await start()
  const results = openResultCache(rig.redis, rig.keys)
  const full = { ...results, put: () => Promise.reject(new Error('Redis is full')) }
  const stopping = new AbortController()
  const before = analyzeType(
    open({ leases: openTestLeases(full, 'first') }),
    attemptOf(job, stopping.signal),
  )
  await until('a paid answer', () => (calls() === 1 ? true : undefined))
  const { lastSeq } = (await rig.journal.scan(job.scanId)) ?? {}
  expect(await analyzeType(deps, attemptOf(job, never))).toMatchObject({ next: 'delay' })
  expect(calls()).toBe(1)
  expect((await rig.journal.scan(job.scanId))?.lastSeq).toBe(lastSeq)
  stopping.abort('stopping')
  await before
})

test('a full scan uses the answer that it paid for itself', async () => {
  let away = true
  const { rig, deps, calls } = await start({
    catalog: {
      put: async () => {
        if (away) throw new Error('away')
      },
    },
  })
  const job = jobOf(await rig.scan([DATABASE], { ...ROUTE, jobs: false, mode: 'full' }))
  await analyzeType(deps, attemptOf(job, never))
  away = false
  await analyzeType(deps, attemptOf(job, never))
  expect(calls()).toBe(1)
})

test('an attempt whose item was claimed again has no effect', async () => {
  const { rig, job, open } = await start()
  const overtaken = modelOf(async (question, signal) => {
    await rig.journal.claim(job.scanId, RESOURCE, 'another')
    return askSimulated(question, signal)
  })
  await analyzeType(open({}, overtaken), attemptOf(job, never))
  expect(await rig.journal.item(job.scanId, RESOURCE)).toMatchObject({ status: 'running' })
  expect((await rig.journal.scan(job.scanId))?.progress.succeeded).toBe(0)
})

test('a paid answer is stored before the journal can fail', async () => {
  const { rig, job, deps, calls } = await start()
  const broken = {
    ...deps,
    journal: { ...rig.journal, record: () => Promise.reject(new Error('Redis hiccup')) },
  }
  await expect(analyzeType(broken, attemptOf(job, never))).rejects.toThrow('Redis hiccup')
  expect(await analyzeType(deps, attemptOf(job, never))).toMatchObject({ next: 'complete' })
  expect(calls()).toBe(1)
})

test('a job of a cancelled scan, or of an unknown type, makes no call and is removed', async () => {
  const { rig, job, deps, calls } = await start()
  const unknown = { ...job, resource: 'no.such' }
  expect(await analyzeType(deps, attemptOf(unknown, never))).toEqual({ next: 'remove' })
  await rig.journal.cancel(job.scanId, 'me')
  expect(await analyzeType(deps, attemptOf(job, never))).toEqual({ next: 'remove' })
  expect(calls()).toBe(0)
})

test.each([
  ['stopping', 'requeue', 'queued'],
  ['lock-lost', 'abandon', 'queued'],
  ['canceled', 'remove', 'queued'],
] as const)(
  'an attempt that is aborted because of %s ends in the disposition %s',
  async (reason, next, status) => {
    const { rig, job, open } = await start()
    const abort = new AbortController()
    // A model that never answers and ignores its signal.
    const deaf = modelOf(() => {
      abort.abort(reason)
      return new Promise(() => undefined)
    })
    const disposition = await analyzeType(open({}, deaf), attemptOf(job, abort.signal))
    expect(disposition).toEqual({ next })
    expect(await rig.journal.item(job.scanId, RESOURCE)).toMatchObject({ status, attempt: 0 })
  },
)

test('a type fails after five failed attempts', async () => {
  const { rig, job, deps } = await start({
    catalog: { put: () => Promise.reject(new Error('away for good')) },
  })
  const dispositions = []
  for (let n = 0; n < 5; n += 1)
    dispositions.push((await analyzeType(deps, attemptOf(job, never))).next)
  expect(dispositions).toEqual(['retry', 'retry', 'retry', 'retry', 'fail'])
  expect((await rig.journal.scan(job.scanId))?.status).toBe('failed')
})

test('the catalog row has the metadata of the cluster and the answer of the model', async () => {
  const { job, deps, rows } = await start()
  await analyzeType(deps, attemptOf(job, never))
  expect(rows).toMatchObject([
    {
      resource: RESOURCE,
      kind: 'Database',
      verbs: ['get', 'list'],
      lowConfidence: false,
      scope: 'Namespaced',
      provenance: {
        provider: 'anthropic',
        definitionHash: DATABASE.definitionHash,
        worker: 'w',
        attempt: 1,
      },
    },
  ])
})

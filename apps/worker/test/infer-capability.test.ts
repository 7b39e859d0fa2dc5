import { expect, test } from 'vitest'
import { openBatchStore } from '@capstan/scan-store/batches/batch-book'
import type { Capability } from '@capstan/shared/contract/capability'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/definition-ref'
import type { Model } from '@capstan/shared/inference/types'
import { contentKey } from '@capstan/shared/inference/content-key'
import { createLog } from '@capstan/shared/log'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { demoModel } from '@capstan/demo-rules/demo-model'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { openRetryBudget } from '@capstan/limits/budgets/retry-budget'
import { gateOf } from './gate-of.ts'
import { openTestLeases } from './open-test-leases.ts'
import type { JobRun } from '../src/consume/consume-route.ts'
import { openCallPhase } from '../src/consume/call-phase.ts'
import { openJobLog } from '../src/consume/job-log.ts'
import { countStart } from '../src/consume/start-count.ts'
import { inferCapability } from '../src/infer-capability.ts'
import type { InferenceDeps } from '../src/inference-deps.ts'
import { createWorkerMetrics } from '../src/worker-metrics.ts'

const RESOURCE = 'databases.example.com'
const DATABASE = makeDefinition('Database')
const KEY = contentKey({
  outlineHash: DATABASE.outlineHash,
  provider: 'demo',
  model: 'test-model',
})
const never = new AbortController().signal

interface Started {
  rig: ScanRig
  job: InferJob
  deps: InferenceDeps
  rows: Capability[]
  asked: () => number
}

/** One start of a job, as the consumer of its route makes it. */
function startOf(job: InferJob, signal: AbortSignal): JobRun {
  const phase = openCallPhase(() => undefined)
  return { job, signal, phase, start: countStart(() => undefined), log: openJobLog('[1]') }
}

/** One planned type and what its story needs; `change` replaces parts by ones that misbehave. */
async function start(change: Partial<InferenceDeps> = {}): Promise<Started> {
  const rig = openScanRig()
  const scanId = await rig.scan([DATABASE], { jobs: false })
  const rows: Capability[] = []
  let calls = 0
  const model = demoModel('test-model')
  const counting: Model = {
    ...model,
    ask: (question, signal) => {
      calls += 1
      return model.ask(question, signal)
    },
  }
  const results = openResultCache(rig.redis, rig.keys)
  const deps: InferenceDeps = {
    journal: rig.journal,
    addNext: () => rig.ensure(scanId),
    results,
    signalPause: async () => undefined,
    leases: openTestLeases(results, 'w'),
    definitions: rig.definitions,
    gate: gateOf(rig, counting),
    retries: openRetryBudget(rig.redis, rig.keys),
    batches: { book: openBatchStore(rig.redis, rig.keys), lookAgainMs: 1_000, elsewhereMs: 1_000 },
    catalog: { put: async (put) => void rows.push(...put) },
    metrics: createWorkerMetrics({ version: '0', concurrency: 1, active: () => 0 }),
    log: createLog('test', 'silent'),
    workerId: 'w',
    callTimeoutMs: 5_000,
    ...change,
  }
  const job: InferJob = {
    v: 1,
    scanId,
    provider: 'demo',
    model: 'test-model',
    resource: RESOURCE,
    definition: computeDefinitionRef(DATABASE),
    contentKey: KEY,
  }
  return { rig, job, deps, rows, asked: () => calls }
}

test('a catalog that is away costs a retry but not a second call', async () => {
  let away = true
  const { rig, job, deps, asked } = await start({
    catalog: {
      put: async () => {
        if (away) throw new Error('connect ECONNREFUSED secret-host:6333')
      },
    },
  })
  const first = await inferCapability(deps, startOf(job, never))
  expect(first).toMatchObject({ next: 'retry', reason: 'internal' })
  expect(JSON.stringify(first)).not.toContain('secret-host')
  const item = await rig.journal.item(job.scanId, RESOURCE)
  expect(item?.status).toBe('retrying')
  expect(item?.problem?.hint).toContain('the answer is kept and will not be paid for again')
  away = false
  expect(await inferCapability(deps, startOf(job, never))).toMatchObject({ next: 'complete' })
  expect(asked()).toBe(1)
  expect((await rig.journal.scan(job.scanId))?.usage).toMatchObject({ calls: 1, cacheHits: 1 })
  const paid = await openResultCache(rig.redis, rig.keys).get(KEY)
  expect(paid).toMatchObject({ worker: 'w', attempt: 1 })
})

test('a definition that cannot be read fails an attempt before a call, and the hint claims no answer', async () => {
  const { rig, job, deps, asked } = await start({
    definitions: { get: () => Promise.reject(new Error('Redis is loading')) },
  })
  expect(await inferCapability(deps, startOf(job, never))).toMatchObject({ reason: 'internal' })
  const { problem } = (await rig.journal.item(job.scanId, RESOURCE)) ?? {}
  expect(problem?.hint).toContain('this attempt made no model call')
  expect(asked()).toBe(0)
})

test('a start waits for one that holds an answer it cannot store, and claims nothing meanwhile', async () => {
  const { rig, job, deps, asked } = await start()
  const results = openResultCache(rig.redis, rig.keys)
  const full = { ...results, put: () => Promise.reject(new Error('Redis is full')) }
  const stopping = new AbortController()
  const before = inferCapability(
    { ...deps, leases: openTestLeases(full, 'first') },
    startOf(job, stopping.signal),
  )
  await until('a paid answer', () => (asked() === 1 ? true : undefined))
  const { lastSeq } = (await rig.journal.scan(job.scanId)) ?? {}
  expect(await inferCapability(deps, startOf(job, never))).toMatchObject({ next: 'delay' })
  expect(asked()).toBe(1)
  expect((await rig.journal.scan(job.scanId))?.lastSeq).toBe(lastSeq)
  stopping.abort('stopping')
  await before
})

test('a full scan uses the answer that it paid for itself', async () => {
  const { rig, deps, asked } = await start()
  const scanId = await rig.scan([DATABASE], { jobs: false, mode: 'full' })
  const job: InferJob = {
    v: 1,
    scanId,
    provider: 'demo',
    model: 'test-model',
    resource: RESOURCE,
    definition: computeDefinitionRef(DATABASE),
    contentKey: KEY,
  }
  let away = true
  const flaky = {
    ...deps,
    catalog: {
      put: async () => {
        if (away) throw new Error('away')
      },
    },
  }
  await inferCapability(flaky, startOf(job, never))
  away = false
  await inferCapability(flaky, startOf(job, never))
  expect(asked()).toBe(1)
})

test('a start that was overtaken has no effect', async () => {
  const { rig, job, deps } = await start()
  const overtaken: Model = {
    ...demoModel('test-model'),
    ask: async (question, signal) => {
      await rig.journal.claim(job.scanId, RESOURCE, 'another')
      return demoModel('test-model').ask(question, signal)
    },
  }
  await inferCapability({ ...deps, gate: gateOf(rig, overtaken) }, startOf(job, never))
  expect(await rig.journal.item(job.scanId, RESOURCE)).toMatchObject({ status: 'running' })
  expect((await rig.journal.scan(job.scanId))?.progress.succeeded).toBe(0)
})

test('the answer is safe before anything else can fail', async () => {
  const { rig, job, deps, asked } = await start()
  const broken = {
    ...deps,
    journal: { ...rig.journal, record: () => Promise.reject(new Error('Redis hiccup')) },
  }
  await expect(inferCapability(broken, startOf(job, never))).rejects.toThrow('Redis hiccup')
  expect(await inferCapability(deps, startOf(job, never))).toMatchObject({ next: 'complete' })
  expect(asked()).toBe(1)
})

test('a job of a cancelled scan, or of an unknown type, makes no call and is removed', async () => {
  const { rig, job, deps, asked } = await start()
  const unknown = { ...job, resource: 'no.such' }
  expect(await inferCapability(deps, startOf(unknown, never))).toEqual({ next: 'remove' })
  await rig.journal.cancel(job.scanId, 'me')
  expect(await inferCapability(deps, startOf(job, never))).toEqual({ next: 'remove' })
  expect(asked()).toBe(0)
})

test.each([
  ['stopping', 'requeue', 'queued'],
  ['lock-lost', 'abandon', 'queued'],
  ['canceled', 'remove', 'queued'],
] as const)('an abort because of %s ends in %s', async (reason, next, status) => {
  const { rig, job, deps } = await start()
  const abort = new AbortController()
  const deaf: Model = {
    ...demoModel('test-model'),
    ask: () => {
      abort.abort(reason)
      // One that never answers and does not listen either.
      return new Promise(() => undefined)
    },
  }
  const ending = await inferCapability(
    { ...deps, gate: gateOf(rig, deaf) },
    startOf(job, abort.signal),
  )
  expect(ending).toEqual({ next })
  expect(await rig.journal.item(job.scanId, RESOURCE)).toMatchObject({ status, attempt: 0 })
})

test('a type gives up after five starts that failed', async () => {
  const { rig, job, deps } = await start({
    catalog: { put: () => Promise.reject(new Error('away for good')) },
  })
  const endings = []
  for (let n = 0; n < 5; n += 1)
    endings.push((await inferCapability(deps, startOf(job, never))).next)
  expect(endings).toEqual(['retry', 'retry', 'retry', 'retry', 'fail'])
  expect((await rig.journal.scan(job.scanId))?.status).toBe('failed')
})

test('the catalog row takes its facts from the cluster and its answer from the model', async () => {
  const { job, deps, rows } = await start()
  await inferCapability(deps, startOf(job, never))
  expect(rows).toMatchObject([
    {
      resource: RESOURCE,
      kind: 'Database',
      verbs: ['get', 'list'],
      lowConfidence: false,
      scope: 'Namespaced',
      provenance: {
        provider: 'demo',
        definitionHash: DATABASE.definitionHash,
        worker: 'w',
        attempt: 1,
      },
    },
  ])
})

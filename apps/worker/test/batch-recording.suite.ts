import { Worker } from 'bullmq'
import { expect, onTestFinished, test } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'
import type { Definition } from '@capstan/shared/contract/definition'
import { createSimulatedModel } from '@capstan/testkit/answers/simulated-model'
import { createSilentLog } from '@capstan/testkit/create-silent-log'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { openAccounts } from '../src/accounts/open-accounts.ts'
import { analyzeType } from '../src/analyze/analyze-type.ts'
import { countJobStart } from '../src/analyze/job-start-count.ts'
import { openCallPhase } from '../src/analyze/call-phase.ts'
import { openJobLog } from '../src/analyze/job-log.ts'
import type { PollerDeps } from '../src/batch/poller-deps.ts'
import { pollScan } from '../src/batch/poll-scan.ts'
import { openDailyBudgetGuard } from '../src/call/daily-budget/daily-budget-guard.ts'
import { openTestAnalysis, openTestStores, type TestStores } from './analysis-rig.ts'
import { ANSWER_USAGE, collectAnswers } from './collect-answers.ts'
import { outliveWorkers } from './outlive-workers.ts'
import { pauseForADay } from './pause-for-a-day.ts'
import { openTestLeases } from './open-test-leases.ts'
import { KEY } from './run-worker.ts'

export const ROUTE = { provider: 'anthropic', model: 'claude-sonnet-5' } as const
export const never = new AbortController().signal

type Play = (n: number) => Promise<{ hasMet: () => boolean }>

/** Calls `play` for every `stride`-th step from the first one on, until it has met no such step. Returns that step. */
async function playSteps(stride: number, play: Play): Promise<number> {
  for (let n = 1; ; n += stride) {
    const { hasMet } = await play(n)
    if (!hasMet()) return n - 1
  }
}

export type Deps = PollerDeps & TestStores

/** The dependencies of a poller and an attempt, over real stores. There is no provider: all answers are stored. */
export function openDeps(rig: ScanRig, workerId: string): Deps {
  const { redis, keys, journal, queues, definitions } = rig
  const catalog = openRedisCatalog(redis, keys)
  onTestFinished(() => catalog.close())
  const log = createSilentLog()
  const results = openResultCache(redis, keys)
  return {
    ...openTestStores(rig, catalog),
    redis,
    keys,
    journal,
    queues,
    definitions,
    log,
    workerId,
    results,
    leases: openTestLeases(results, workerId),
    accounts: [],
    dialects: openDialectMemory(redis, keys),
    dailyBudget: openDailyBudgetGuard({
      budget: openDailyBudget(redis, keys),
      limits: {},
      onRejected: () => undefined,
      log,
    }),
    prices: undefined,
    times: { pollMs: 50, gatherMs: 1, callTimeoutMs: 5_000 },
    maxRequests: 10,
  }
}

/** The account of the route at a simulated provider. */
export function openSimAccounts({ url: baseUrl }: ProviderSim): Promise<Deps['accounts']> {
  const account = { name: 'anthropic', provider: 'anthropic', apiKey: KEY, baseUrl } as const
  return openAccounts([{ ...account, model: ROUTE.model, limits: '' }], { timeoutMs: 5_000 })
}

/** The same, but `act` runs after the n-th step of the stores, before its answer is heard. */
function actAfter(deps: Deps, n: number, act: () => Promise<void> | void) {
  let steps = 0
  const watch = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]) => {
          if (steps >= n && isDead) throw new Error('killed')
          const answer: unknown = await Reflect.apply(member, target, args)
          steps += 1
          if (steps === n) await act()
          if (isDead) throw new Error('killed')
          return answer
        }
      },
    })
  let isDead = false
  const results = watch(deps.results)
  return {
    deps: {
      ...deps,
      batchStore: watch(deps.batchStore),
      journal: watch(deps.journal),
      results,
      leases: openTestLeases(results, deps.workerId),
      catalog: watch(deps.catalog),
      definitions: watch(deps.definitions),
    } satisfies Deps,
    die: () => {
      isDead = true
    },
    hasMet: () => steps >= n,
  }
}

export function typesOf(name: string, count: number): Definition[] {
  return Array.from({ length: count }, (_, index) => makeDefinition(`${name}x${index}`))
}

/** A scan by batch whose answers a poller has collected; its route is paused. */
export async function startCollected(rig: ScanRig, name: string, count: number): Promise<string> {
  const types = typesOf(name, count)
  await pauseForADay(rig, ROUTE)
  const scanId = await rig.scan(types, { ...ROUTE, execution: 'batch', cluster: name })
  await collectAnswers(rig, scanId, types)
  return scanId
}

/** Each of the types succeeded once, and all answers were counted once, at the price of a batch. */
export async function expectOnce(rig: ScanRig, scanId: string, name: string, count: number) {
  const scan = await rig.journal.scan(scanId)
  expect(scan).toMatchObject({
    status: 'succeeded',
    progress: { succeeded: count },
    usage: {
      calls: count,
      inputTokens: count * ANSWER_USAGE.inputTokens,
      outputTokens: count * ANSWER_USAGE.outputTokens,
    },
  })
  expect(scan?.usage.costUsd).toBeCloseTo((count * (100 * 2 + 50 * 10)) / 1e6 / 2, 9)
  const { data } = await rig.journal.items(scanId, { limit: 10 })
  for (const { attempts } of data) {
    expect(attempts.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  }
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const rows = await catalog.list({ cluster: name }, { limit: 10 })
  await catalog.close()
  expect(rows.data).toHaveLength(count)
  expect(await rig.redis.exists(rig.keys.batchAnswers(scanId))).toBe(0)
}

/** Starts the only job of a scan, as the consumer of its route does once it has fetched it. */
async function startJob(
  deps: Deps,
  rig: ScanRig,
  scanId: string,
  signal: AbortSignal = never,
): Promise<void> {
  const job = await rig.queues.get(ROUTE).getJob(await jobIdOf(rig, scanId))
  if (!job) return
  const count = countJobStart(() => undefined)
  const phase = openCallPhase(() => undefined)
  const controls = { job: job.data, signal, phase, count, log: openJobLog('[1]') }
  await analyzeType(openTestAnalysis(rig, createSimulatedModel('test-model'), deps), controls)
}

async function jobIdOf(rig: ScanRig, scanId: string): Promise<string> {
  const [resource = ''] = await rig.journal.resources(scanId)
  return buildInferJobId(scanId, resource)
}

/** Makes the only job of the queue active, as a worker does that fetches it. */
async function fetchJob(rig: ScanRig): Promise<void> {
  const queue = rig.queues.get(ROUTE)
  await rig.redis.del(`${rig.keys.bullPrefix}:${queue.name}:limiter`)
  const { bullPrefix: prefix } = rig.keys
  const worker = new Worker(queue.name, null, { connection: rig.redis, prefix, autorun: false })
  const job = await worker.getNextJob('token')
  expect(job).toBeDefined()
  await worker.close()
}

async function settled(rig: ScanRig, scanId: string): Promise<void> {
  for (let pass = 0; pass < 3; pass += 1) {
    await startJob(openDeps(rig, 'last start'), rig, scanId)
    await pollScan(openDeps(rig, 'last pass'), scanId, never)
  }
}

const HELD = [
  ['that a worker holds', true],
  ['whose worker has lost its job', false],
] as const

const CATALOGS = [
  ['that succeeds', false],
  ['with an unreachable catalog', true],
] as const

/** Kills, or lets another process act, after every `stride`-th step. */
export function recordingSuite(stride: number): void {
  test('a poller that dies after any step of its pass loses no answer and counts none twice', async () => {
    const rig = openScanRig()
    const steps = await playSteps(stride, async (n) => {
      const name = `dead${n}`
      const scanId = await startCollected(rig, name, 3)
      const victim = actAfter(openDeps(rig, 'first'), n, () => victim.die())
      await pollScan(victim.deps, scanId, never).catch(() => undefined)
      // Its lock expires.
      await openBatchStore(rig.redis, rig.keys).unlockScan(scanId, 'first')
      // The second pass counts what is left when the scan is over.
      for (let pass = 0; pass < 2; pass += 1) await pollScan(openDeps(rig, 'second'), scanId, never)
      await expectOnce(rig, scanId, name, 3)
      return victim
    })
    expect(steps).toBeGreaterThan(5)
  })

  test('a poller that dies after any step of registering and submitting has each question asked once', async () => {
    const [rig, sim] = [openScanRig(), await testProviderSim()]
    const accounts = await openSimAccounts(sim)
    const depsOf = (workerId: string): Deps => ({ ...openDeps(rig, workerId), accounts })
    await pauseForADay(rig, ROUTE)
    const steps = await playSteps(stride, async (n) => {
      const name = `sent${n}`
      const before = sim.stats().calls
      const request = { ...ROUTE, execution: 'batch', cluster: name } as const
      const scanId = await rig.scan(typesOf(name, 3), request)
      const victim = actAfter(depsOf('first'), n, () => victim.die())
      await pollScan(victim.deps, scanId, never).catch(() => undefined)
      await openBatchStore(rig.redis, rig.keys).unlockScan(scanId, 'first')
      await outliveWorkers(rig)
      await until('the end of the scan', async () => {
        await pollScan(depsOf('second'), scanId, never)
        return (await rig.journal.scan(scanId))?.done || undefined
      })
      expect(await rig.journal.scan(scanId)).toMatchObject({
        status: 'succeeded',
        usage: { calls: 3 },
      })
      expect(sim.stats().calls - before).toBe(3)
      return victim
    })
    expect(steps).toBeGreaterThan(5)
  })

  test.each(HELD)(
    'an attempt %s and that meets the whole pass of a poller after any of its steps counts the answer once',
    async (_, isHeld) => {
      const rig = openScanRig()
      const steps = await playSteps(stride, async (n) => {
        const name = `start${n}${isHeld}`
        const scanId = await startCollected(rig, name, 1)
        if (isHeld) await fetchJob(rig)
        const start = actAfter(openDeps(rig, 'starting'), n, () =>
          pollScan(openDeps(rig, 'polling'), scanId, never),
        )
        await startJob(start.deps, rig, scanId)
        await settled(rig, scanId)
        await expectOnce(rig, scanId, name, 1)
        await rig.queues.get(ROUTE).obliterate({ force: true })
        return start
      })
      expect(steps).toBeGreaterThan(5)
    },
  )

  test.each(CATALOGS)(
    'a pass of a poller that meets a whole attempt %s after any of its steps counts the answer once',
    async (_, isUnreachable) => {
      const rig = openScanRig()
      const steps = await playSteps(stride, async (n) => {
        const name = `pass${n}${isUnreachable}`
        const scanId = await startCollected(rig, name, 1)
        const starting = openDeps(rig, 'starting')
        if (isUnreachable)
          starting.catalog = { put: () => Promise.reject(new Error('unreachable')) }
        const pass = actAfter(openDeps(rig, 'polling'), n, () => startJob(starting, rig, scanId))
        await pollScan(pass.deps, scanId, never)
        await settled(rig, scanId)
        await expectOnce(rig, scanId, name, 1)
        await rig.queues.get(ROUTE).obliterate({ force: true })
        return pass
      })
      expect(steps).toBeGreaterThan(5)
    },
  )

  test('an attempt that dies after any of its steps loses no batch answer and counts it once', async () => {
    const rig = openScanRig()
    const steps = await playSteps(stride, async (n) => {
      const name = `lost${n}`
      const scanId = await startCollected(rig, name, 1)
      const stopping = new AbortController()
      const victim = actAfter(openDeps(rig, 'starting'), n, () => {
        victim.die()
        // Without the stop it would wait until its answer can be stored, as in a Redis outage.
        stopping.abort('stopping')
      })
      await startJob(victim.deps, rig, scanId, stopping.signal).catch(() => undefined)
      await settled(rig, scanId)
      await expectOnce(rig, scanId, name, 1)
      return victim
    })
    expect(steps).toBeGreaterThan(5)
  })
}

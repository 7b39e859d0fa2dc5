import { expect, test as base } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Usage } from '@capstan/shared/contract/usage'
import { contentKey } from '@capstan/shared/inference/content-key'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { HELD_LIMITS, holdLine } from './hold-line.ts'
import { DAY_MS, endPause, isRoutePaused, pauseModel } from './pause-for-a-day.ts'
import { runWorker, spawnWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const TYPE = makeDefinition('Type0')
const RESOURCE = 'type0s.example.com'
const KEY = contentKey({ outlineHash: TYPE.outlineHash, ...ROUTE })
const BROKEN_ONCE = { kind: 'broken-text', matching: 'Type0 (', times: 1 } as const
/** A worker that is killed leaves its job to others after two seconds. */
const QUICK_LOCKS = { CAPSTAN_LOCK_MS: '1500', CAPSTAN_STALLED_MS: '500' }

/** A scan of one type whose first answer is not valid, and whose provider pauses the model before it can be repaired. */
async function startInvalid(rig: ScanRig, sim: ProviderSim, pauseMs: number): Promise<string> {
  const release = sim.hold({ matching: 'Type0 (' })
  const scanId = await rig.scan([TYPE], { ...ROUTE, cluster: 'prod' })
  await until('the first call', () => (sim.stats().inFlight === 1 ? true : undefined))
  await pauseModel(rig, ROUTE, pauseMs)
  release()
  return scanId
}

/** The slot is free and the route is paused. */
async function released(rig: ScanRig, scanId: string): Promise<void> {
  const queue = rig.queues.get(ROUTE)
  await until('a paused route without a running job', async () => {
    const isPaused = await isRoutePaused(rig, ROUTE)
    const isFree = (await queue.getActiveCount()) === 0
    const { running } = (await rig.journal.scan(scanId))?.progress ?? {}
    return isPaused && isFree && running === 0 ? true : undefined
  })
}

function tokensOf(usages: (Usage | null | undefined)[]): number {
  return usages.reduce((sum, usage) => {
    if (!usage) return sum
    return sum + usage.inputTokens + usage.cachedTokens + usage.outputTokens
  }, 0)
}

function tokensPaid(sim: ProviderSim): number {
  return sim
    .calls()
    .reduce(
      (sum, call) =>
        sum + call.inputTokens + call.cacheWriteTokens + call.cachedTokens + call.outputTokens,
      0,
    )
}

test('a type that waits for a repair during a long pause frees its slot, and needs no third call', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim({ faults: [BROKEN_ONCE] })]
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '1' })
  const scanId = await startInvalid(rig, sim, DAY_MS)
  await released(rig, scanId)
  const ttl = await rig.redis.ttl(rig.keys.unfinishedAnswer(KEY))
  expect(ttl).toBeGreaterThan(6 * 86_400)
  expect(ttl).toBeLessThanOrEqual(7 * 86_400)
  await endPause(rig, ROUTE)
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
  expect(sim.calls()).toHaveLength(2)
  const item = await rig.journal.item(scanId, RESOURCE)
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['released', 'succeeded'])
  // Each attempt counts the call that it has made.
  const [first, second] = sim.calls()
  expect(item?.attempts.map(({ usage }) => usage?.outputTokens)).toEqual([
    first?.outputTokens,
    second?.outputTokens,
  ])
  expect(tokensOf([item?.usage])).toBe(tokensPaid(sim))
  expect(tokensOf([scan.usage])).toBe(tokensPaid(sim))
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data } = await catalog.list({ cluster: 'prod' }, { limit: 10 })
  await catalog.close()
  // The cost of the answer is the sum of both.
  expect(tokensOf([data[0]?.provenance.usage])).toBe(tokensPaid(sim))
  expect(await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))).toBe(0)
})

test('the paid answer of a worker that is killed before the repair call is repaired by the next worker', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim({ faults: [BROKEN_ONCE] })]
  const victim = await spawnWorker(rig, sim, QUICK_LOCKS)
  // Short enough to be waited for in the slot.
  const scanId = await startInvalid(rig, sim, 25_000)
  await until('the kept answer', async () =>
    (await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))) === 1 ? true : undefined,
  )
  await victim.stop('SIGKILL')
  await endPause(rig, ROUTE)
  await runWorker(rig, sim, QUICK_LOCKS)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(sim.calls()).toHaveLength(2)
  const item = await rig.journal.item(scanId, RESOURCE)
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded'])
})

test('a scan that is canceled before its repair call leaves the invalid answer in Redis with an expiry, and the next scan repairs it', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim({ faults: [BROKEN_ONCE] })]
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '1' })
  const canceled = await startInvalid(rig, sim, DAY_MS)
  await released(rig, canceled)
  await rig.journal.cancel(canceled, 'me')
  expect(await rig.ended(canceled)).toMatchObject({ status: 'canceled', usage: { calls: 1 } })
  expect(await rig.redis.ttl(rig.keys.unfinishedAnswer(KEY))).toBeGreaterThan(0)
  expect(await rig.redis.exists(rig.keys.resultLease(KEY))).toBe(0)
  await endPause(rig, ROUTE)
  const next = await rig.ended(await rig.scan([TYPE], { ...ROUTE, cluster: 'next' }))
  expect(next).toMatchObject({ status: 'succeeded', usage: { calls: 1 } })
  expect(sim.calls()).toHaveLength(2)
  expect(await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))).toBe(0)
})

test('a full scan does not use the unfinished answer of another scan', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim({ faults: [BROKEN_ONCE] })]
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '1' })
  const canceled = await startInvalid(rig, sim, DAY_MS)
  await released(rig, canceled)
  await rig.journal.cancel(canceled, 'me')
  await endPause(rig, ROUTE)
  await rig.ended(await rig.scan([TYPE], { ...ROUTE, mode: 'full' }))
  // A repair question would have room for twice as much.
  const [first, second] = sim.calls()
  expect(sim.calls()).toHaveLength(2)
  expect(second?.maxTokens).toBe(first?.maxTokens)
  expect(await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))).toBe(0)
})

test('after an invalid repair the next attempt starts with the question', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ ...BROKEN_ONCE, times: 2 }] })
  await runWorker(rig, sim)
  const scanId = await rig.scan([TYPE], ROUTE)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
  const item = await rig.journal.item(scanId, RESOURCE)
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['retrying', 'succeeded'])
})

test('a repair call that fails with a provider error is repeated without repeating the first call', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    faults: [BROKEN_ONCE, { kind: 'server-error', matching: 'Type0 (', attempt: 2, times: 1 }],
  })
  await runWorker(rig, sim)
  const scanId = await rig.scan([TYPE], ROUTE)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
  const answered = sim.calls().filter(({ verdict }) => verdict === 'answered')
  expect(answered).toHaveLength(2)
})

test('a fallback model answers for a type whose repair would wait for a day', async () => {
  const rig = openScanRig()
  const [own, other] = [await testProviderSim({ faults: [BROKEN_ONCE] }), await testProviderSim()]
  await runWorker(rig, own, {
    OPENAI_API_KEY: 'sk-another-0123456789',
    OPENAI_BASE_URL: `${other.url}/v1`,
    CAPSTAN_FALLBACK: 'openai/gpt-6-luna',
  })
  const scanId = await startInvalid(rig, own, DAY_MS)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
  expect([own.calls(), other.calls()].map(({ length }) => length)).toEqual([1, 1])
  const item = await rig.journal.item(scanId, RESOURCE)
  expect(item?.attempts).toMatchObject([
    { outcome: 'released', ...ROUTE },
    { outcome: 'succeeded', provider: 'openai', model: 'gpt-6-luna' },
  ])
})

test('a type without a usable part of a shared answer gets a call of its own, also after a pause', async () => {
  const rig = openScanRig()
  const fault = { kind: 'missing-answer', matching: 'Type0 (', times: 1 } as const
  const sim = await testProviderSim({ faults: [fault] })
  await runWorker(rig, sim, {
    ANTHROPIC_LIMITS: HELD_LIMITS.anthropic,
    CAPSTAN_TYPES_PER_CALL: '8',
  })
  const types = Array.from({ length: 8 }, (_, index) => makeDefinition(`Type${index}`))
  const releaseLine = await holdLine(rig, 'anthropic')
  const scanId = await rig.scan(types, ROUTE)
  await until('all types under way', async () =>
    (await rig.journal.scan(scanId))?.progress.running === 8 ? true : undefined,
  )
  const releaseCalls = sim.hold({ matching: 'Type0 (' })
  await releaseLine()
  await until('a call about several types', () =>
    sim.calls().some((call) => call.types > 1) ? true : undefined,
  )
  await pauseModel(rig, ROUTE, DAY_MS)
  releaseCalls()
  await released(rig, scanId)
  expect(await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))).toBe(1)
  await endPause(rig, ROUTE)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const [shared, ...others] = sim.calls().filter(({ subject }) => subject.includes('Type0 ('))
  expect(shared?.types).toBeGreaterThan(1)
  expect(others.map((call) => call.types)).toEqual([1])
  expect(await rig.redis.exists(rig.keys.unfinishedAnswer(KEY))).toBe(0)
})

import { expect, test as base } from 'vitest'
import { publishSignal } from '@capstan/redis/signals/signal'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { learnDialect } from './learn-dialect.ts'
import { endPause, pauseModel } from './pause-for-a-day.ts'
import { KEY, runWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const ROUTE = { provider: 'anthropic', model: 'test-model' } as const
const types = (count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`Type${index}`))

async function running(rig: ScanRig, scanId: string, count: number): Promise<Scan> {
  return until(`${count} running types`, async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.progress.running === count ? scan : undefined
  })
}

async function inFlight(sim: ProviderSim, count: number): Promise<void> {
  await until(`${count} calls in flight`, () => sim.stats().inFlight === count || undefined)
}

/** As the API does it. */
async function pause(rig: ScanRig, scanId: string): Promise<void> {
  await rig.journal.pause(scanId, 'me', 'asked')
  await publishSignal(rig.redis, rig.keys, { type: 'pause', scanId })
}

/** How many items have an attempt in their history. */
async function attempted(rig: ScanRig, scanId: string): Promise<number> {
  const { data } = await rig.journal.items(scanId, { limit: 100 })
  return data.filter(({ attempt, attempts }) => attempt + attempts.length > 0).length
}

test('a pause releases the calls that wait for a slot of the provider, and the call in flight continues', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '4', ANTHROPIC_LIMITS: 'concurrency=1' })
  const scanId = await rig.scan(types(6), ROUTE)
  await running(rig, scanId, 4)
  await inFlight(sim, 1)
  await pause(rig, scanId)
  expect(await running(rig, scanId, 1)).toMatchObject({ progress: { queued: 5 } })
  expect(await attempted(rig, scanId)).toBe(1)
  release()
  expect(await running(rig, scanId, 0)).toMatchObject({
    status: 'paused',
    progress: { succeeded: 1, queued: 5 },
  })
  expect(sim.stats().calls).toBe(1)
  await rig.journal.resume(scanId, 'me')
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 6 } })
})

test('a pause releases the calls that wait for the end of a pause of the provider', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '4' })
  // Short enough to be waited for in the slot.
  await pauseModel(rig, ROUTE, 29_000)
  const scanId = await rig.scan(types(4), ROUTE)
  await running(rig, scanId, 4)
  await pause(rig, scanId)
  expect(await running(rig, scanId, 0)).toMatchObject({ status: 'paused', progress: { queued: 4 } })
  expect(await attempted(rig, scanId)).toBe(0)
  await endPause(rig, ROUTE)
  expect(sim.stats().calls).toBe(0)
})

test('a paused scan sends no probe to a provider whose breaker is open', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '8' })
  await rig.ended(await rig.scan([makeDefinition('Good')], ROUTE))
  sim.configure({ faults: [{ kind: 'unavailable' }] })
  const scanId = await rig.scan(types(8), ROUTE)
  await until('an open breaker', async () => {
    const state = await rig.redis.hget(rig.keys.breaker('anthropic', 'test-model'), 'breaker:state')
    return state === 'open' || state === 'half-open' ? true : undefined
  })
  await pause(rig, scanId)
  await running(rig, scanId, 0)
  // Counts from here on.
  sim.configure({})
  const other = await rig.scan([makeDefinition('Probe')], ROUTE)
  expect(await rig.ended(other)).toMatchObject({ status: 'succeeded' })
  const { usage } = (await rig.journal.scan(other)) ?? {}
  expect(sim.stats().calls).toBe(usage?.calls)
})

test('a pause releases the calls that wait for another call to negotiate the dialect', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  const keyed = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: sim.url }
  await runWorker(rig, undefined, { ...keyed, CAPSTAN_CONCURRENCY: '4' })
  const scanId = await rig.scan(types(4), ROUTE)
  await running(rig, scanId, 4)
  await inFlight(sim, 1)
  await pause(rig, scanId)
  await running(rig, scanId, 1)
  expect(await attempted(rig, scanId)).toBe(1)
  release()
  expect(await running(rig, scanId, 0)).toMatchObject({ progress: { succeeded: 1, queued: 3 } })
  expect(sim.stats().calls).toBe(1)
})

test('a scan that is paused by a rejected key releases its other calls before they are sent', async () => {
  const refused = { faults: [{ kind: 'auth' as const }] }
  const [rig, sim] = [openScanRig(), await testProviderSim(refused)]
  const release = sim.hold({ matching: 'Type' })
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '4', ANTHROPIC_LIMITS: 'concurrency=1' })
  const scanId = await rig.scan(types(4), ROUTE)
  await running(rig, scanId, 4)
  release()
  expect(await running(rig, scanId, 0)).toMatchObject({ status: 'paused', progress: { queued: 4 } })
  expect(await attempted(rig, scanId)).toBe(1)
  expect(sim.stats().calls).toBe(1)
})

test('a pause after an invalid answer keeps the paid answer, and the repair follows the resume', async () => {
  const broken = { kind: 'broken-text', matching: 'Type0 (', times: 1 } as const
  const [rig, sim] = [openScanRig(), await testProviderSim({ faults: [broken] })]
  await learnDialect(rig, 'anthropic')
  const release = sim.hold({ matching: 'Type0 (' })
  await runWorker(rig, sim)
  const scanId = await rig.scan(types(1), ROUTE)
  await inFlight(sim, 1)
  await pause(rig, scanId)
  release()
  expect(await running(rig, scanId, 0)).toMatchObject({ status: 'paused', usage: { calls: 1 } })
  expect(sim.stats().calls).toBe(1)
  await rig.journal.resume(scanId, 'me')
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
})

import { expect, test } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { openHedgeBudget } from '@capstan/limits/budgets/hedge-budget'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

/** Answered before by a worker that asks once, so that all know how long a call takes. */
const EARLIER = Array.from({ length: 8 }, (_, index) => makeDefinition(`Earlier${index}`))
const LAST = 'Thing'
const SCAN = { provider: 'anthropic' } as const
const HEDGE = { CAPSTAN_HEDGE: 'true' }

async function start(provider: SimConfigInput, settings: Record<string, string>) {
  const [rig, sim] = [openScanRig(), await testProviderSim(provider)]
  const first = await runWorker(rig, sim)
  expect(await rig.ended(await rig.scan(EARLIER, SCAN))).toMatchObject({ status: 'succeeded' })
  await first.stop()
  expect(sim.stats().calls).toBe(EARLIER.length)
  return { rig, sim, worker: await runWorker(rig, sim, settings) }
}

/** The calls of twenty more types, each of which is a twentieth of a second call. */
async function earnOneHedge(rig: ScanRig): Promise<void> {
  const budget = openHedgeBudget(rig.redis, rig.keys)
  for (let call = 0; call < 20; call += 1) await budget.earn()
}

test.each(['hang-before-headers', 'hang-in-body'] as const)(
  'a slow call that ends in %s gets a hedged request, and both calls are counted',
  async (kind) => {
    const { rig, sim, worker } = await start(
      { faults: [{ kind, matching: LAST, attempt: 1 }] },
      HEDGE,
    )
    await earnOneHedge(rig)
    // Without a second call the first would end after two minutes, as a failed attempt.
    const scanId = await rig.scan([makeDefinition(LAST)], SCAN)
    const scan = await rig.ended(scanId)
    expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
    const answered = sim.calls().at(-1)
    expect(sim.stats().calls).toBe(EARLIER.length + 2)
    const item = await rig.journal.item(scanId, 'things.example.com')
    expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['succeeded'])
    const usage = item?.attempts[0]?.usage
    expect(usage?.outputTokens).toBe(2 * (answered?.outputTokens ?? Number.NaN))
    // The usage of the abandoned call is an estimate.
    expect(2 * (usage?.estimatedTokens ?? 0)).toBe(totalTokens(usage ?? NO_USAGE))
    const metrics = await (await fetch(`${worker.url}/metrics`)).text()
    expect(metrics).toContain('capstan_llm_hedges_total{provider="anthropic"} 1')
  },
)

test('slow concurrent calls are hedged only up to the earned credit', async () => {
  const slow = Array.from({ length: 4 }, (_, index) => makeDefinition(`Slow${index}`))
  const { rig, sim } = await start({}, HEDGE)
  await earnOneHedge(rig)
  const release = sim.hold({ matching: 'Slow', attempt: 1 })
  const scanId = await rig.scan(slow, SCAN)
  // All four take too long, and one of them is asked twice: it ends, and the others do not.
  await until('the answer of the second call', async () => {
    const { progress } = (await rig.journal.scan(scanId)) ?? {}
    return progress?.succeeded === 1 && progress.running === 3 ? true : undefined
  })
  release()
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 5 } })
  expect(sim.stats().calls).toBe(EARLIER.length + 5)
})

test('without the setting no call is hedged', async () => {
  const { rig, sim } = await start(
    { faults: [{ kind: 'hang-before-headers', matching: LAST, attempt: 1 }] },
    { CAPSTAN_CALL_TIMEOUT_MS: '1500' },
  )
  await earnOneHedge(rig)
  const scanId = await rig.scan([makeDefinition(LAST)], SCAN)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const item = await rig.journal.item(scanId, 'things.example.com')
  // The deadline ended the call that hung; each start has made one call.
  expect(item?.attempts[0]).toMatchObject({ outcome: 'retrying', problem: { reason: 'timeout' } })
  expect(item?.attempts.length).toBe(sim.stats().calls - EARLIER.length)
})

test('a hedged request beyond the budget of the scan is not sent, and the scan continues', async () => {
  const { rig, sim, worker } = await start(
    { faults: [{ kind: 'hang-before-headers', matching: LAST, attempt: 1 }] },
    { ...HEDGE, CAPSTAN_CALL_TIMEOUT_MS: '2500' },
  )
  await earnOneHedge(rig)
  const definition = makeDefinition(LAST, { outlineTokens: 3_000 })
  // Less than two calls as planned, and enough for one beside what the call that is cut off may have used.
  const maxTokens = 5_000
  const scanId = await rig.scan([definition], { ...SCAN, budget: { maxTokens } })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
  const item = await rig.journal.item(scanId, 'things.example.com')
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['retrying', 'succeeded'])
  expect(sim.stats().calls).toBe(EARLIER.length + 2)
  const metrics = await (await fetch(`${worker.url}/metrics`)).text()
  expect(metrics).not.toContain('capstan_llm_hedges_total{provider="anthropic"}')
})

test('both calls of a hedged request count towards the daily budget, the abandoned one as estimated', async () => {
  const { rig, sim } = await start(
    { faults: [{ kind: 'hang-before-headers', matching: LAST, attempt: 1 }] },
    { ...HEDGE, CAPSTAN_DAILY_MAX_TOKENS: '10000000' },
  )
  const day = openDailyBudget(rig.redis, rig.keys)
  const before = await day.read()
  await earnOneHedge(rig)
  expect(await rig.ended(await rig.scan([makeDefinition(LAST)], SCAN))).toMatchObject({
    status: 'succeeded',
  })
  const after = await until('the end of both calls', async () => {
    const look = await day.read()
    return look.reservedTokens === 0 ? look : undefined
  })
  expect(after.calls - before.calls).toBe(2)
  const answered = sim.calls().at(-1)
  const own = (answered?.inputTokens ?? 0) + (answered?.outputTokens ?? 0)
  expect(after.tokens - before.tokens).toBeGreaterThan(own)
})

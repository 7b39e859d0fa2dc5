import { expect, test } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { runWorker } from './run-worker.ts'

/** The last type of 40; those before it have earned two second calls and told how long a call takes. */
const LAST = 'Thing'
const TYPES = [
  ...Array.from({ length: 39 }, (_, index) => makeDefinition(`Type${index}`)),
  makeDefinition(LAST),
]

async function start(provider: SimConfigInput, settings: Record<string, string>, types = TYPES) {
  const [rig, sim] = [openScanRig(), await testProviderSim({ latency: STEADY, ...provider })]
  const worker = await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '8', ...settings })
  return { rig, sim, worker, scanId: await rig.scan(types, { provider: 'anthropic' }) }
}

/** So long that a loaded machine seldom makes a call look slow. Where it does, the budget still bounds what follows. */
const STEADY = { kind: 'uniform', minMs: 300, maxMs: 300 } as const
const HEDGE = { CAPSTAN_HEDGE: 'true' }

test.each(['hang-before-headers', 'hang-in-body'] as const)(
  'a call that ends in %s is asked again beside it, and both are counted',
  async (kind) => {
    const { rig, sim, worker, scanId } = await start(
      { faults: [{ kind, matching: LAST, times: 1 }] },
      HEDGE,
    )
    // Without a second call the first would end after two minutes, as a failed attempt.
    const scan = await rig.ended(scanId)
    expect(scan).toMatchObject({ status: 'succeeded' })
    expect([41, 42]).toContain(scan.usage.calls)
    expect(sim.stats().calls).toBe(scan.usage.calls)
    const item = await rig.journal.item(scanId, 'things.example.com')
    expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['succeeded'])
    const { data } = await rig.journal.items(scanId, { limit: 200 })
    const once = Math.min(...data.map(({ attempts }) => attempts[0]?.usage.outputTokens ?? 0))
    expect(item?.attempts[0]?.usage.outputTokens).toBeGreaterThan(1.5 * once)
    const metrics = await (await fetch(`${worker.url}/metrics`)).text()
    expect(metrics).toMatch(/capstan_llm_hedges_total\{provider="anthropic"\} [12]/)
  },
)

test('of calls that take long at most one in twenty is made twice', async () => {
  const hanging = Array.from({ length: 4 }, (_, index) => makeDefinition(`Hang${index}`))
  const { rig, sim, scanId } = await start(
    { faults: [{ kind: 'hang-before-headers', matching: 'Hang', attempt: 1 }] },
    { ...HEDGE, CAPSTAN_CALL_TIMEOUT_MS: '1500' },
    [...TYPES.slice(0, 36), ...hanging],
  )
  const scan = await rig.ended(scanId)
  expect(scan.status).toBe('succeeded')
  const { data } = await rig.journal.items(scanId, { limit: 200 })
  const starts = data.reduce((sum, { attempts }) => sum + attempts.length, 0)
  expect(sim.stats().calls).toBe(scan.usage.calls)
  expect(scan.usage.calls - starts).toBeLessThanOrEqual(2)
  // Those that were not asked twice ran into the deadline.
  expect(starts).toBeGreaterThanOrEqual(42)
})

test('without the setting no call is made twice', async () => {
  const { rig, sim, scanId } = await start(
    { faults: [{ kind: 'hang-before-headers', matching: LAST, times: 1 }] },
    { CAPSTAN_CALL_TIMEOUT_MS: '1500' },
  )
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const item = await rig.journal.item(scanId, 'things.example.com')
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['retrying', 'succeeded'])
  expect(sim.stats().calls).toBe(41)
})

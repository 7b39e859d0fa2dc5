import { expect, test } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openDailyBudget } from '@capstan/limits/daily-budget/daily-budget'
import { resumeExpiredPause } from '@capstan/scan-store/reconcile/resume-expired-pause'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

const SCAN = { provider: 'anthropic', model: 'claude-sonnet-5' } as const
const typesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))
const today = (rig: ScanRig) => openDailyBudget(rig.redis, rig.keys).read()

/** Waits until a scan has ended, or is paused with nothing running. */
const settled = (rig: ScanRig, scanId: string): Promise<Scan> =>
  until(`the end or pause of ${scanId}`, async () => {
    const scan = await rig.journal.scan(scanId)
    const rests = scan?.status === 'paused' && scan.progress.running === 0
    return scan?.done || rests ? scan : undefined
  })

/** How many tokens twelve calls take, counted where there is no limit. */
async function tokensOfTwelve(play: SimConfigInput = {}): Promise<number> {
  const [rig, sim] = [openScanRig(), await testProviderSim(play)]
  await runWorker(rig, sim)
  expect(await rig.ended(await rig.scan(typesOf('Thing', 12), SCAN))).toMatchObject({
    status: 'succeeded',
  })
  const { tokens, calls, pricing } = await today(rig)
  expect({ calls, pricing }).toEqual({ calls: 12, pricing: 'known' })
  return tokens
}

test('all scans together stay within the daily budget, pause with the time of their resume, and resume then', async () => {
  const limit = Math.round((await tokensOfTwelve()) * 0.7)
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const settings = { CAPSTAN_DAILY_MAX_TOKENS: String(limit), CAPSTAN_CONCURRENCY: '2' }
  const workers = [await runWorker(rig, sim, settings), await runWorker(rig, sim, settings)]
  const ids = await Promise.all(['Left', 'Right'].map((name) => rig.scan(typesOf(name, 6), SCAN)))
  const rest = (await Promise.all(ids.map((id) => settled(rig, id)))).filter(({ done }) => !done)
  expect(rest.length).toBeGreaterThan(0)
  const { until: midnight } = await today(rig)
  for (const { pause, progress } of rest) {
    expect(pause).toMatchObject({
      by: 'daily-budget',
      reason: 'budget_exceeded',
      problem: { until: midnight, title: expect.stringContaining(midnight) as string },
    })
    expect(progress).toMatchObject({ failed: 0, retrying: 0 })
  }
  const { calls } = sim.stats()
  expect(calls).toBeGreaterThan(3)
  expect(calls).toBeLessThan(12)
  // Every call that was made is counted, none of it twice, and nothing is left set aside.
  const sizes = sim.calls().map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)
  const spent = await today(rig)
  expect(spent).toMatchObject({ calls, reservedTokens: 0, pricing: 'known' })
  // By estimate: the last call may have used more than was set aside for it.
  expect(spent.tokens - Math.max(...sizes)).toBeLessThanOrEqual(limit)
  const metrics = workers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text())
  expect((await Promise.all(metrics)).join('\n')).toMatch(/daily_budget_rejections_total [1-9]/)

  for (const scan of rest) await resumeExpiredPause(rig, scan)
  for (const { id } of rest) expect((await rig.journal.scan(id))?.status).toBe('paused')
  await rig.redis.del(rig.keys.dailySpend)
  for (const scan of rest) await resumeExpiredPause(rig, endedPause(scan))
  for (const id of ids) expect(await rig.ended(id)).toMatchObject({ status: 'succeeded' })
  expect(sim.stats().calls).toBe(12)
  const { events } = await rig.journal.events(rest[0]?.id ?? '', 0, 100)
  expect(events.find(({ type }) => type === 'scan.resumed')?.data).toEqual({ by: 'daily-budget' })
})

/** The scan as it is read after the midnight that its pause names. */
function endedPause(scan: Scan): Scan {
  const problem = scan.pause?.problem
  if (!problem) throw new Error('a scan that pauses for the day has a problem')
  const over = new Date(Date.now() - 60_000).toISOString()
  return { ...scan, pause: { by: '', reason: '', problem: { ...problem, until: over } } }
}

test('a daily cost limit rejects a call with an unknown price and names the reason', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim, { CAPSTAN_DAILY_MAX_COST_USD: '5' })
  const scan = await settled(
    rig,
    await rig.scan(typesOf('Thing', 3), { ...SCAN, model: 'mystery' }),
  )
  expect(scan).toMatchObject({
    status: 'paused',
    pause: { by: 'worker', reason: 'budget_exceeded' },
  })
  expect(scan.pause?.problem?.title).toContain('price of mystery')
  expect(scan.pause?.problem).not.toHaveProperty('until')
  expect(sim.stats().calls).toBe(0)
  expect(await rig.ended(await rig.scan(typesOf('Thing', 3), SCAN))).toMatchObject({
    status: 'succeeded',
  })
})

test('a batch holds only the questions that fit into the daily budget, and is settled when it ends', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const [one] = typesOf('Thing', 1)
  await runWorker(rig, sim, {
    CAPSTAN_DAILY_MAX_TOKENS: String(4 * (one?.outlineTokens ?? 0) + 3),
    CAPSTAN_BATCH_POLL_MS: '50',
    CAPSTAN_BATCH_MAX_WAIT_MS: '600000',
  })
  const scanId = await rig.scan(typesOf('Thing', 8), { ...SCAN, execution: 'batch' })
  const scan = await until('the pause after the first batch', async () => {
    const found = await rig.journal.scan(scanId)
    return found?.status === 'paused' && (await today(rig)).calls === 1 ? found : undefined
  })
  expect(scan.pause).toMatchObject({ by: 'daily-budget', reason: 'budget_exceeded' })
  const sizes = sim.calls().map(({ inputTokens, outputTokens }) => inputTokens + outputTokens)
  expect(sizes).toHaveLength(4)
  expect(await today(rig)).toMatchObject({
    tokens: sizes.reduce((sum, size) => sum + size, 0),
    reservedTokens: 0,
  })
})

test('a multi-type call counts as one call of the daily budget', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim, {
    ANTHROPIC_LIMITS: 'rpm=30',
    CAPSTAN_TYPES_PER_CALL: '4',
    CAPSTAN_CONCURRENCY: '20',
    CAPSTAN_DAILY_MAX_TOKENS: '10000000',
  })
  const scan = await rig.ended(await rig.scan(typesOf('Thing', 20), SCAN))
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 20 } })
  const { calls } = sim.stats()
  expect(calls).toBeLessThan(20)
  const { inputTokens, cachedTokens, outputTokens } = scan.usage
  expect(await today(rig)).toMatchObject({
    calls,
    tokens: inputTokens + cachedTokens + outputTokens,
    reservedTokens: 0,
  })
})

import { expect, test as base } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { buildInferJobId } from '@capstan/scan-store/queue/infer-queue'
import { readRoutePauses, resumeRoute } from '@capstan/scan-store/queue/pause-route'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import type { Route } from '@capstan/scan-store/routes/route'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const DAY_SECONDS = 86_400
const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))
const SLOW = { provider: 'anthropic', model: 'claude-slow' } as const
const OTHER_MODEL = { provider: 'anthropic', model: 'claude-other' } as const
const OTHER_PROVIDER = { provider: 'openai', model: 'gpt-6-luna' } as const
const DAY_PAUSE = { kind: 'rate-limited', retryAfter: DAY_SECONDS, model: 'claude-slow' } as const

/** A worker with a key of both providers; `faults` are those of each. */
async function start(
  faults: { anthropic?: SimConfigInput['faults']; openai?: SimConfigInput['faults'] },
  change: Record<string, string> = {},
) {
  const rig = openScanRig()
  const anthropic = await testProviderSim({ faults: faults.anthropic ?? [] })
  const openai = await testProviderSim({ faults: faults.openai ?? [] })
  const settings = {
    OPENAI_API_KEY: 'sk-another-0123456789',
    OPENAI_BASE_URL: `${openai.url}/v1`,
    ...change,
  }
  await runWorker(rig, anthropic, settings)
  return { rig, anthropic, openai, settings }
}

async function paused(rig: ScanRig, route: Route) {
  const { name } = rig.queues.get(route)
  return until(`the pause of ${name}`, async () => {
    const [pause] = await readRoutePauses(rig.redis, rig.keys, [name])
    return pause ?? undefined
  })
}

/** How often the jobs of a scan were fetched. */
async function fetches(rig: ScanRig, route: Route, scanId: string, names: string[]) {
  const queue = rig.queues.get(route)
  const jobs = await Promise.all(names.map((name) => queue.getJob(buildInferJobId(scanId, name))))
  return jobs.map((job) => job?.attemptsStarted ?? 0)
}

test('a model that is paused for a day delays no other model or provider, and no rule-based answers', async () => {
  const { rig } = await start({ anthropic: [DAY_PAUSE] })
  const blocked = await rig.scan(types(20), SLOW)
  const pause = await paused(rig, SLOW)
  expect(pause.account).toBe('anthropic')
  expect(pause.because).toMatch(/^Anthropic rate-limited the call \(429\): /)
  expect(pause.untilMs).toBeGreaterThan(Date.now() + (DAY_SECONDS - 600) * 1_000)
  const others = [OTHER_MODEL, OTHER_PROVIDER, { provider: 'demo' as const }]
  const ids = await Promise.all(others.map((route) => rig.scan(types(20), route)))
  for (const id of ids) expect(await rig.ended(id)).toMatchObject({ status: 'succeeded' })
  expect((await rig.journal.scan(blocked))?.progress).toMatchObject({ queued: 20, failed: 0 })
})

test('a route continues at once when an operator ends its pause, without a used attempt', async () => {
  const { rig, anthropic } = await start({ anthropic: [{ ...DAY_PAUSE, times: 5 }] })
  const scanId = await rig.scan(types(8), SLOW)
  await paused(rig, SLOW)
  const queue = rig.queues.get(SLOW)
  await until('the jobs in their queue', async () =>
    (await queue.getJobCountByTypes('prioritized')) === 8 ? true : undefined,
  )
  anthropic.configure({})
  const limiter = openLimiter({
    redis: rig.redis,
    keys: rig.keys,
    limitsFor: () => ({
      perMinute: {},
      cachedTokensCount: true,
      concurrency: { start: 1, max: 1 },
    }),
    providerFor: () => 'anthropic',
  })
  await limiter.resume({ account: 'anthropic', model: SLOW.model })
  await resumeRoute(rig.redis, rig.keys, queue.name)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const { data } = await rig.journal.items(scanId, { limit: 20 })
  expect(data.map(({ attempt }) => attempt)).toEqual(Array(8).fill(1))
})

test('types of a paused route are answered by the fallback model, and its queue is not paused', async () => {
  const { rig, openai } = await start(
    { anthropic: [DAY_PAUSE] },
    { CAPSTAN_FALLBACK: 'openai/gpt-6-luna', CAPSTAN_FALLBACK_AFTER_MS: '3600000' },
  )
  const scanId = await rig.scan(types(30), { ...SLOW, model: 'claude-slow-5' })
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(openai.stats().calls).toBe(30)
  const { name } = rig.queues.get({ ...SLOW, model: 'claude-slow-5' })
  expect(await readRoutePauses(rig.redis, rig.keys, [name])).toEqual([null])
})

test('while a route and its fallback model are blocked for long, each job is fetched at most twice', async () => {
  const blocked = (model: string) => ({
    kind: 'rate-limited' as const,
    retryAfter: 35,
    model,
    times: 40,
  })
  const { rig, anthropic, openai } = await start(
    { anthropic: [blocked('claude-slow')], openai: [blocked('gpt-6-luna')] },
    { CAPSTAN_FALLBACK: 'openai/gpt-6-luna', CAPSTAN_FALLBACK_AFTER_MS: '3600000' },
  )
  const names = types(12).map(({ type }) => `${type.plural}.${type.group}`)
  const scanId = await rig.scan(types(12), SLOW)
  const pause = await paused(rig, SLOW)
  expect(pause.untilMs - Date.now()).toBeLessThan(60_000)
  const queue = rig.queues.get(SLOW)
  await until('the jobs in their queue', async () =>
    (await queue.getJobCountByTypes('prioritized')) === 12 ? true : undefined,
  )
  anthropic.configure({})
  openai.configure({})
  const scan = await rig.ended(scanId)
  expect(scan.status).toBe('succeeded')
  expect(Math.max(...(await fetches(rig, SLOW, scanId, names)))).toBeLessThanOrEqual(2)
})

test('a worker without the fallback model of another worker pauses fetching for itself only', async () => {
  const { rig, anthropic, openai, settings } = await start({ anthropic: [DAY_PAUSE] })
  const scanId = await rig.scan(types(6), SLOW)
  await paused(rig, SLOW)
  expect(anthropic.stats().rateLimited).toBeGreaterThan(0)
  await runWorker(rig, anthropic, {
    ...settings,
    CAPSTAN_FALLBACK: 'openai/gpt-6-luna',
    CAPSTAN_FALLBACK_AFTER_MS: '3600000',
  })
  // Paused before there was a fallback model; from now on the worker that lacks it must leave the queue open.
  const queue = rig.queues.get(SLOW)
  await resumeRoute(rig.redis, rig.keys, queue.name)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  expect(openai.stats().calls).toBe(6)
  const more = await rig.scan(types(40, 'More'), SLOW)
  expect(await rig.ended(more)).toMatchObject({ status: 'succeeded' })
  expect(await readRoutePauses(rig.redis, rig.keys, [queue.name])).toEqual([null])
})

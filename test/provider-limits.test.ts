import { join } from 'node:path'
import { expect, test as base } from 'vitest'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { followEvents, type ReceivedEvent } from '@capstan/testkit/follow-events'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { startTestStack, temporaryFile, temporaryFolder } from './test-stack.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const KEYS = ['sk-ant-first-0123456789', 'sk-ant-second-0123456789'] as const

interface Setup {
  types: number
  provider: SimConfigInput
  /** Settings of the workers, computed from the URL of the provider. */
  worker: (url: string) => Record<string, string>
  /** Default: two. */
  workers?: number
}

const SLOTS = 10

/** Starts a cluster with this many types, a provider, an API and worker processes with ten slots each. */
async function start({ types, provider, worker, workers = 2 }: Setup) {
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, types)
  const cluster = await testClusterSim({ cluster: folder })
  const sim = await testProviderSim(provider)
  const { url, keys } = testRedis()
  const environment = { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix }
  const settings = { ANTHROPIC_API_KEY: KEYS[0], ANTHROPIC_BASE_URL: sim.url, ...worker(sim.url) }
  const stack = await startTestStack({
    environment,
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: settings,
  })
  for (let count = 1; count < workers; count += 1) {
    await startTestApp('worker', { ...environment, ...settings, PORT: '0' })
  }
  return { sim, stack, scan: (include = ['*.example.com']) => stack.scan({ include }) }
}

/**
 * Some of the types, at most one per slot. The first calls of a process leave late and arrive bunched, by
 * more than the reserve of the bucket. These fit into the bucket in any order.
 */
const FIRST = [1, 2, 3, 4, 5].map((group) => `*.group-${group}.example.com`)

const FAST = { kind: 'uniform', minMs: 150, maxMs: 400 } as const
const TIGHT = { requestsPerMinute: 300, burstSeconds: { requests: 10, tokens: 60 } }
/**
 * The stated rate plus three seconds of burst: of ten seconds, 0.6 are reserved for late and bunched calls,
 * and on a loaded machine a process may stall for longer between permit and call. Exact compliance is tested
 * elsewhere with a fake clock.
 */
const STATED = { requestsPerMinute: 300, burstSeconds: { requests: 13, tokens: 60 } }

test('three workers keep stated limits and use them fully', async () => {
  const { sim, stack, scan } = await start({
    types: 100,
    provider: { latency: FAST, accounts: [{ name: 'one', keys: [KEYS[0]], limits: STATED }] },
    worker: () => ({ ANTHROPIC_LIMITS: 'rpm=300' }),
    workers: 3,
  })
  const first = await stack.settled(await scan(FIRST))
  expect(first).toMatchObject({ status: 'succeeded', progress: { succeeded: 25 } })
  const ended = await stack.settled(await scan())
  expect(ended).toMatchObject({ status: 'succeeded', progress: { succeeded: 75 } })
  const { calls, violationsPerThousand, buckets } = sim.compliance()
  expect(violationsPerThousand).toBe(0)
  expect(calls).toBe(100)
  // More calls than a bucket holds were made at once, so the limit was effective.
  expect(buckets[0]?.capacity).toBeLessThan(75)
})

test('unstated limits are learned from responses without using attempts', async () => {
  const { sim, stack, scan } = await start({
    types: 60,
    provider: { latency: FAST, accounts: [{ name: 'one', keys: [KEYS[0]], limits: TIGHT }] },
    worker: () => ({}),
  })
  const id = await scan()
  const ended = await stack.settled(id)
  expect(ended).toMatchObject({ status: 'succeeded', progress: { succeeded: 60, failed: 0 } })
  for (const { attempt } of await stack.items(id)) expect(attempt).toBe(1)
  // At most the calls in flight before the first response.
  expect(sim.compliance().refusals['requests'] ?? 0).toBeLessThanOrEqual(2 * SLOTS)
  const providers = (await (await stack.ask('/api/v1/providers/anthropic')).json()) as Provider
  expect(providers.accounts[0]?.limits.requests?.limit).toBe(300)
})

interface Provider {
  accounts: {
    name: string
    limits: { requests?: { limit: number } }
    breaker: { state: string }
  }[]
}

test('an outage fails no type: the breaker opens, probes detect the end, and the scan continues', async () => {
  const latency = { kind: 'uniform', minMs: 100, maxMs: 300 } as const
  const { sim, stack, scan } = await start({
    types: 150,
    provider: { latency, faults: [{ kind: 'unavailable', afterMs: 30 }] },
    worker: () => ({}),
  })
  const id = await scan()
  const throttled = await until('the open breaker in the scan', async () => {
    const { throttle } = await stack.read(id)
    return throttle ?? undefined
  })
  const openedAtMs = Date.now()
  const events: ReceivedEvent[] = []
  const leaving = new AbortController()
  onTestFinished(() => leaving.abort())
  const reader = followEvents({
    eventsUrl: () => `${stack.api.url}/api/v1/scans/${id}/events`,
    onEvent: (event) => events.push(event),
    signal: leaving.signal,
  })
  expect(throttled.account).toBe('anthropic')
  expect(throttled.because).toMatch(/^circuit breaker open: Anthropic is overloaded \(503\): ./)
  const view = (await (await stack.ask('/api/v1/providers/anthropic')).json()) as Provider
  expect(view.accounts[0]?.breaker.state).not.toBe('closed')
  const metrics = await (await stack.ask('/metrics')).text()
  expect(metrics).toMatch(/capstan_circuit_breaker_state\{[^}]*account="anthropic"[^}]*\} [12]/)
  // One call per slot, plus those that started in slots freed by the first four failures.
  const probesFromMs = Date.parse(throttled.until ?? '')
  const unwarned = sim.calls().filter((call) => call.arrivedMs < probesFromMs)
  expect(unwarned.length).toBeLessThanOrEqual(2 * SLOTS + 4)
  const probes = (): number => sim.calls().filter((call) => call.arrivedMs > openedAtMs).length
  await until('a probe', async () => (probes() > 0 ? true : undefined))
  sim.configure({ latency })
  const ended = await stack.settled(id)
  expect(ended).toMatchObject({ status: 'succeeded', progress: { succeeded: 150, failed: 0 } })
  await reader
  const states = events.filter(({ type }) => type === 'provider.breaker').map(({ data }) => data)
  expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(['half-open', 'closed']))
  for (const state of states) expect(state).toMatchObject({ account: 'anthropic', scanId: id })
  // Two calls per probe; the first probe may precede the event reader.
  const tried = 1 + states.filter(({ state }) => state === 'half-open').length
  const failed = sim.calls().filter((call) => call.arrivedMs > openedAtMs && call.status === 503)
  expect(failed.length).toBeLessThanOrEqual(2 * tried)
})

test('calls go to the account with free capacity, and each account keeps its own limits', async () => {
  const accounts = KEYS.map((key, index) => ({ name: `a${index}`, keys: [key], limits: STATED }))
  const second = { name: 'second', provider: 'anthropic', apiKey: KEYS[1], limits: 'rpm=300' }
  const { sim, stack, scan } = await start({
    types: 120,
    provider: { latency: FAST, accounts },
    worker: (baseUrl) => ({
      ANTHROPIC_LIMITS: 'rpm=300',
      CAPSTAN_ACCOUNTS: JSON.stringify([{ ...second, baseUrl }]),
    }),
  })
  const first = await stack.settled(await scan(FIRST))
  const ended = await stack.settled(await scan())
  expect(first.progress.succeeded + ended.progress.succeeded).toBe(120)
  const { violationsPerThousand, buckets } = sim.compliance()
  expect(violationsPerThousand).toBe(0)
  expect(buckets.map(({ admitted }) => admitted).every((count) => count > 40)).toBe(true)
})

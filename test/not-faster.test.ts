import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { startTestStack, temporaryFile, temporaryFolder } from './test-stack.ts'

const KEY = 'sk-ant-test-0123456789'
const LATENCY = { kind: 'uniform', minMs: 60, maxMs: 120 } as const
const SLOTS = 10

interface Setup {
  /** Faults of the provider. */
  provider?: SimConfigInput
  /** Limits of the account, as the operator states them. */
  stated: string
  /** The worker stops before the scan starts. */
  isWorkerGone?: boolean
  /** The same limits at the provider. */
  limits?: NonNullable<NonNullable<SimConfigInput['accounts']>[number]['limits']>
}

/** Starts 60 types against a provider, and returns the scan when it has a reason why it is not faster. */
async function startBound({ provider, stated, isWorkerGone = false, limits }: Setup) {
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, 60)
  const cluster = await testClusterSim({ cluster: folder })
  const accounts = [{ name: 'one', keys: [KEY], ...(limits && { limits }) }]
  const sim = await testProviderSim({ latency: LATENCY, accounts, ...provider })
  const { url, keys } = testRedis()
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: {
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: sim.url,
      ANTHROPIC_LIMITS: `${stated},concurrency=1000`,
    },
  })
  if (isWorkerGone) await stack.worker?.stop('SIGTERM')
  const request = { include: ['*.example.com'], provider: 'anthropic', model: 'claude-test' }
  const id = await stack.scan(request)
  /** Reads until `isFound` holds for the reason. */
  const find = (name: string, isFound: (found: NonNullable<Scan['notFaster']>) => boolean) =>
    until(name, async () => {
      const { notFaster } = await stack.read(id)
      return notFaster && isFound(notFaster) ? notFaster : undefined
    })
  return { sim, stack, id, find }
}

/** Returns the bucket of the provider that was emptied most, from its log of decisions. */
function findEmptiestBucket(sim: ProviderSim): string | undefined {
  const uses = sim.compliance().buckets
  return uses.toSorted((a, b) => a.lowestLevel / a.capacity - b.lowestLevel / b.capacity)[0]?.bucket
}

const burstSeconds = { requests: 13, tokens: 60 }

test.each([
  {
    kind: 'requests',
    stated: 'rpm=90,itpm=9000000',
    limits: { requestsPerMinute: 90, inputTokensPerMinute: 9_000_000, burstSeconds },
    name: 'requests a minute',
  },
  {
    kind: 'input-tokens',
    stated: 'rpm=6000,itpm=6000',
    limits: { requestsPerMinute: 6_000, inputTokensPerMinute: 6_000, burstSeconds },
    name: 'input tokens',
  },
] as const)(
  'where $kind bind, a scan is bounded by the bucket that is empty at the provider',
  async ({ kind, stated, limits, name }) => {
    const { sim, stack, id, find } = await startBound({ stated, limits })
    const found = await find('a limit', (one) => (one.nextPermitMs ?? 0) > 0)
    expect(found).toMatchObject({ kind, account: 'anthropic' })
    expect(found.maxInFlight).toBeLessThanOrEqual(SLOTS)
    expect(found.inFlight).toBeLessThanOrEqual(found.maxInFlight ?? 0)
    expect(found.kind).toBe(findEmptiestBucket(sim))
    expect(found.text).toMatch(
      new RegExp(
        `^limited by ${name} of account anthropic: \\d+ of \\d+ calls in flight, next permit in \\d+ m?s$`,
      ),
    )
    // The calls kept the limit, so no rejection explains the wait.
    expect(sim.compliance().violationsPerThousand).toBe(0)
    const { eta } = await stack.read(id)
    expect(eta.because).toBe(kind)
    expect(eta.low).toBeLessThan(eta.seconds ?? 0)
    expect(eta.high).toBeGreaterThan(eta.seconds ?? Infinity)
    const texts = eta.whatIf.map(({ text }) => text)
    expect(texts).toContain('+1 worker: no change')
    const twice = `twice the ${kind === 'requests' ? 'requests' : 'tokens'} a minute: `
    expect(texts.find((text) => text.startsWith(twice))).toMatch(/ less$/)
  },
)

test('without a worker, a scan states that none is online, and the provider gets no call', async () => {
  const { sim, find } = await startBound({ stated: 'rpm=6000', isWorkerGone: true })
  const found = await find('the missing worker', ({ kind }) => kind !== 'planning')
  expect(found).toMatchObject({ kind: 'no-worker', account: null, inFlight: 0, maxInFlight: null })
  expect(found.text).toBe('no worker with credentials for anthropic is online')
  expect(sim.calls()).toHaveLength(0)
})

test('behind an open breaker, a scan is bounded by it, and the latest calls have failed at the provider', async () => {
  const { sim, find } = await startBound({
    stated: 'rpm=6000',
    provider: { faults: [{ kind: 'unavailable', afterMs: 30 }] },
  })
  const found = await find('the breaker', ({ kind }) => kind === 'breaker')
  expect(found).toMatchObject({ account: 'anthropic' })
  expect(found.text).toMatch(/^account anthropic: circuit breaker (open|half-open): Anthropic /)
  const ended = sim.calls().filter(({ endedMs }) => endedMs !== undefined)
  expect(ended.length).toBeGreaterThanOrEqual(5)
  for (const { status } of ended) expect(status).toBe(503)
})

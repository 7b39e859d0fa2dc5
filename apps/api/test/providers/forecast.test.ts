import { expect, test } from 'vitest'
import type { LimitsSnapshot } from '@capstan/limits/types'
import { announceWorker } from '@capstan/scan-store/workers/worker-registry'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import type { ScanForecast } from '@capstan/scan-store/journal/eta/scan-forecast'
import { createForecast } from '../../src/providers/forecast.ts'

/** An account with 60 requests a minute, all of them used. */
const SNAPSHOT: LimitsSnapshot = {
  atMs: 0,
  dimensions: {
    requests: { limit: 60, configured: 60, observed: null, capacity: 10, available: 0 },
  },
  concurrency: { limit: 50, max: 50, inFlight: 0, decreaseReason: null },
  waiting: 0,
  wait: null,
  paused: null,
  breaker: { state: 'closed', epoch: 0, forMs: 0, unhealthyMs: 0, reason: null },
  latency: { medianMs: 1_000, sigma: 0.1 },
  estimate: { charactersPerToken: 4, outputTokens: 300, cachedTokens: 0 },
  expiredLeases: 0,
}

async function announce({ redis, keys }: ScanRig, id: string, pack?: number): Promise<void> {
  await announceWorker(redis, keys, () => ({
    id,
    host: 'h',
    pid: 1,
    version: '0',
    startedAt: new Date().toISOString(),
    concurrency: 50,
    active: 0,
    draining: false,
    ...(pack !== undefined && { typesPerCall: pack }),
    providers: [{ provider: 'anthropic', model: 'm' }],
    accounts: [{ name: 'anthropic', provider: 'anthropic', model: 'm', weight: 1 }],
  }))
}

/** Returns the forecast of a scan on workers with these settings. */
async function forecastScan(
  packs: (number | undefined)[],
  snapshot: LimitsSnapshot = SNAPSHOT,
): Promise<ScanForecast> {
  const rig = openScanRig()
  for (const [index, pack] of packs.entries()) await announce(rig, `w${index}`, pack)
  const request = { provider: 'anthropic', model: 'm', jobs: false } as const
  const scanId = await rig.scan([makeDefinition('Type')], request)
  const scan = await rig.journal.scan(scanId)
  if (!scan) throw new Error('no scan')
  return createForecast({ ...rig, limiter: { snapshot: async () => snapshot } })(scan)
}

/** Returns the forecast requests for one type. */
async function forecastRequestsPerType(packs: (number | undefined)[]): Promise<number | undefined> {
  const { capacity } = await forecastScan(packs)
  return capacity?.buckets[0]?.cost(2_000)
}

test('a type needs one request, and less with multi-type prompts', async () => {
  expect(await forecastRequestsPerType([undefined])).toBe(1)
  const shared = await forecastRequestsPerType([8, 8])
  expect(shared).toBeGreaterThan(1 / 8)
  expect(shared).toBeLessThan(0.5)
})

test('the forecast ignores multi-type prompts while one worker has them disabled', async () => {
  expect(await forecastRequestsPerType([8, undefined])).toBe(1)
})

test('a concurrency limit that failures lowered below the worker slots is reported as a throttle with its cause', async () => {
  const lowered = 'Anthropic is overloaded (529)'
  const concurrency = { limit: 7.8, max: 1_000, inFlight: 7, decreaseReason: lowered }
  const { blocked } = await forecastScan([undefined], { ...SNAPSHOT, concurrency })
  expect(blocked).toEqual({
    kind: 'concurrency',
    account: 'anthropic',
    because: `limited to 7 concurrent calls: ${lowered}`,
    forMs: null,
  })
})

test.each([
  { limit: 60, max: 1_000, inFlight: 7, decreaseReason: 'was overloaded' },
  { limit: 7, max: 7, inFlight: 7, decreaseReason: null },
])(
  'a concurrency limit above the worker slots, or one that was never lowered, is not a throttle ($limit)',
  async (concurrency) => {
    const { blocked } = await forecastScan([undefined], { ...SNAPSHOT, concurrency })
    expect(blocked).toBeNull()
  },
)

test('the limit that calls wait for bounds the speed, with the next permit', async () => {
  const wait = { because: 'input-tokens', forMs: 2_400 } as const
  const concurrency = { ...SNAPSHOT.concurrency, limit: 20, inFlight: 11 }
  const { speed } = await forecastScan([undefined], { ...SNAPSHOT, wait, concurrency })
  expect(speed?.bound).toEqual({
    kind: 'input-tokens',
    account: 'anthropic',
    inFlight: 11,
    maxInFlight: 20,
    nextPermitMs: 2_400,
    text: 'limited by input tokens of account anthropic: 11 of 20 calls in flight, next permit in 3 s',
  })
  expect((await forecastScan([undefined])).speed?.bound).toBeNull()
})

test('a forecast has the capacity with one worker more and with twice each limit that the accounts have', async () => {
  const { capacity, changes } = await forecastScan([undefined, undefined])
  expect(capacity).toMatchObject({ concurrency: 50, concurrencyBound: 'concurrency' })
  const more = Object.fromEntries((changes ?? []).map((one) => [one.change, one.capacity]))
  expect(Object.keys(more)).toEqual(['worker', 'requests', 'concurrency'])
  expect(more['worker']).toMatchObject({ concurrency: 50 })
  expect(more['concurrency']).toMatchObject({ concurrency: 100, concurrencyBound: 'few-slots' })
  expect(more['requests']?.buckets[0]?.perMs).toBe(2 * (capacity?.buckets[0]?.perMs ?? 0))
})

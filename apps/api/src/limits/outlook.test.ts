import { expect, test } from 'vitest'
import type { LimitsSnapshot } from '@capstan/shared/limits/types'
import { announceWorker } from '@capstan/shared/workers/worker-registry'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { openOutlook } from './outlook.ts'

/** Sixty calls a minute, none left. */
const SNAPSHOT: LimitsSnapshot = {
  atMs: 0,
  dimensions: {
    requests: { limit: 60, configured: 60, observed: null, capacity: 10, available: 0 },
  },
  concurrency: { limit: 50, max: 50, inFlight: 0 },
  waiting: 0,
  paused: null,
  breaker: { state: 'closed', epoch: 0, forMs: 0, brokenMs: 0, reason: null },
  latency: { medianMs: 1_000, sigma: 0.1 },
  estimate: { charactersPerToken: 4, outputTokens: 300, cachedTokens: 0 },
  lostLeases: 0,
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
    ...(pack !== undefined && { pack }),
    providers: [{ provider: 'anthropic', model: 'm' }],
    accounts: [{ name: 'anthropic', provider: 'anthropic', model: 'm', weight: 1 }],
  }))
}

/** Requests that a type takes, as a scan on these workers is told. */
async function requestsOfType(packs: (number | undefined)[]): Promise<number | undefined> {
  const rig = openScanRig()
  for (const [index, pack] of packs.entries()) await announce(rig, `w${index}`, pack)
  const request = { provider: 'anthropic', model: 'm', jobs: false } as const
  const scanId = await rig.scan([makeDefinition('Type')], request)
  const scan = await rig.journal.scan(scanId)
  if (!scan) throw new Error('no scan')
  const outlookOf = openOutlook({ ...rig, limiter: { snapshot: async () => SNAPSHOT } })
  const { capacity } = await outlookOf(scan)
  return capacity?.buckets[0]?.cost(2_000)
}

test('where requests bind, a type takes one of them, and less when types share calls', async () => {
  expect(await requestsOfType([undefined])).toBe(1)
  const shared = await requestsOfType([8, 8])
  expect(shared).toBeGreaterThan(1 / 8)
  expect(shared).toBeLessThan(0.5)
})

test('as long as one worker asks about each type alone, nothing is promised of packs', async () => {
  expect(await requestsOfType([8, undefined])).toBe(1)
})

import { expect, test as base } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { FAULT_KINDS, type FaultKind } from '@capstan/provider-sim/config/fault-config'
import type { Usage } from '@capstan/shared/contract/usage'
import type { Provider } from '@capstan/shared/contract/provider'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { FAULT_ROWS, type FaultRow } from './fault-rows.ts'
import { KEY, runWorker } from './run-worker.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

// Every fault of the simulator on the whole way: HTTP, the real SDK, a real worker, Redis, the journal. Each fault
// has a scan and a model of its own, hence its own breaker and limits, so that all of them play at the same time.

type Wire = [Provider, (url: string) => Record<string, string>]
const WIRES: Wire[] = [
  ['anthropic', (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url })],
  ['openai', (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` })],
]
/** Calls that hang are cut off here and good calls are not: few calls are made at a time where one hangs. */
const DEADLINE_MS = 4_000
/** For calls that all end by themselves, however busy the machine is. */
const PATIENT_MS = 60_000
const RETRY_AFTER_S = 2

const modelOf = (kind: FaultKind): string => `plays-${kind}-faults`
const resourceOf = (kind: FaultKind): string => `${typeOf(kind).toLowerCase()}s.example.com`
const typeOf = (kind: FaultKind): string => `Type${kind.replaceAll('-', '')}`

test('the table has one row for each fault of the simulator', () => {
  expect(Object.keys(FAULT_ROWS).toSorted()).toEqual(FAULT_KINDS.toSorted())
})

test.each(WIRES)(
  '%s: each fault ends with the attempts, calls and wasted calls of its row',
  async (...wire) => {
    const hanging = FAULT_KINDS.filter((kind) => hangs(kind))
    const ending = FAULT_KINDS.filter((kind) => !hangs(kind))
    const rows = [
      ...(await playAll(wire, ending, PATIENT_MS)),
      ...(await playAll(wire, hanging, DEADLINE_MS)),
    ]
    const seen = Object.fromEntries(rows.map(({ kind, row }) => [kind, row]))
    expect(seen).toEqual(FAULT_ROWS)
    for (const { kind, paid, counted } of rows) expect([kind, counted]).toEqual([kind, paid])
  },
)

test.each(WIRES)(
  '%s: a Retry-After is obeyed, and a hanging call is aborted',
  async (provider, settings) => {
    const kinds = ['rate-limited', 'ramp-limited', 'hang-before-headers', 'hang-in-body'] as const
    const rig = openScanRig()
    const sim = await playing([...kinds], { times: 1 })
    await runWorker(rig, undefined, { ...settings(sim.url), ...MANY_SLOTS })
    await Promise.all(kinds.map((kind) => play(rig, sim, provider, kind)))
    for (const kind of ['rate-limited', 'ramp-limited'] as const) {
      const [refused, next] = callsOf(sim, kind)
      const pauseMs = (next?.arrivedMs ?? 0) - (refused?.arrivedMs ?? 0)
      expect(pauseMs).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000)
    }
    for (const kind of ['hang-before-headers', 'hang-in-body'] as const) {
      expect(callsOf(sim, kind).map(({ verdict }) => verdict)).toEqual(['aborted', 'answered'])
    }
  },
)

const HOPELESS = ['broken-text', 'truncated-text', 'schema-breaking-text', 'empty-text'] as const

test.each(WIRES)(
  '%s: a type without a valid answer fails after four calls',
  async (provider, settings) => {
    const rig = openScanRig()
    const sim = await playing([...HOPELESS], {})
    await runWorker(rig, undefined, { ...settings(sim.url), ...MANY_SLOTS })
    const rows = await Promise.all(HOPELESS.map((kind) => play(rig, sim, provider, kind)))
    for (const { kind, row, paid, counted } of rows) {
      expect([kind, row]).toEqual([
        kind,
        {
          paused: null,
          status: 'failed',
          attempts: [
            ['retrying', 'invalid_output'],
            ['failed', 'invalid_output'],
          ],
          used: 2,
          calls: 4,
          wasted: 0,
        } satisfies FaultRow,
      ])
      expect(counted).toBe(paid)
    }
  },
)

test.each(WIRES)(
  '%s: text injected by a hostile definition is stored as plain visible text',
  async (provider, settings) => {
    const rig = openScanRig()
    const sim = await playing(['injection-echo'], {})
    await runWorker(rig, undefined, { ...settings(sim.url), ...MANY_SLOTS })
    await play(rig, sim, provider, 'injection-echo')
    const catalog = openRedisCatalog(rig.redis, rig.keys)
    const { data } = await catalog.list({ cluster: 'injection-echo' }, { limit: 10 })
    await catalog.close()
    expect(data.map(({ resource }) => resource)).toEqual([resourceOf('injection-echo')])
    expect(data[0]?.description).toContain('IGNORE ALL PREVIOUS INSTRUCTIONS')
    expect(data[0]?.description).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  },
)

const MANY_SLOTS = {
  CAPSTAN_CONCURRENCY: '40',
  CAPSTAN_CALL_TIMEOUT_MS: String(DEADLINE_MS),
}

const hangs = (kind: FaultKind): boolean => FAULT_ROWS[kind].attempts[0]?.[1] === 'timeout'

/** Plays these faults side by side, each once; all is quiet afterwards. */
async function playAll([provider, settings]: Wire, kinds: FaultKind[], deadlineMs: number) {
  const rig = openScanRig()
  const sim = await playing(kinds, { times: 1 })
  await runWorker(rig, undefined, {
    ...settings(sim.url),
    CAPSTAN_CONCURRENCY: '40',
    CAPSTAN_CALL_TIMEOUT_MS: String(deadlineMs),
  })
  const rows = await Promise.all(kinds.map((kind) => play(rig, sim, provider, kind)))
  expect(sim.stats().inFlight).toBe(0)
  for (const { kind, row } of rows) {
    const queue = rig.queues.get({ provider, model: modelOf(kind) })
    const counts = await queue.getJobCounts('active', 'delayed', 'prioritized', 'failed')
    const failed = row.status === 'failed' ? 1 : 0
    expect(counts, kind).toEqual({ active: 0, delayed: 0, prioritized: 0, failed })
  }
  return rows
}

/** A provider that shows each fault to the model named after it. */
function playing(kinds: FaultKind[], { times }: { times?: number }): Promise<ProviderSim> {
  return testProviderSim({
    faults: kinds.map((kind) => ({
      kind,
      model: modelOf(kind),
      retryAfter: RETRY_AFTER_S,
      ...(times === undefined ? {} : { times }),
    })),
  })
}

/** Scans one type that meets one fault, resumes the scan if it was paused, and returns how all of it ended. */
async function play(rig: ScanRig, sim: ProviderSim, provider: Provider, kind: FaultKind) {
  const scanId = await rig.scan([makeDefinition(typeOf(kind))], {
    provider,
    model: modelOf(kind),
    cluster: kind,
  })
  const paused = FAULT_ROWS[kind].paused && (await pauseOf(rig, scanId))
  if (paused) {
    // A paused scan makes no call.
    expect([kind, callsOf(sim, kind).length]).toEqual([kind, 1])
    await rig.journal.resume(scanId, 'me')
    await rig.ensure(scanId)
  }
  const scan = await rig.ended(scanId)
  const item = await rig.journal.item(scanId, resourceOf(kind))
  if (!item) throw new Error(`${kind} has no item`)
  const calls = await endedCalls(sim, kind)
  expect([kind, scan.usage.calls]).toEqual([kind, calls.length])
  const row: FaultRow = {
    paused,
    status: item.status,
    attempts: item.attempts.map(({ outcome, problem }) => [outcome, problem?.reason ?? null]),
    used: item.attempt,
    calls: calls.length,
    wasted: calls.filter(({ verdict, costUsd }) => verdict !== 'answered' && costUsd > 0).length,
  }
  const answered = calls.filter(({ verdict }) => verdict === 'answered')
  return { kind, row, paid: sum(answered.map(tokensOf)), counted: tokensOfUsage(scan.usage) }
}

async function pauseOf(rig: ScanRig, scanId: string) {
  return until(`the pause of ${scanId}`, async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' && scan.progress.queued === 1
      ? (scan.pause?.problem?.reason ?? null)
      : undefined
  })
}

function callsOf(sim: ProviderSim, kind: FaultKind): CallRecord[] {
  return sim.calls().filter(({ model }) => model === modelOf(kind))
}

/** The simulator hears a moment later than the worker that a connection is closed. */
function endedCalls(sim: ProviderSim, kind: FaultKind): Promise<CallRecord[]> {
  return until(`the end of the calls of ${kind}`, () => {
    const calls = callsOf(sim, kind)
    return calls.every(({ endedMs }) => endedMs !== null) ? calls : undefined
  })
}

function tokensOf(call: CallRecord): number {
  return call.inputTokens + call.cacheWriteTokens + call.cachedTokens + call.outputTokens
}

/** Those of answers: what a call that was cut off may have used is an estimate. */
function tokensOfUsage({ estimatedTokens = 0, ...usage }: Usage): number {
  return totalTokens(usage) - estimatedTokens
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

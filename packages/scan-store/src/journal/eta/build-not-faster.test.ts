import { expect, test } from 'vitest'
import { buildNotFaster, type ScanSpeedState } from './build-not-faster.ts'
import type { RouteCalls } from './scan-forecast.ts'

const CALLS: RouteCalls = {
  bound: null,
  inFlight: 4,
  maxInFlight: 10,
  slots: 10,
  areSlotsBusy: false,
}
const WAIT = {
  kind: 'requests',
  account: 'a',
  inFlight: 2,
  maxInFlight: 5,
  nextPermitMs: 100,
  text: 'limited',
} as const
const OTHER = 'scan_0123456789abcdef0123456789abcdef'

function explain(
  {
    queued = 20,
    running = 4,
    ...change
  }: Partial<ScanSpeedState> & { queued?: number; running?: number },
  calls: RouteCalls | undefined = CALLS,
) {
  const progress = {
    total: 24,
    queued,
    running,
    retrying: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    canceled: 0,
    finished: 0,
    percent: 0,
  }
  const state = { status: 'running', model: 'm', concurrency: null, waitingFor: null } as const
  return buildNotFaster({ ...state, stoppedBy: null, pause: undefined, progress, ...change }, calls)
}

test('nothing bounds a scan with free slots, without waiting types, or while it is cancelled', () => {
  expect(explain({})).toBeNull()
  expect(explain({ queued: 0 }, { ...CALLS, areSlotsBusy: true })).toBeNull()
  expect(explain({ status: 'canceling' }, { ...CALLS, bound: WAIT })).toBeNull()
})

test('a paused scan names who paused it, or its budget', () => {
  const pause = { by: 'ci', reason: 'lunch' }
  expect(explain({ status: 'paused', pause })?.text).toBe('paused by ci: lunch')
  expect(explain({ status: 'paused', pause, stoppedBy: 'maxTokens' })?.kind).toBe('budget')
})

test('the numbers of a limit are those of its account, and other bounds have those of all accounts', () => {
  expect(explain({}, { ...CALLS, bound: WAIT })).toEqual({ ...WAIT, model: 'm' })
  expect(explain({ running: 10 })).toMatchObject({
    kind: 'few-slots',
    inFlight: 4,
    maxInFlight: 10,
    text: 'all 10 slots of the workers are busy',
  })
  expect(explain({ concurrency: 4 })?.kind).toBe('concurrency-of-scan')
})

test('a scan whose types all wait for another scan names it, unless no call starts at all', () => {
  const waitingFor = { scanId: OTHER, types: 24 }
  expect(explain({ waitingFor }, { ...CALLS, bound: WAIT })).toMatchObject({
    kind: 'waiting-for-scan',
    text: `24 types wait for the answers of ${OTHER}`,
  })
  const gone = { ...WAIT, kind: 'no-worker', account: null } as const
  expect(explain({ waitingFor }, { ...CALLS, bound: gone })?.kind).toBe('no-worker')
})

import { expect, test } from 'vitest'
import { makeItem } from '@capstan/testkit/make-item'
import { makeScan } from '@capstan/testkit/make-scan'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import { reduceState } from './reduce-state.ts'
import { createScanViewState, type ScanViewState } from './scan-view-state.ts'

const AT = '2026-11-23T10:00:05.000Z'
const NOW = Date.parse(AT) - 2_000
const problem = { reason: 'refused', title: 'No', retryable: false } as const
const start = createScanViewState(makeScan({ status: 'discovering' }))

function makeEvent(event: string, data: object): ScanUpdate {
  return { type: 'event', id: '', event, data: { at: AT, ...data } }
}

function after(...events: ScanUpdate[]): ScanViewState {
  return events.reduce((state, event) => reduceState(state, event, NOW), start)
}

test('the plan sets the total, and its unchanged types count as finished', () => {
  const started = makeEvent('scan.started', {
    total: 10,
    skipped: 4,
    excluded: 1,
    provider: 'demo',
    model: 'm',
    runAttempt: 1,
  })
  const { scan } = after(started)
  expect(scan.status).toBe('queued')
  expect(scan.progress).toMatchObject({
    total: 10,
    skipped: 4,
    queued: 6,
    finished: 4,
    percent: 40,
  })
})

test('a type runs from its start until any end', () => {
  const started = makeEvent('resource.started', { resource: 'a', attempt: 2, worker: 'w' })
  expect(after(makeEvent('scan.started', {}), started).running.get('a')).toEqual({
    sinceMs: Date.parse(AT),
    attempt: 2,
  })
  for (const end of ['succeeded', 'retrying', 'released', 'skipped', 'canceled']) {
    expect(after(started, makeEvent(`resource.${end}`, { resource: 'a' })).running.size).toBe(0)
  }
  const failed = after(
    started,
    makeEvent('resource.failed', { resource: 'a', attempts: 1, problem }),
  )
  expect(failed.running.size).toBe(0)
  expect(failed.failures).toEqual([{ resource: 'a', attempts: 1, problem }])
})

test('a failure is listed once, until its type is retried', () => {
  const failure = makeEvent('resource.failed', { resource: 'a', attempts: 1, problem })
  expect(after(failure, failure).failures).toHaveLength(1)
  const requeued = makeEvent('resource.requeued', { resource: 'a', by: 'me' })
  expect(after(failure, requeued).failures).toEqual([])
  expect(after(failure, requeued, failure).failures).toHaveLength(1)
})

test('a snapshot replaces the state and lists the oldest failure first', () => {
  const before = makeEvent('resource.started', { resource: 'gone', attempt: 1, worker: 'w' })
  const snapshot = makeEvent('snapshot', {
    scan: makeScan({ progress: { total: 3 } }),
    active: [makeItem({ resource: 'a', status: 'running', startedAt: AT })],
    recentFailures: ['late', 'early'].map((resource) => makeItem({ resource, problem })),
  })
  const { running, failures, scan } = after(before, snapshot)
  expect([...running.keys()]).toEqual(['a'])
  expect(failures.map(({ resource }) => resource)).toEqual(['early', 'late'])
  expect(scan.progress.total).toBe(3)
})

test('progress events replace the counts, and the running types when they list all of them', () => {
  const { scan } = start
  const started = ['a', 'b'].map((resource) =>
    makeEvent('resource.started', { resource, attempt: 1, worker: 'w' }),
  )
  const progress = makeEvent('scan.progress', {
    status: 'running',
    progress: { ...scan.progress, total: 5, running: 1 },
    notFaster: scan.notFaster,
    eta: scan.eta,
    waitingFor: { scanId: 'scan_0123456789abcdef0123456789abcdef', types: 2 },
    throttle: null,
    warnings: ['No worker is running'],
    usage: scan.usage,
    running: ['b'],
  })
  const state = after(...started, progress)
  expect([...state.running.keys()]).toEqual(['b'])
  expect(state.scan).toMatchObject({
    status: 'running',
    progress: { total: 5 },
    waitingFor: { types: 2 },
    warnings: ['No worker is running'],
  })
  // Only live events adjust the clock offset.
  expect(state.offsetMs).toBe(2_000)
  expect(after(...started).offsetMs).toBe(0)
})

test('a pause is kept with its reason until it ends', () => {
  const paused = after(makeEvent('scan.paused', { by: 'worker', reason: 'auth', problem }))
  expect(paused.scan).toMatchObject({ status: 'paused', pause: { by: 'worker', problem } })
  const resumed = reduceState(paused, makeEvent('scan.resumed', { by: 'me' }), NOW)
  expect(resumed.scan).toMatchObject({ status: 'running', pause: null })
})

test('only the finished event that carries the scan ends it', () => {
  expect(after(makeEvent('scan.finished', { status: 'partial' })).ended).toBe(false)
  const scan = makeScan({ status: 'partial', done: true })
  expect(after(makeEvent('scan.finished', { status: 'partial', scan }))).toMatchObject({
    ended: true,
    scan: { status: 'partial' },
  })
})

test('a lost connection is shown until it is restored', () => {
  const away = after({ type: 'away', why: 'cut off', retryInMs: 500 })
  expect(away.link).toEqual({ state: 'away', why: 'cut off', untilMs: NOW + 500 })
  expect(reduceState(away, { type: 'live' }, NOW).link).toEqual({ state: 'live' })
})

test('unknown or invalid events change nothing', () => {
  for (const event of ['resource.dreamt', 'resource.started', 'snapshot', 'scan.progress']) {
    const { offsetMs: _, ...state } = after(makeEvent(event, { resource: 5 }))
    expect(start).toMatchObject(state)
  }
})

import { expect, test } from 'vitest'
import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { makeScan } from '@capstan/testkit/make-scan'
import { EMPTY_PLAIN_LOG, nextPlainLines } from './plain-log.ts'
import { createScanViewState, type ScanViewState } from './scan-view-state.ts'

const START = Date.parse('2026-11-23T10:00:01.000Z')
const problem = { reason: 'refused', title: 'No', retryable: false } as const

function at(percent: number, change: Partial<ScanViewState> = {}): ScanViewState {
  const progress = { total: 100, finished: percent, succeeded: percent, percent }
  return { ...createScanViewState(makeScan({ progress })), ...change }
}

/** The number of lines that each state adds, at the given second. */
function formatSteps(steps: [state: ScanViewState, second: number][]): string[][] {
  let log = EMPTY_PLAIN_LOG
  return steps.map(([state, second]) => {
    const next = nextPlainLines(log, state, START + second * 1_000)
    log = next.log
    return next.lines.map((line) =>
      line.map((part) => (typeof part === 'string' ? part : part.text)).join(''),
    )
  })
}

test('one line is printed per 10 percent, the first when the plan is known', () => {
  const early = createScanViewState(makeScan({ status: 'discovering' }))
  const printed = formatSteps([
    [early, 0],
    [early, 1],
    [at(0), 2],
    [at(9), 3],
    [at(10), 4],
    [at(35), 5],
    [at(39), 6],
  ])
  expect(printed.map((lines) => lines.length)).toEqual([1, 0, 1, 0, 1, 1, 0])
  expect(printed[4]).toEqual([
    'scan_0123456789abcdef0123456789abcdef  running  10 %  10/100  10 ok  0 failed  0 running  0:04 elapsed',
  ])
})

test('one line is printed every ten seconds when nothing changes', () => {
  const printed = formatSteps([
    [at(0), 0],
    [at(0), 9],
    [at(0), 10],
    [at(0), 19],
    [at(0), 20],
  ])
  expect(printed.map((lines) => lines.length)).toEqual([1, 0, 1, 0, 1])
})

test('each failure is printed once, and again when it recurs after a retry', () => {
  const [a, b, again] = ['a', 'b', 'a'].map((resource) => ({ resource, attempts: 3, problem }))
  const printed = formatSteps([
    [at(5, { failures: [a!] }), 0],
    [at(5, { failures: [a!, b!] }), 1],
    [at(5, { failures: [b!] }), 2],
    [at(5, { failures: [b!, again!] }), 3],
  ])
  const marks = printed.map((lines) => lines.filter((line) => line.startsWith('✖')))
  expect(marks).toEqual([
    ['✖ a  refused after 3 tries — No'],
    ['✖ b  refused after 3 tries — No'],
    [],
    ['✖ a  refused after 3 tries — No'],
  ])
})

test('a pause and a lost connection are printed when they begin, and a restored connection as well', () => {
  const pause = { by: 'token:ops', reason: 'asked' }
  const paused = { ...at(1), scan: makeScan({ status: 'paused', pause }) }
  const away = at(1, { link: { state: 'away', why: 'cut off', untilMs: 0 } })
  const printed = formatSteps([
    [paused, 0],
    [paused, 1],
    [away, 2],
    [away, 3],
    [at(1), 4],
  ]).map((lines) => lines.filter((line) => /^[‖↻]/.test(line)))
  expect(printed).toEqual([
    ['‖ paused by token:ops: asked.'],
    [],
    ['↻ no connection (cut off); retrying'],
    [],
    ['↻ connected again'],
  ])
})

test('a warning is printed once, and again when it returns', () => {
  const warned = at(0, { scan: { ...at(0).scan, warnings: ['No worker is running'] } })
  const printed = formatSteps([
    [warned, 0],
    [warned, 1],
    [at(0), 2],
    [warned, 3],
  ])
  const counts = printed.map((lines) => lines.filter((line) => line === '! No worker is running'))
  expect(counts.map(({ length }) => length)).toEqual([1, 0, 0, 1])
})

test('a scan that is waited for is named once, however many types wait', () => {
  const other = 'scan_ffffffffffffffffffffffffffffffff'
  const waiting = (types: number): ScanViewState => {
    const state = at(0)
    return { ...state, scan: { ...state.scan, waitingFor: { scanId: other, types } } }
  }
  const printed = formatSteps([
    [waiting(4), 0],
    [waiting(2), 1],
    [at(0), 2],
    [waiting(1), 3],
  ])
  expect(printed[0]).toContain(`⏳ waiting for ${other}, which asks about 4 of the same types`)
  expect(printed.flat().filter((line) => line.includes('waiting'))).toHaveLength(1)
})

test('each bound of the speed is printed once, however its numbers change, and not while a scan waits', () => {
  const bound = { account: 'a', model: 'm', inFlight: 11, maxInFlight: 20, nextPermitMs: 3_000 }
  const limited = (
    kind: 'input-tokens' | 'few-slots',
    text: string,
    change = {},
  ): ScanViewState => ({
    ...at(1),
    scan: makeScan({ notFaster: { ...bound, kind, text }, ...change }),
  })
  const throttle = { account: 'a', model: 'm', because: 'paused', until: null, fault: null }
  const printed = formatSteps([
    [limited('input-tokens', 'limited by input tokens: 11 of 20 calls in flight'), 0],
    [limited('input-tokens', 'limited by input tokens: 12 of 20 calls in flight'), 1],
    [limited('few-slots', 'all 20 slots are busy', { throttle }), 2],
    [limited('few-slots', 'all 20 slots are busy'), 3],
  ]).map((lines) => lines.filter((line) => line.startsWith('⏱')))
  expect(printed).toEqual([
    ['⏱ limited by input tokens: 11 of 20 calls in flight'],
    [],
    [],
    ['⏱ all 20 slots are busy'],
  ])
})

test('the time left has its error band, is never 0:00, and comes with the time without an answer', () => {
  const print = (eta: Partial<Scan['eta']>): string | undefined =>
    formatSteps([[{ ...at(1), scan: makeScan({ eta: { ...UNKNOWN_ETA, ...eta } }) }, 0]])[0]?.at(-1)
  expect(print({ seconds: 15.2, low: 11.8, high: 18.4 })).toMatch(
    / {2}~0:16 left \(0:12 to 0:19\)$/,
  )
  expect(print({ seconds: 0.2, low: 0, high: 0.3 })).toMatch(/ {2}~0:01 left \(0:01 to 0:01\)$/)
  expect(print({ seconds: 44, low: 5, high: 396, silentSeconds: 44 })).toMatch(
    / {2}~0:44 left \(0:05 to 6:36\) {2}no answer for 0:44$/,
  )
  expect(print({})).toMatch(/ elapsed$/)
})

import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import pico from 'picocolors'
import { describe, expect, test } from 'vitest'
import stringWidth from 'string-width'
import { makeScan } from '@capstan/testkit/make-scan'
import { paintLine } from './styled-line.ts'
import { formatLiveRegion } from './format-live-region.ts'
import { createScanViewState, type ScanViewState } from './scan-view-state.ts'

const NOW = Date.parse('2026-11-23T10:00:22.000Z')
const plain = pico.createColors(false)

const scan = makeScan({
  cluster: 'prod',
  progress: {
    total: 66,
    succeeded: 36,
    failed: 2,
    finished: 38,
    running: 9,
    queued: 19,
    percent: 57.6,
  },
  eta: { ...UNKNOWN_ETA, seconds: 15, low: 12, high: 18, ratePerMinute: 108 },
  usage: { inputTokens: 212_000, calls: 40, costUsd: 0.41, pricing: 'known' },
})
const running = new Map(
  ['clusters.postgresql.cnpg.io', 'kafkas.kafka.strimzi.io', 'pods'].map((name, index) => [
    name,
    { sinceMs: NOW - 3_100 + index * 400, attempt: index + 1 },
  ]),
)
const state: ScanViewState = { ...createScanViewState(scan), running }

function shown(of: ScanViewState, columns: number): string[] {
  return formatLiveRegion(of, NOW, columns).map((line) => paintLine(line, columns, plain))
}

test('at 100 columns the live region shows progress, rate, cost and running types', () => {
  expect(shown(state, 100)).toEqual([
    'scan_0123456789abcdef0123456789abcdef  prod · anthropic/claude-test · incremental',
    '████████████████············   57 %  38/66   ✔ 36  ✖ 2   0:21 elapsed · ~0:15 left',
    '  9 running · 19 waiting · 1.8/s · 212k tok · $0.41',
    '  ▸ clusters.postgresql.cnpg.io 3.1s  ▸ kafkas.kafka.strimzi.io 2.7s (try 2)  ▸ +1 more',
  ])
})

test('at 40 columns only the longest names are cut', () => {
  expect(shown(state, 40)).toEqual([
    'scan_0123456789abcdef0123456789abcdef',
    '  prod · anthropic/claude-test',
    '██████████████············   57 %  38/66',
    '  ✔ 36  ✖ 2   0:21 elapsed · ~0:15 left',
    '  9 running · 19 waiting · 1.8/s · 212k…',
    '  ▸ clusters.postgresql… 3.1s  ▸ +2 more',
  ])
})

describe.each([200, 80, 60, 40, 20, 5])('at %s columns', (columns) => {
  test('no line is wider than the terminal', () => {
    for (const line of shown(state, columns)) expect(stringWidth(line)).toBeLessThanOrEqual(columns)
  })
})

test('before the plan is known there is no bar and no percentage', () => {
  const early = createScanViewState(makeScan({ status: 'discovering', startedAt: null }))
  expect(shown(early, 80).slice(1)).toEqual(['discovering…   0:22 elapsed', '  discovering'])
})

test('the bar is full only when the scan has ended', () => {
  const at = (percent: number) =>
    shown(createScanViewState(makeScan({ progress: { total: 1000, percent } })), 100)[1]
  expect(at(99.9)).toMatch(/^█{27}· {3}99 %/)
  expect(at(100)).toMatch(/^█{28} {2}100 %/)
})

test('a pause and a lost connection show their cause and remedy', () => {
  const problem = {
    reason: 'provider_auth',
    title: 'The key is refused',
    hint: 'Set another.',
    retryable: false,
  } as const
  const troubled: ScanViewState = {
    ...createScanViewState(
      makeScan({ status: 'paused', pause: { by: 'worker', reason: 'auth', problem } }),
    ),
    link: { state: 'away', why: 'The connection was refused.', untilMs: NOW + 1_200 },
  }
  expect(shown(troubled, 100).slice(-3)).toEqual([
    '  ‖ paused by worker: The key is refused',
    '    Set another.',
    '  ↻ no connection (The connection was refused.); next try in 2 s',
  ])
})

test('a scan with rule-based answers is shown as a scan without a model', () => {
  const demo = createScanViewState(makeScan({ provider: 'demo', model: 'demo-rules', demo: true }))
  expect(shown(demo, 100)[0]).toContain('rule-based answers (no model)')
  const curated = createScanViewState(makeScan({ curated: true }))
  expect(shown(curated, 120)[0]).toContain('curated answers, then anthropic/')
})

test('an unknown price is not shown as zero', () => {
  const unknown = createScanViewState(makeScan({ usage: { calls: 1, costUsd: null } }))
  expect(shown(unknown, 100).join('\n')).toContain('price unknown')
})

test('a throttle is shown while it lasts, and a long wait in words', () => {
  const warnings = ['No worker is running, so nothing is analysed until one does.']
  const until = new Date(NOW + 86_400_000).toISOString()
  const because = '9 questions are with its batch API'
  const throttle = { account: 'anthropic', model: scan.model, because, until, fault: null }
  const lines = shown({ ...state, scan: { ...scan, warnings, throttle } }, 120)
  expect(lines).toContain(`  ! ${warnings[0]}`)
  const wait = lines.find((line) => line.includes('⏳'))
  expect(wait).toMatch(/waiting: anthropic: 9 questions are with its batch API; 24 h/)
  const noWorker = { ...throttle, account: null, because: 'no worker is online', until: null }
  const standing = shown({ ...state, scan: { ...scan, throttle: noWorker } }, 120)
  expect(standing).toContain('  ⏳ waiting: no worker is online')
})

test('a scan whose types wait for another scan names that scan', () => {
  const waitingFor = { scanId: 'scan_ffffffffffffffffffffffffffffffff', types: 1 }
  const lines = shown({ ...state, scan: { ...scan, waitingFor } }, 120)
  expect(lines).toContain(
    `  ⏳ waiting for ${waitingFor.scanId}, which asks about one of the same types`,
  )
})

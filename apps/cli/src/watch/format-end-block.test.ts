import pico from 'picocolors'
import { expect, test } from 'vitest'
import { makeItem } from '@capstan/testkit/make-item'
import { makeScan } from '@capstan/testkit/make-scan'
import { formatEndBlock } from './format-end-block.ts'
import { paintLine } from './styled-line.ts'

const plain = pico.createColors(false)
const ID = 'scan_0123456789abcdef0123456789abcdef'
const finishedAt = '2026-11-23T10:00:07.000Z'

function shown(scan: ReturnType<typeof makeScan>, failed = [makeItem()].slice(1)): string[] {
  const lines = formatEndBlock(scan, { program: 'capstan', failed })
  return lines.map((line) => paintLine(line, Number.POSITIVE_INFINITY, plain))
}

test('a succeeded scan shows totals, cost, time compared with sequential calls, and the next command', () => {
  const scan = makeScan({
    status: 'succeeded',
    done: true,
    finishedAt,
    workMs: 300_000,
    progress: { total: 66, succeeded: 60, skipped: 6, finished: 66, percent: 100 },
    excluded: { count: 14, byReason: {} },
    usage: {
      calls: 60,
      inputTokens: 90_000,
      outputTokens: 10_000,
      costUsd: 0.5,
      pricing: 'known',
      cacheHits: 2,
    },
  })
  expect(shown(scan)).toEqual([
    `✔ ${ID} succeeded: 66 types, 60 analysed, 6 unchanged, 14 left out`,
    '  60 model calls, 100k tokens, $0.50, 2 answers from the cache',
    '  Took 6.0 s; one after another: 5 min. 50 times as fast.',
    'Next: capstan search "postgres with backups"',
    'Or: capstan get capabilities',
  ])
})

test.each([
  [66, '0 rule-based, 66 curated', '  No model was called.'],
  [41, '25 rule-based, 41 curated', '  No model was called. Rule-based answers are guesses.'],
  [0, '66 rule-based', '  No model was called. Rule-based answers are guesses.'],
])(
  'a scan without a model with %i curated answers shows the sources of its answers',
  (curatedAnswers, counts, line) => {
    const [headline, source, took] = shown(
      makeScan({
        status: 'succeeded',
        done: true,
        finishedAt,
        demo: true,
        progress: { total: 66, succeeded: 66, finished: 66, percent: 100 },
        usage: { curatedAnswers },
        workMs: 300_000,
      }),
    )
    expect(took).toBe('  Took 6.0 s.')
    expect(source).toBe(line)
    expect(headline).toBe(`✔ ${ID} succeeded: 66 types, ${counts}`)
  },
)

test('tokens that the provider did not report, and their cost, are shown as estimates', () => {
  const usage = { calls: 3, inputTokens: 2_400, outputTokens: 300, costUsd: 0.0123 }
  const lines = (estimatedTokens: number) =>
    shown(
      makeScan({
        status: 'succeeded',
        done: true,
        finishedAt,
        usage: { ...usage, estimatedTokens, pricing: 'estimated' },
      }),
    ).slice(1, 3)
  expect(lines(2_700)).toEqual([
    '  3 model calls, about 2.7k tokens, about $0.01',
    '  the provider reported no usage: tokens and cost are estimated',
  ])
  expect(lines(300)).toEqual([
    '  3 model calls, about 2.7k tokens, about $0.01',
    '  the provider did not report 300 of these tokens; they are estimated',
  ])
})

test('failures show counts by reason, each cause, each hint once, and the retry command', () => {
  const problem = {
    reason: 'refused',
    title: 'The model refused',
    hint: 'Try another model.',
    retryable: false,
  } as const
  const scan = makeScan({
    status: 'partial',
    done: true,
    finishedAt,
    progress: { total: 5, succeeded: 2, failed: 3, finished: 5, percent: 100 },
    failures: { byReason: { timeout: 1, refused: 2 }, sample: [], discarded: 0 },
  })
  const failed = ['a.example.com', 'b.example.com'].map((resource) =>
    makeItem({ resource, status: 'failed', attempt: 3, problem }),
  )
  expect(shown(scan, failed)).toEqual([
    `! ${ID} partial: 5 types, 2 analysed, 3 failed`,
    '  Took 6.0 s.',
    '  Failures: 2 × refused, 1 × timeout',
    '    RESOURCE       REASON   TRIES  CAUSE',
    '    a.example.com  refused      3  The model refused',
    '    b.example.com  refused      3  The model refused',
    `    and 1 more: capstan describe scan ${ID}`,
    '    Try another model.',
    `Next: capstan retry ${ID} --failed`,
  ])
})

test('a scan that failed as a whole shows the reason', () => {
  const problem = {
    reason: 'internal',
    title: 'The cluster does not answer',
    hint: 'Look at it.',
    retryable: true,
  } as const
  const lines = shown(makeScan({ status: 'failed', done: true, finishedAt, problem }))
  expect(lines[0]).toMatch(/^✖ .* failed: 0 types/)
  expect(lines).toContain('  ! The cluster does not answer — Look at it.')
  expect(lines.at(-1)).toBe('Next: capstan scan')
})

test('the duration of a retried scan is not compared with its parts, which belong to several runs', () => {
  const lines = shown(makeScan({ status: 'succeeded', finishedAt, workMs: 300_000, runAttempt: 2 }))
  expect(lines).toContain('  Took 6.0 s.')
})

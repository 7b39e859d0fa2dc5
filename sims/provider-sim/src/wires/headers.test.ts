import { expect, test } from 'vitest'
import { buildRetryAfterHeaders } from '../call/retry-after-headers.ts'
import { anthropic } from './anthropic.ts'
import { formatOpenAiDuration, openAi } from './openai.ts'
import { scaleRateView, type RateView } from './rate-view.ts'

const NOW = Date.parse('2026-11-24T10:00:00.400Z')
const VIEW: RateView[] = [
  { name: 'requests', limit: 50, remaining: 49.7, resetMs: 1200 },
  { name: 'input-tokens', limit: 30_000, remaining: 12_499, resetMs: 35_000 },
  { name: 'output-tokens', limit: 8000, remaining: 1900, resetMs: 45_000 },
]

test('Anthropic headers have limit, remaining and reset of each limit, with token counts in thousands; `tokens` is the token limit with the smallest remaining share', () => {
  expect(anthropic.headers('x', VIEW, NOW)).toMatchObject({
    'request-id': 'req_x',
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-11-24T10:00:02Z',
    'anthropic-ratelimit-input-tokens-remaining': '12000',
    'anthropic-ratelimit-output-tokens-remaining': '2000',
    'anthropic-ratelimit-tokens-limit': '8000',
    'anthropic-ratelimit-tokens-reset': '2026-11-24T10:00:46Z',
  })
})

test('OpenAI headers show requests and tokens with durations', () => {
  const view: RateView[] = [
    VIEW[0]!,
    { name: 'tokens', limit: 5e5, remaining: 1234.5, resetMs: 90_000 },
  ]
  expect(openAi.headers('x', view, NOW)).toMatchObject({
    'x-request-id': 'req_x',
    'x-ratelimit-limit-requests': '50',
    'x-ratelimit-reset-requests': '1.2s',
    'x-ratelimit-limit-tokens': '500000',
    'x-ratelimit-remaining-tokens': '1234',
    'x-ratelimit-reset-tokens': '1m30s',
  })
})

test.each([
  [0, '0ms'],
  [120, '120ms'],
  [999.2, '1000ms'],
  [1000, '1s'],
  [1500, '1.5s'],
  [360_000, '6m0s'],
  [3_723_000, '1h2m3s'],
])('%d ms is written as %s', (ms, text) => {
  expect(formatOpenAiDuration(ms)).toBe(text)
})

test('headers show reset times in real, not simulated, time, and doubled, halved or no limits if configured', () => {
  const bucket = [{ name: 'requests', limit: 50, remaining: 20, resetMs: 36_000 } as const]
  expect(scaleRateView(bucket, 'exact', 10)[0]).toMatchObject({
    limit: 500,
    remaining: 20,
    resetMs: 3600,
  })
  expect(scaleRateView(bucket, 'doubled', 1)[0]).toMatchObject({ limit: 100, remaining: 40 })
  expect(scaleRateView(bucket, 'halved', 1)[0]).toMatchObject({ limit: 25, remaining: 10 })
  expect(scaleRateView(bucket, 'missing', 1)).toEqual([])
})

test('retry-after is in whole seconds, rounded up, or in the configured wrong style', () => {
  expect(buildRetryAfterHeaders('exact', 1200, false)).toEqual({ 'retry-after': '2' })
  expect(buildRetryAfterHeaders('exact', 1200, true)).toEqual({
    'retry-after': '2',
    'retry-after-ms': '1200',
  })
  expect(buildRetryAfterHeaders('missing', 1200, true)).toEqual({})
  expect(buildRetryAfterHeaders('zero', 1200, true)).toEqual({ 'retry-after': '0' })
  expect(buildRetryAfterHeaders('huge', 1200, true)).toEqual({ 'retry-after': '62291' })
  expect(buildRetryAfterHeaders(17, 1200, true)).toEqual({ 'retry-after': '17' })
  const date = buildRetryAfterHeaders('http-date', 30_000, true)['retry-after'] ?? ''
  expect(date).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
})

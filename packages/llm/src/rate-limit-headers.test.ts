import { describe, expect, test } from 'vitest'
import { readRateLimits } from './rate-limit-headers.ts'

const NOW = Date.parse('2026-11-24T10:00:00Z')
const read = (fields: Record<string, string>) => readRateLimits(new Headers(fields), NOW)

describe('rate limit headers of Anthropic', () => {
  const headers = {
    'anthropic-ratelimit-requests-limit': '1000',
    'anthropic-ratelimit-requests-remaining': '999',
    'anthropic-ratelimit-requests-reset': '2026-11-24T10:00:01Z',
    'anthropic-ratelimit-input-tokens-limit': '2000000',
    'anthropic-ratelimit-input-tokens-remaining': '1995000',
    'anthropic-ratelimit-input-tokens-reset': '2026-11-24T10:00:30.500Z',
    'anthropic-ratelimit-output-tokens-limit': '400000',
    'anthropic-ratelimit-output-tokens-remaining': '400000',
    'anthropic-ratelimit-output-tokens-reset': '2026-11-24T09:59:59Z',
    'anthropic-ratelimit-tokens-limit': '400000',
    'anthropic-ratelimit-tokens-remaining': '400000',
    'anthropic-ratelimit-tokens-reset': '2026-11-24T10:00:00Z',
  }

  test('requests, input and output tokens are separate limits, and the tokens header is ignored', () => {
    expect(read(headers)).toEqual({
      requests: { limit: 1_000, remaining: 999, resetMs: 1_000, roundedTo: 1 },
      'input-tokens': {
        limit: 2_000_000,
        remaining: 1_995_000,
        resetMs: 30_500,
        roundedTo: 1_000,
      },
      'output-tokens': { limit: 400_000, remaining: 400_000, resetMs: 0, roundedTo: 1_000 },
    })
  })

  test('the tokens header alone is a combined limit', () => {
    const combined = {
      'anthropic-ratelimit-tokens-limit': '50000',
      'anthropic-ratelimit-tokens-remaining': '49000',
    }
    expect(read(combined)).toEqual({
      tokens: { limit: 50_000, remaining: 49_000, roundedTo: 1_000 },
    })
  })
})

describe('rate limit headers of OpenAI', () => {
  test.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['120ms', 120],
    ['1.5s', 1_500],
    ['1h2m3.25s', 3_723_250],
    ['2d', 172_800_000],
    ['20', 20_000],
    ['soon', undefined],
    ['1s and more', undefined],
    ['', undefined],
  ])('a reset of "%s" is %s ms', (text, resetMs) => {
    const { requests } = read({
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': text,
    })
    expect(requests?.resetMs).toBe(resetMs)
    expect(requests).toMatchObject({ limit: 500, remaining: 499, roundedTo: 1 })
  })

  test('a limit with thousands separators is read', () => {
    const { tokens } = read({
      'x-ratelimit-limit-tokens': '2,000,000',
      'x-ratelimit-remaining-tokens': '1,999,000',
    })
    expect(tokens).toMatchObject({ limit: 2_000_000, remaining: 1_999_000 })
  })

  test('the limit with fewer remaining tokens applies, of organisation and project', () => {
    const { tokens } = read({
      'x-ratelimit-limit-tokens': '2000000',
      'x-ratelimit-remaining-tokens': '90000',
      'x-ratelimit-limit-project-tokens': '100000',
      'x-ratelimit-remaining-project-tokens': '70000',
    })
    expect(tokens).toMatchObject({ limit: 100_000, remaining: 70_000 })
  })
})

test('missing, unreadable and zero limits are ignored', () => {
  expect(readRateLimits(undefined, NOW)).toEqual({})
  expect(read({})).toEqual({})
  expect(read({ 'x-ratelimit-limit-requests': '500' })).toEqual({})
  const odd = (limit: string, remaining: string) =>
    read({ 'x-ratelimit-limit-tokens': limit, 'x-ratelimit-remaining-tokens': remaining })
  expect(odd('0', '0')).toEqual({})
  expect(odd('-1', '5')).toEqual({})
  expect(odd('unlimited', '5')).toEqual({})
  expect(odd('500', '-20')).toEqual({})
  expect(odd('0x1F4', '1e3')).toEqual({})
})

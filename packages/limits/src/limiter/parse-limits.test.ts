import { expect, test } from 'vitest'
import { parseLimits } from './parse-limits.ts'

test.each([
  ['', { perMinute: {} }],
  ['rpm=50', { perMinute: { requests: 50 } }],
  [
    ' RPM=1_000, itpm=2000000 ,otpm=400000,concurrency=64,',
    {
      perMinute: { requests: 1_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 },
      concurrency: 64,
    },
  ],
  ['rpm=500,tpm=200000', { perMinute: { requests: 500, tokens: 200_000 } }],
])('%j parses to limits', (text, limits) => {
  expect(parseLimits(text)).toEqual(limits)
})

test.each([
  ['rps=5', /`rps` is not a limit; available: rpm/],
  ['constructor=5', /not a limit/],
  ['rpm', /needs an integer/],
  ['rpm=0', /needs an integer/],
  ['rpm=-5', /needs an integer/],
  ['rpm=1.5', /needs an integer/],
  ['rpm=lots', /needs an integer/],
])('%j is rejected, with the reason in the message', (text, message) => {
  expect(() => parseLimits(text)).toThrow(message)
})

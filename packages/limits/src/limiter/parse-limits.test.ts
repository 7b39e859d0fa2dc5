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
])('%j are limits', (text, limits) => {
  expect(parseLimits(text)).toEqual(limits)
})

test.each([
  ['rps=5', /`rps` is no limit; there are rpm/],
  ['constructor=5', /no limit/],
  ['rpm', /needs a whole number/],
  ['rpm=0', /needs a whole number/],
  ['rpm=-5', /needs a whole number/],
  ['rpm=1.5', /needs a whole number/],
  ['rpm=lots', /needs a whole number/],
])('%j are none, and the message says why', (text, message) => {
  expect(() => parseLimits(text)).toThrow(message)
})

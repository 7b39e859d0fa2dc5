import { expect, test } from 'vitest'
import { readAccountLimits } from './account-limits.ts'

test.each<[string, string | undefined, number]>([
  ['', undefined, 100],
  ['', 'https://api.openai.com/v1', 100],
  ['', 'http://127.0.0.1:11434/v1', 4],
  ['', 'https://x.openai.azure.com/openai/v1', 4],
  ['concurrency=2', 'http://127.0.0.1:11434/v1', 2],
  ['concurrency=32', 'http://127.0.0.1:11434/v1', 32],
  ['concurrency=1000', 'http://127.0.0.1:11434/v1', 100],
])('with the limits "%s" calls at %s start with %d in flight', (text, baseUrl, start) => {
  expect(readAccountLimits('openai', text, baseUrl).concurrency.start).toBe(start)
})

test('with configured limits the initial concurrency does not depend on the base URL', () => {
  const stated = readAccountLimits(
    'openai',
    'rpm=600,tpm=2000000',
    'http://127.0.0.1:1/v1',
  ).concurrency
  expect(stated).toEqual(readAccountLimits('openai', 'rpm=600,tpm=2000000').concurrency)
})

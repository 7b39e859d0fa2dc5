import { expect, test } from 'vitest'
import { computeCacheId, PromptCache } from './prompt-cache.ts'

const CACHEABLE = { text: 'x', step: 1 }
const prefix = (ttlSeconds?: number) => ({ tokens: 1500, cacheable: { ...CACHEABLE, ttlSeconds } })

test('a cache entry is readable once it was written, and each read extends its lifetime', () => {
  const cache = new PromptCache({ minTokens: 1024, ttlSeconds: 300 })
  expect(cache.read('id', prefix(), 0)).toBe(0)
  cache.write('id', CACHEABLE, 0)
  expect(cache.read('id', prefix(), 299_000)).toBe(1500)
  expect(cache.read('id', prefix(), 598_000)).toBe(1500)
  expect(cache.read('id', prefix(), 898_000)).toBe(0)
})

test('an entry with a lifetime of one hour expires after one hour', () => {
  const cache = new PromptCache({ minTokens: 1024, ttlSeconds: 300 })
  cache.write('id', { ...CACHEABLE, ttlSeconds: 3600 }, 0)
  expect(cache.read('id', prefix(3600), 3_599_000)).toBe(1500)
})

test('a short prompt prefix is not cached, and a longer one is cached in multiples of the step', () => {
  const cache = new PromptCache({ minTokens: 1024, ttlSeconds: 300 })
  expect([1023, 1024, 1200].map((tokens) => cache.countable(tokens, 1))).toEqual([0, 1024, 1200])
  expect([1023, 1024, 1200].map((tokens) => cache.countable(tokens, 128))).toEqual([0, 1024, 1152])
})

test('cache entries differ by owner, text and answer format', () => {
  const ids = [
    computeCacheId('a', 'x', 1),
    computeCacheId('b', 'x', 1),
    computeCacheId('a', 'y', 1),
    computeCacheId('a', 'x', 2),
  ]
  expect(new Set(ids).size).toBe(4)
})

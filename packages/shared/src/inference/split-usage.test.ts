import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitUsage } from './split-usage.ts'

const tokens = fc.integer({ min: 0, max: 200_000 })
const characters = fc.integer({ min: 0, max: 5_000 })

test('usage shares are non-negative and sum up to the usage of the call', () => {
  fc.assert(
    fc.property(
      fc.record({ inputTokens: tokens, cachedTokens: tokens, outputTokens: tokens }),
      fc.array(fc.record({ asked: characters, answered: characters }), {
        minLength: 1,
        maxLength: 8,
      }),
      (usage, parts) => {
        const shares = splitUsage(usage, parts)
        for (const kind of ['inputTokens', 'cachedTokens', 'outputTokens'] as const) {
          expect(shares.reduce((sum, share) => sum + share[kind], 0)).toBe(usage[kind])
          for (const share of shares) expect(share[kind]).toBeGreaterThanOrEqual(0)
        }
      },
    ),
  )
})

test('a type with more characters gets a larger usage share', () => {
  const usage = { inputTokens: 100, cachedTokens: 10, outputTokens: 30 }
  const parts = [
    { asked: 300, answered: 0 },
    { asked: 100, answered: 500 },
  ]
  expect(splitUsage(usage, parts)).toEqual([
    { inputTokens: 75, cachedTokens: 8, outputTokens: 0 },
    { inputTokens: 25, cachedTokens: 2, outputTokens: 30 },
  ])
})

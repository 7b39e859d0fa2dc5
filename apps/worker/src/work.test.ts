import { expect, test } from 'vitest'
import { spend, type Work } from './work.ts'

test('what a provider says of tokens counts when it is a number, and spoils no sum when it is none', () => {
  const usage = { inputTokens: 5, cachedTokens: 0, outputTokens: 2 }
  const work = { usage } as Work // spend touches nothing else
  spend(work, { inputTokens: 3, cachedTokens: 1, outputTokens: 4 })
  const odd: unknown = { inputTokens: undefined, cachedTokens: 'none', outputTokens: Number.NaN }
  spend(work, odd as Work['usage']) // as servers send it, whatever their API promises
  spend(work, { inputTokens: -7, cachedTokens: 1.6, outputTokens: Infinity })
  expect(work.usage).toEqual({ inputTokens: 8, cachedTokens: 3, outputTokens: 6 })
})

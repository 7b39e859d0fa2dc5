import { expect, test } from 'vitest'
import { addUsage } from './add-usage.ts'
import { completeUsage } from './complete-usage.ts'
import type { ReportedUsage } from './reported-usage.ts'
import { splitUsage } from './split-usage.ts'

const REPORTED: ReportedUsage = {
  inputTokens: 800,
  cachedTokens: 40,
  outputTokens: 100,
  totalTokens: null,
  unexplainedTokens: 0,
}
const ESTIMATE = { inputTokens: 700, outputTokens: 90 }
const KNOWN = { inputTokens: 800, cachedTokens: 40, outputTokens: 100 }

test('fully reported usage is unchanged, without estimated tokens', () => {
  expect(completeUsage(REPORTED, ESTIMATE)).toStrictEqual(KNOWN)
})

test('only the missing part of a usage is estimated and marked', () => {
  expect(completeUsage({ ...REPORTED, outputTokens: null }, ESTIMATE)).toEqual({
    ...KNOWN,
    outputTokens: 90,
    estimatedTokens: 90,
  })
  expect(completeUsage({ ...REPORTED, inputTokens: null, cachedTokens: 0 }, ESTIMATE)).toEqual({
    inputTokens: 700,
    cachedTokens: 0,
    outputTokens: 100,
    estimatedTokens: 700,
  })
})

test('0 output tokens are valid without text and missing with text', () => {
  const none = { ...REPORTED, outputTokens: 0 }
  expect(completeUsage(none, { ...ESTIMATE, outputTokens: 0 })).toStrictEqual({
    ...KNOWN,
    outputTokens: 0,
  })
  expect(completeUsage(none, ESTIMATE)).toMatchObject({ outputTokens: 90, estimatedTokens: 90 })
})

test('unknown usage has at least one estimated token, even for an empty question and answer', () => {
  const unknown = { ...REPORTED, inputTokens: null, cachedTokens: 0, outputTokens: null }
  expect(completeUsage(unknown, { inputTokens: 0, outputTokens: 0 })).toEqual({
    inputTokens: 1,
    cachedTokens: 0,
    outputTokens: 1,
    estimatedTokens: 2,
  })
})

test('a sum of usages adds their estimated tokens; exact usages have none', () => {
  const estimated = { ...KNOWN, estimatedTokens: 100 }
  expect(addUsage(estimated, estimated).estimatedTokens).toBe(200)
  expect(addUsage(KNOWN, estimated).estimatedTokens).toBe(100)
  expect(addUsage(KNOWN, KNOWN)).not.toHaveProperty('estimatedTokens')
})

test('the types of a call share its estimated tokens, at most the tokens of each share', () => {
  const parts = [
    { asked: 300, answered: 0 },
    { asked: 100, answered: 500 },
  ]
  const all = { ...KNOWN, estimatedTokens: 940 }
  const shares = splitUsage(all, parts)
  expect(shares.reduce(addUsage)).toEqual(all)
  for (const { inputTokens, cachedTokens, outputTokens, estimatedTokens } of shares) {
    expect(estimatedTokens).toBe(inputTokens + cachedTokens + outputTokens)
  }
  const some = { ...KNOWN, estimatedTokens: 100 }
  expect(splitUsage(some, parts).reduce(addUsage)).toEqual(some)
  for (const share of splitUsage(KNOWN, parts)) expect(share).not.toHaveProperty('estimatedTokens')
})

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

test('usage that was reported as a whole is taken as it is, without a mark', () => {
  expect(completeUsage(REPORTED, ESTIMATE)).toStrictEqual(KNOWN)
})

test('only the part that was not reported is estimated, and only it is marked', () => {
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

test('an output of 0 counts where there is no text, and is a missing one where there is', () => {
  const none = { ...REPORTED, outputTokens: 0 }
  expect(completeUsage(none, { ...ESTIMATE, outputTokens: 0 })).toStrictEqual({
    ...KNOWN,
    outputTokens: 0,
  })
  expect(completeUsage(none, ESTIMATE)).toMatchObject({ outputTokens: 90, estimatedTokens: 90 })
})

test('unknown usage never looks like no usage, even of an empty answer to an empty question', () => {
  const unknown = { ...REPORTED, inputTokens: null, cachedTokens: 0, outputTokens: null }
  expect(completeUsage(unknown, { inputTokens: 0, outputTokens: 0 })).toEqual({
    inputTokens: 1,
    cachedTokens: 0,
    outputTokens: 1,
    estimatedTokens: 2,
  })
})

test('estimated tokens add up, and known usage carries no mark', () => {
  const estimated = { ...KNOWN, estimatedTokens: 100 }
  expect(addUsage(estimated, estimated).estimatedTokens).toBe(200)
  expect(addUsage(KNOWN, estimated).estimatedTokens).toBe(100)
  expect(addUsage(KNOWN, KNOWN)).not.toHaveProperty('estimatedTokens')
})

test('the types of one call share its estimated tokens, and no share is marked with more than it has', () => {
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

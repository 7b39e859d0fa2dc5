import { expect, test } from 'vitest'
import { defaultModel } from '../config/default-model.ts'
import { computeCostUsd } from './price.ts'
import { findPrice } from './price-table.ts'

test('the models used by default have a price', () => {
  for (const provider of ['anthropic', 'openai', 'demo'] as const) {
    expect(findPrice(provider, defaultModel(provider))).not.toBeNull()
  }
})

test('a dated release has the price of its model, a model with a similar name does not', () => {
  const price = findPrice('anthropic', 'claude-haiku-4-5')
  expect(findPrice('anthropic', 'claude-haiku-4-5-20251001')).toEqual(price)
  expect(findPrice('openai', 'gpt-5.4-mini-2026-03-01')).toEqual(
    findPrice('openai', 'gpt-5.4-mini'),
  )
  expect(findPrice('openai', 'gpt-5.4-pro')).toBeNull()
})

test('prices of the operator override the built-in prices', () => {
  const own = { 'gpt-6-luna': { input: 7, cached: 1, output: 9 } }
  expect(findPrice('openai', 'gpt-6-luna', own)).toEqual(own['gpt-6-luna'])
})

test.each(['llama3', 'constructor', '__proto__', ''])('the price of %j is not known', (model) => {
  expect(findPrice('openai', model)).toBeNull()
})

test('a cost counts each kind of token at its price, and is unknown without one', () => {
  const usage = { inputTokens: 1_000_000, cachedTokens: 2_000_000, outputTokens: 500_000 }
  expect(computeCostUsd(usage, { input: 1, cached: 0.1, output: 5 })).toBeCloseTo(3.7, 10)
  expect(computeCostUsd(usage, null)).toBeNull()
  expect(computeCostUsd(usage, findPrice('demo', 'demo-rules'))).toBe(0)
})

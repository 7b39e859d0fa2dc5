import { expect, test } from 'vitest'
import { costAtPrice } from './cost-at-price.ts'
import { computeCostUsd } from './price.ts'

const usage = { inputTokens: 1_500, cachedTokens: 0, outputTokens: 300 }
const planned = { input: 2, cached: 0.2, output: 10 }
const estimate = { estimatedTokens: 1_800, estimatedCostUsd: computeCostUsd(usage, planned) }

test.each([
  ['the same', planned],
  ['dearer in both', { input: 5, cached: 0.5, output: 25 }],
  ['dearer in one', { input: 1, cached: 0.1, output: 30 }],
  ['cheaper', { input: 0.1, cached: 0.01, output: 0.4 }],
])('a call at a price that is %s is not estimated below its cost', (_, real) => {
  const cost = computeCostUsd(usage, real) ?? Number.NaN
  for (const price of [planned, null, { input: 0, cached: 0, output: 0 }]) {
    const estimated = costAtPrice(estimate, price, real)
    expect(estimated).toBeGreaterThanOrEqual(cost - 1e-12)
    expect(estimated).toBeLessThanOrEqual((1_800 * Math.max(real.input, real.output)) / 1e6)
  }
})

test('at the price it was planned for a call costs what was planned', () => {
  expect(costAtPrice(estimate, planned, planned)).toBeCloseTo(estimate.estimatedCostUsd ?? -1, 9)
})

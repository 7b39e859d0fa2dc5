import { expect, test } from 'vitest'
import { needsConfirmation } from './confirm-threshold.ts'

function makePlan(expected: number | null) {
  const costUsd = expected === null ? null : { low: 0, expected, high: expected * 2 }
  return { estimate: { costUsd } }
}

test.each([
  [1.01, {}, true],
  [1, {}, false],
  [5, { budget: { maxCostUsd: 1 } }, false],
  [5, { budget: { maxCostUsd: 2 } }, true],
  [null, {}, false],
])('an estimate of $%s with %o needs a confirmation: %s', (expected, input, isNeeded) => {
  expect(needsConfirmation(makePlan(expected), input)).toBe(isNeeded)
})

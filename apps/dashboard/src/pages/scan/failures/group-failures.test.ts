import { expect, test } from 'vitest'
import { groupFailures } from './group-failures.ts'

const USAGE = { inputTokens: 900, cachedTokens: 0, outputTokens: 100, costUsd: 0.01 }

function makeScan(byReason: Record<string, number>) {
  return { demo: false, usage: USAGE, failures: { byReason, sample: [] } }
}

function makeFailed(title: string, reason: 'timeout' | 'refused', estimatedTokens = 500) {
  return { resource: title, estimatedTokens, problem: { reason, title, retryable: true } }
}

test('failures are grouped by reason, the most frequent first, with different problems counted', () => {
  const groups = groupFailures(makeScan({ timeout: 3, refused: 1 }), [
    makeFailed('slow', 'timeout'),
    makeFailed('slow', 'timeout'),
    makeFailed('slower', 'timeout'),
    makeFailed('filter', 'refused'),
  ])
  expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
    ['timeout', 3],
    ['refused', 1],
  ])
  expect(groups[0]?.problems).toMatchObject([
    { title: 'slow', count: 2 },
    { title: 'slower', count: 1 },
  ])
})

test('the cost of a retry is that of the planned tokens at the mean price, for types that were not read as well', () => {
  const [group] = groupFailures(makeScan({ timeout: 4 }), [makeFailed('slow', 'timeout')])
  expect(group?.retryCostUsd).toBeCloseTo((0.01 / 1_000) * 500 * 4)
})

test('a scan without a price has no cost of a retry', () => {
  const scan = { ...makeScan({ timeout: 1 }), usage: { ...USAGE, costUsd: null } }
  expect(groupFailures(scan, [makeFailed('slow', 'timeout')])[0]?.retryCostUsd).toBeNull()
})

test('a reason of which no type was read yet is not listed', () => {
  expect(groupFailures(makeScan({ timeout: 1 }), [])).toEqual([])
})

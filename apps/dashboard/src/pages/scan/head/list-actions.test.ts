import { expect, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { listActions } from './list-actions.ts'

function listAllowed(status: Scan['status'], failed = 0, stoppedBy: 'maxCostUsd' | null = null) {
  const done = ['succeeded', 'partial', 'failed', 'canceled'].includes(status)
  const actions = listActions({
    status,
    done,
    progress: { total: 5, failed },
    budget: { stoppedBy },
  })
  return Object.entries(actions).flatMap(([name, isAllowed]) => (isAllowed ? name : []))
}

test.each([
  ['discovering', ['cancel']],
  ['queued', ['pause', 'cancel']],
  ['running', ['pause', 'cancel']],
  ['paused', ['resume', 'cancel']],
  ['canceling', []],
  ['succeeded', ['forget']],
] as const)('a scan that is %s allows %o', (status, allowed) => {
  expect(listAllowed(status)).toEqual(allowed)
})

test('failed types can be retried once the scan has ended', () => {
  expect(listAllowed('running', 2)).toEqual(['pause', 'cancel'])
  expect(listAllowed('partial', 2)).toEqual(['retry', 'forget'])
})

test('a scan that its budget has paused cannot be resumed without a larger limit', () => {
  expect(listAllowed('paused', 0, 'maxCostUsd')).toEqual(['cancel'])
})

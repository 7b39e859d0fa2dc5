import { expect, test } from 'vitest'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { makeItem } from '@capstan/testkit/make-item'
import { makeScan } from '@capstan/testkit/make-scan'
import { narrowScan } from './narrow-scan.ts'

const problem = { reason: 'refused', title: 'no', retryable: false } as const
const items = (...statuses: ItemStatus[]) =>
  statuses.map((status, index) =>
    makeItem({
      resource: `t${index}`,
      status,
      ...(status === 'failed' ? { problem } : {}),
      finishedAt: `2026-11-23T10:00:0${index}.000Z`,
    }),
  )

test.each<[ItemStatus[], ScanStatus, ScanStatus]>([
  [['succeeded', 'skipped'], 'running', 'succeeded'],
  [['succeeded', 'failed'], 'running', 'partial'],
  [['failed', 'failed'], 'partial', 'failed'],
  [['succeeded', 'canceled'], 'canceling', 'canceled'],
  [['succeeded', 'succeeded'], 'canceled', 'succeeded'],
  [['skipped', 'canceled'], 'running', 'partial'],
  [['succeeded', 'running'], 'paused', 'paused'],
])(
  'with selected types that are %j, the scan status %s is shown as %s',
  (statuses, status, narrowed) => {
    expect(narrowScan(makeScan({ status }), items(...statuses)).status).toBe(narrowed)
  },
)

test('a scan narrowed to some types has the counts, failures and end time of those types', () => {
  const scan = makeScan({
    progress: { total: 66, succeeded: 40, failed: 6 },
    failures: { byReason: { timeout: 6 }, sample: [], discarded: 1 },
  })
  expect(narrowScan(scan, items('succeeded', 'failed', 'failed'))).toMatchObject({
    done: true,
    finishedAt: '2026-11-23T10:00:02.000Z',
    progress: { total: 3, succeeded: 1, failed: 2, finished: 3, percent: 100 },
    failures: {
      byReason: { refused: 2 },
      sample: [
        { resource: 't1', problem },
        { resource: 't2', problem },
      ],
      discarded: 0,
    },
  })
  expect(narrowScan(scan, items('succeeded', 'queued'))).toMatchObject({
    done: false,
    finishedAt: null,
    progress: { percent: 50 },
  })
})

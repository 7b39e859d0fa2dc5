import { expect, test } from 'vitest'
import { ScanId } from './contract/scan/scan-id.ts'
import { createScanId, parseScanTime } from './scan-id.ts'

test('a scan id is a version 7 UUID without hyphens', () => {
  const id = createScanId()
  expect(ScanId.parse(id)).toBe(id)
  expect(id).toMatch(/^scan_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
})

test('scan ids sort by creation time, and two of the same millisecond differ', () => {
  const [early, late] = [createScanId(1_700_000_000_000), createScanId(1_700_000_000_001)]
  expect(early < late).toBe(true)
  expect(createScanId(1_700_000_000_000)).not.toBe(early)
})

test('a scan id contains the creation time of its scan', () => {
  expect(parseScanTime(createScanId(1_700_000_000_000))).toBe('2023-11-14T22:13:20.000Z')
})

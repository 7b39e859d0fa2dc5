import { expect, test } from 'vitest'
import { ScanId } from './contract/scan/scan-id.ts'
import { createScanId, parseScanTime } from './scan-id.ts'

test('a scan id is a version 7 UUID without hyphens', () => {
  const id = createScanId()
  expect(ScanId.parse(id)).toBe(id)
  expect(id).toMatch(/^scan_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
})

test('ids sort by the time they were made, and two of one millisecond differ', () => {
  const [early, late] = [createScanId(1_700_000_000_000), createScanId(1_700_000_000_001)]
  expect(early < late).toBe(true)
  expect(createScanId(1_700_000_000_000)).not.toBe(early)
})

test('an id tells when its scan was asked for', () => {
  expect(parseScanTime(createScanId(1_700_000_000_000))).toBe('2023-11-14T22:13:20.000Z')
})

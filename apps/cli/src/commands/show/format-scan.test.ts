import pico from 'picocolors'
import { expect, test } from 'vitest'
import { makeScan } from '@capstan/testkit/make-scan'
import { formatScan } from './format-scan.ts'

test('a described scan names the other scan that its types wait for', () => {
  const other = 'scan_ffffffffffffffffffffffffffffffff'
  const scan = makeScan({ waitingFor: { scanId: other, types: 3 } })
  const io = { columns: () => 80, outIsTerminal: false, errIsTerminal: false }
  const session = { io, out: pico.createColors(false), program: 'capstan' }
  const lines = formatScan(scan, [], session).split('\n')
  expect(lines).toContain(`Waiting for:  ${other}, which asks about 3 of the same types`)
})

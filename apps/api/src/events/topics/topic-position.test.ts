import { expect, test } from 'vitest'
import { formatPosition, isNewer, parsePosition } from './topic-position.ts'

const A = `scan_${'a'.repeat(32)}`
const B = `scan_${'b'.repeat(32)}`

test('a position is read as it was written', () => {
  const scans = new Map([
    [A, { seq: 12, atMs: 1_764_531_234_567 }],
    [B, { seq: 0, atMs: null }],
  ])
  for (const position of [
    { changes: '1764531234567-3', scans },
    { changes: undefined, scans },
    { changes: '1764531234567-3', scans: new Map() },
  ]) {
    const text = formatPosition(position)
    expect(text).not.toMatch(/[^\w=.,-]/)
    expect(parsePosition(text)).toEqual(position)
  }
})

test('the position of topics without numbers is empty', () => {
  expect(formatPosition({ changes: undefined, scans: new Map() })).toBe('')
})

test.each([
  '',
  '1',
  '12-0,x',
  `${A}=1`,
  `${A}=1.x`,
  `${A}=-1.5`,
  '1-0\n2-0',
  ' 1-0',
  'a'.repeat(1_000),
])('%j is not a position', (text) => {
  expect(parsePosition(text)).toBeUndefined()
})

test.each([
  ['2-0', '1-0', true],
  ['10-0', '9-0', true],
  ['1-10', '1-9', true],
  ['1-1', '1-1', false],
  ['1-0', '2-0', false],
  ['18446744073709551615-0', '18446744073709551614-0', true],
])('%s is newer than %s: %j', (a, b, expected) => {
  expect(isNewer(a, b)).toBe(expected)
})

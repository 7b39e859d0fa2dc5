import { expect, test } from 'vitest'
import stringWidth from 'string-width'
import { formatTable, type Column } from './format-table.ts'
import { fitText, padText } from './fit-text.ts'

type Row = [name: string, size: string, note: string]
const COLUMNS: Column<Row>[] = [
  { title: 'NAME', value: ([name]) => name },
  { title: 'SIZE', value: ([, size]) => size, align: 'right' },
  { title: 'NOTE', value: ([, , note]) => note },
]

const BLOCK_COLUMNS: Column<readonly [string, string, string]>[] = [
  { title: 'NAME', value: ([name]) => name },
  { title: 'COUNT', value: ([, count]) => count, align: 'right' },
  { title: 'STATE', value: ([, , state]) => state },
]

test('columns are as wide as their widest cell, numbers are right-aligned, and lines have no trailing spaces', () => {
  const rows: Row[] = [
    ['a', '1', 'short'],
    ['longer', '1000', ''],
  ]
  expect(formatTable(rows, COLUMNS)).toEqual([
    'NAME    SIZE  NOTE',
    'a          1  short',
    'longer  1000',
  ])
})

test('a table without rows consists of its header', () => {
  expect(formatTable([], COLUMNS)).toEqual(['NAME  SIZE  NOTE'])
})

test('in a narrow terminal the widest column shrinks first and the others stay whole', () => {
  const [, line] = formatTable([['deployments.apps', '12', 'word '.repeat(40)]], COLUMNS, 50)
  expect(line).toMatch(/^deployments\.apps {4}12 {2}word .*…$/)
  expect(stringWidth(line ?? '')).toBe(50)
})

test('the name column shrinks last, and every line fits the terminal', () => {
  const rows: Row[] = [['n'.repeat(60), 's'.repeat(30), 't'.repeat(30)]]
  for (const width of [120, 80, 60, 48]) {
    const lines = formatTable(rows, COLUMNS, width)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  }
  expect(formatTable(rows, COLUMNS, 90)[1]).toContain('n'.repeat(60))
})

test('in a terminal too narrow for a table each row becomes a block of lines with whole cells', () => {
  const row = ['n'.repeat(60), '7', 's'.repeat(30)] as const
  const lines = formatTable([row], BLOCK_COLUMNS, 20)
  expect(lines).toEqual(['NAME', row[0], '  count: 7', `  state: ${row[2]}`])
})

test('a block omits empty cells', () => {
  expect(formatTable([['n'.repeat(60), '', 'ok']], BLOCK_COLUMNS, 10)).toEqual([
    'NAME',
    'n'.repeat(60),
    '  state: ok',
  ])
})

test('wide characters count as two columns and combining marks as none', () => {
  expect(stringWidth('数据库')).toBe(6)
  expect(stringWidth('e\u0301')).toBe(1)
  expect(fitText('数据库', 5)).toBe('数据…')
  expect(fitText('数据库', 4)).toBe('数…')
  expect(padText('数', 4)).toBe('数  ')
  expect(padText('ab', 4, 'right')).toBe('  ab')
})

test('cells are reduced to one line of visible characters', () => {
  const [, line] = formatTable([['a\nb\u001B[31mc', '\u202E1', '\u0007']], COLUMNS)
  expect(line).toBe('a bc     1')
})

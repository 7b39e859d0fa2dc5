import { expect, test } from 'vitest'
import { tableLines, type Column } from './table.ts'
import { fitText, padText, textWidth } from './text-width.ts'

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

test('columns are as wide as their widest cell, numbers stand right, lines end without spaces', () => {
  const rows: Row[] = [
    ['a', '1', 'short'],
    ['longer', '1000', ''],
  ]
  expect(tableLines(rows, COLUMNS)).toEqual([
    'NAME    SIZE  NOTE',
    'a          1  short',
    'longer  1000',
  ])
})

test('without rows there is a header', () => {
  expect(tableLines([], COLUMNS)).toEqual(['NAME  SIZE  NOTE'])
})

test('in a narrow terminal the widest column gives, the others stay whole', () => {
  const [, line] = tableLines([['deployments.apps', '12', 'word '.repeat(40)]], COLUMNS, 50)
  expect(line).toMatch(/^deployments\.apps {4}12 {2}word .*…$/)
  expect(textWidth(line ?? '')).toBe(50)
})

test('the name is cut last, and every line fits', () => {
  const rows: Row[] = [['n'.repeat(60), 's'.repeat(30), 't'.repeat(30)]]
  for (const width of [120, 80, 60, 48]) {
    const lines = tableLines(rows, COLUMNS, width)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
  }
  expect(tableLines(rows, COLUMNS, 90)[1]).toContain('n'.repeat(60))
})

test('in a terminal too narrow for any table each row is a block of its cells, none cut', () => {
  const row = ['n'.repeat(60), '7', 's'.repeat(30)] as const
  const lines = tableLines([row], BLOCK_COLUMNS, 20)
  expect(lines).toEqual(['NAME', row[0], '  count: 7', `  state: ${row[2]}`])
})

test('a block leaves out empty cells', () => {
  expect(tableLines([['n'.repeat(60), '', 'ok']], BLOCK_COLUMNS, 10)).toEqual([
    'NAME',
    'n'.repeat(60),
    '  state: ok',
  ])
})

test('wide characters count twice and combining marks not at all', () => {
  expect(textWidth('数据库')).toBe(6)
  expect(textWidth('e\u0301')).toBe(1)
  expect(fitText('数据库', 5)).toBe('数据…')
  expect(fitText('数据库', 4)).toBe('数…')
  expect(padText('数', 4)).toBe('数  ')
  expect(padText('ab', 4, 'right')).toBe('  ab')
})

test('cells are one line of visible characters', () => {
  const [, line] = tableLines([['a\nb\u001B[31mc', '\u202E1', '\u0007']], COLUMNS)
  expect(line).toBe('a bc     1')
})

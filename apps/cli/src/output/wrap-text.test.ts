import { expect, test } from 'vitest'
import { wrapText } from './wrap-text.ts'

const NPX = 'npx -y pnpm@12.21.0 capstan'
const ID = `scan_${'0123456789abcdef'.repeat(2)}`

test('a line that fits is unchanged', () => {
  expect(wrapText('one two\n  three', 10, NPX)).toBe('one two\n  three')
})

test('a long line breaks at spaces and is indented to the text after its label', () => {
  expect(wrapText('  fix: set the name of the model', 28, NPX)).toBe(
    '  fix: set the name of the\n       model',
  )
  expect(wrapText('! a group did not answer in time', 20, NPX)).toBe(
    '! a group did not\n  answer in time',
  )
})

test('a command in backticks is not split between lines', () => {
  expect(wrapText('Look at it: `capstan get scans` lists them', 30, NPX)).toBe(
    'Look at it:\n`capstan get scans` lists them',
  )
})

test('a word longer than the line is not split', () => {
  expect(wrapText(`scan ${ID} ended`, 20, NPX)).toBe(`scan\n${ID}\nended`)
})

test('color codes do not count towards the line width', () => {
  expect(wrapText('\u001B[1mone\u001B[22m two three', 7, NPX)).toBe(
    '\u001B[1mone\u001B[22m two\nthree',
  )
})

test('a command after a label continues with backslashes and keeps quoted words together', () => {
  expect(wrapText(`Next: ${NPX} retry ${ID} --failed`, 60, NPX).split('\n')).toEqual([
    'Next:',
    `  ${NPX} retry \\`,
    `    ${ID} --failed`,
  ])
  const search = `Next: ${NPX} search "postgres with backups"`
  expect(wrapText(search, 40, NPX).split('\n')).toEqual([
    'Next:',
    `  ${NPX} search \\`,
    '    "postgres with backups"',
  ])
})

test('a colored label is recognized as a label', () => {
  const lines = wrapText(`\u001B[1mNext: \u001B[22m${NPX} retry ${ID} --failed`, 60, NPX).split(
    '\n',
  )
  expect(lines.slice(1)).toEqual([`  ${NPX} retry \\`, `    ${ID} --failed`])
})

test.each([40, 60, 80])('no line of a wrapped command is wider than %i columns', (columns) => {
  const lines = wrapText(`  watch it again: ${NPX} watch ${ID} --timeout 15m`, columns, NPX)
  for (const line of lines.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns)
})

test.each([
  `  ID=$(curl -s -H 'content-type: application/json' -d '{}' http://127.0.0.1:8080/api/v1/scans | head -1)`,
  '  curl -N -H "authorization: Bearer $CAPSTAN_TOKEN" http://127.0.0.1:8080/api/v1/scans/$ID/events',
])('the shell command %s is continued with backslashes, never inside quotes', (command) => {
  const lines = wrapText(command, 40, NPX).split('\n')
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/ \\$/)
  expect(
    lines
      .join('\n')
      .replaceAll(/ \\\n */g, ' ')
      .trim(),
  ).toBe(command.trim())
})

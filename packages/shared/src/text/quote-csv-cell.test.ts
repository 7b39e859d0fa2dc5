import { expect, test } from 'vitest'
import { quoteCsvCell } from './quote-csv-cell.ts'

test.each([
  ['plain', '"plain"'],
  ['say "hi", twice', '"say ""hi"", twice"'],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['-1', `"'-1"`],
  ['', '""'],
])('the cell %j is written as %s', (text, cell) => {
  expect(quoteCsvCell(text)).toBe(cell)
})

import { plainText } from '@capstan/shared/text/plain-text'
import { fitText, padText, textWidth } from './text-width.ts'

export interface Column<T> {
  title: string
  value: (row: T) => string
  align?: 'right'
  /** Shown by `-o wide` only. */
  wide?: boolean
}

const GAP = '  '
const LEAST_LAST = 12

/** Lines of a table, header first. With `width` the last column is cut to fit; cells are made safe to show. */
export function tableLines<T>(rows: T[], columns: Column<T>[], width?: number): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => plainText(value(row), 500))),
  ]
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => textWidth(line[index] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, cell) => sum + cell + GAP.length, 0)
  const last = columns.length - 1
  if (width !== undefined) {
    widths[last] = Math.min(widths[last] ?? 0, Math.max(LEAST_LAST, width - before))
  }
  return cells.map((line) =>
    line
      .map((cell, index) => {
        const fitted = fitText(cell, widths[index] ?? 0)
        return padText(fitted, widths[index] ?? 0, columns[index]?.align ?? 'left')
      })
      .join(GAP)
      .trimEnd(),
  )
}

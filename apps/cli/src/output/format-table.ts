import stringWidth from 'string-width'
import { fitText, padText } from './fit-text.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

export interface Column<T> {
  title: string
  value: (row: T) => string
  align?: 'right'
  /** Shown only with `-o wide`. */
  wide?: boolean
}

const GAP = '  '
const LEAST = 12
/** The first column names the row. It shrinks after all others, and to a larger minimum. */
const LEAST_NAME = 20

/**
 * Formats a table, header first. With `width`, columns shrink to fit. If the narrowest table does not fit,
 * each row becomes a block of `title: cell` lines below its first cell. Cells are sanitized.
 */
export function formatTable<T>(rows: T[], columns: Column<T>[], width?: number): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => toPlainText(value(row), 500))),
  ]
  const natural = columns.map((_, index) =>
    Math.max(...cells.map((line) => stringWidth(line[index] ?? ''))),
  )
  const widths = width === undefined ? natural : fitWidths(natural, width)
  if (width !== undefined && sumWidths(widths) > width) return stackRows(cells)
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

function sumWidths(widths: number[]): number {
  return widths.reduce((sum, cell) => sum + cell, 0) + GAP.length * (widths.length - 1)
}

/** Empty cells are omitted. The lines may exceed the width; the caller wraps them. */
function stackRows([titles = [], ...rows]: string[][]): string[] {
  const blocks = rows.flatMap(([name = '', ...cells]) => [
    name,
    ...cells.flatMap((cell, index) =>
      cell === '' ? [] : [`  ${(titles[index + 1] ?? '').toLowerCase()}: ${cell}`],
    ),
  ])
  return [titles[0] ?? '', ...blocks]
}

/** The widest column shrinks first, cell by cell, so that narrow columns stay whole. */
function fitWidths(natural: number[], width: number): number[] {
  const widths = [...natural]
  for (let over = sumWidths(widths) - width; over > 0; over--) {
    const widest = Math.max(0, ...widths.slice(1))
    const giver = widest > LEAST ? widths.lastIndexOf(widest) : 0
    const cells = widths[giver] ?? 0
    if (giver === 0 && cells <= LEAST_NAME) break // too narrow for any table
    widths[giver] = cells - 1
  }
  return widths
}

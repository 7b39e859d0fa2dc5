import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { fitText, padText, textWidth } from './text-width.ts'

export interface Column<T> {
  title: string
  value: (row: T) => string
  align?: 'right'
  /** Shown by `-o wide` only. */
  wide?: boolean
}

const GAP = '  '
const LEAST = 12
/** The first column names the row: it is cut after all others, and less. */
const LEAST_NAME = 20

/**
 * Lines of a table, header first. With `width` columns are cut to fit; where not even the narrowest table fits, each row is a
 * block of `title: cell` lines below its first cell. Cells are made safe to show.
 */
export function tableLines<T>(rows: T[], columns: Column<T>[], width?: number): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => toPlainText(value(row), 500))),
  ]
  const natural = columns.map((_, index) =>
    Math.max(...cells.map((line) => textWidth(line[index] ?? ''))),
  )
  const widths = width === undefined ? natural : fitWidths(natural, width)
  if (width !== undefined && totalWidth(widths) > width) return stackRows(cells)
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

function totalWidth(widths: number[]): number {
  return widths.reduce((sum, cell) => sum + cell, 0) + GAP.length * (widths.length - 1)
}

/** Empty cells are left out. The lines may be too long; they are text, which can be wrapped. */
function stackRows([titles = [], ...rows]: string[][]): string[] {
  const blocks = rows.flatMap(([name = '', ...cells]) => [
    name,
    ...cells.flatMap((cell, index) =>
      cell === '' ? [] : [`  ${(titles[index + 1] ?? '').toLowerCase()}: ${cell}`],
    ),
  ])
  return [titles[0] ?? '', ...blocks]
}

/** The widest column gives first, cell by cell, so that a narrow one is never cut for the sake of a wide one. */
function fitWidths(natural: number[], width: number): number[] {
  const widths = [...natural]
  for (let over = totalWidth(widths) - width; over > 0; over--) {
    const widest = Math.max(0, ...widths.slice(1))
    const giver = widest > LEAST ? widths.lastIndexOf(widest) : 0
    const cells = widths[giver] ?? 0
    if (giver === 0 && cells <= LEAST_NAME) break // too narrow for any table
    widths[giver] = cells - 1
  }
  return widths
}

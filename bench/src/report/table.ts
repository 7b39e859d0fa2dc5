export type Cell = string | number | null
export type Row = Record<string, Cell>

/** Renders a Markdown table of rows with the same keys. */
export function renderMarkdownTable(rows: Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => show(row[column] ?? null)))),
  ].join('\n')
}

function show(cell: Cell): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return Number.isInteger(cell) ? String(cell) : cell.toFixed(2)
  return cell
}

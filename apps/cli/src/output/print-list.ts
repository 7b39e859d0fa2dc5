import { printNote, type CliSession } from '../cli-session.ts'
import { formatForTerminal, readTerminalColumns } from './format-for-terminal.ts'
import { stringifySafeJson } from './stringify-safe-json.ts'
import { stringifySafeYaml } from './stringify-safe-yaml.ts'
import { formatTable, type Column } from './format-table.ts'
import { toPlainText } from '@capstan/shared/text/to-plain-text'

export interface ListView<T> {
  columns: Column<T>[]
  /** Output of `-o name`. */
  name: (row: T) => string
  /** Printed to stderr when the list is empty. */
  empty: string
}

/** Prints rows to stdout. NDJSON and names are printed page by page, other formats at the end. */
export async function printList<T>(
  session: CliSession,
  pages: AsyncIterable<T[]> | Iterable<T[]>,
  view: ListView<T>,
): Promise<void> {
  const rows: T[] = []
  let count = 0
  for await (const page of pages) {
    count += page.length
    if (session.format === 'ndjson')
      page.forEach((row) => session.io.out(`${stringifySafeJson(row)}\n`))
    else if (session.format === 'name')
      page.forEach((row) => session.io.out(`${toPlainText(view.name(row))}\n`))
    else rows.push(...page)
  }
  if (session.format === 'json') session.io.out(`${stringifySafeJson(rows, 2)}\n`)
  if (session.format === 'yaml') session.io.out(stringifySafeYaml(rows))
  if (count === 0) return printNote(session, view.empty)
  if (session.format === undefined || session.format === 'wide')
    printTable(session, rows, view.columns)
}

/** Prints a table to stdout, as wide as the terminal. */
export function printTable<T>(session: CliSession, rows: T[], columns: Column<T>[]): void {
  const shown = columns.filter(({ wide }) => wide !== true || session.format === 'wide')
  const width = session.format === 'wide' ? undefined : readTerminalColumns(session.io, 'out')
  const [header = '', ...lines] = formatTable(rows, shown, width)
  const text = `${[session.out.bold(header), ...lines].join('\n')}\n`
  session.io.out(session.format === 'wide' ? text : formatForTerminal(session.io, 'out', text))
}

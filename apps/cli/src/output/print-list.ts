import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { note, type Session } from '../session.ts'
import { peopleText, terminalColumns } from './people-text.ts'
import { safeJson } from './safe-json.ts'
import { safeYaml } from './safe-yaml.ts'
import { tableLines, type Column } from './table.ts'

export interface ListView<T> {
  columns: Column<T>[]
  /** What `-o name` prints. */
  name: (row: T) => string
  /** Told on stderr when there is nothing to list. */
  empty: string
}

/** Prints rows to stdout in the asked format; NDJSON and names as they come, the others at the end. */
export async function printList<T>(
  session: Session,
  pages: AsyncIterable<T[]> | Iterable<T[]>,
  view: ListView<T>,
): Promise<void> {
  const rows: T[] = []
  let count = 0
  for await (const page of pages) {
    count += page.length
    if (session.format === 'ndjson') page.forEach((row) => session.io.out(`${safeJson(row)}\n`))
    else if (session.format === 'name')
      page.forEach((row) => session.io.out(`${toPlainText(view.name(row))}\n`))
    else rows.push(...page)
  }
  if (session.format === 'json') session.io.out(`${safeJson(rows, 2)}\n`)
  if (session.format === 'yaml') session.io.out(safeYaml(rows))
  if (count === 0) return note(session, view.empty)
  if (session.format === undefined || session.format === 'wide')
    printTable(session, rows, view.columns)
}

/** A table on stdout, as wide as the terminal. */
export function printTable<T>(session: Session, rows: T[], columns: Column<T>[]): void {
  const shown = columns.filter(({ wide }) => wide !== true || session.format === 'wide')
  const width = session.format === 'wide' ? undefined : terminalColumns(session.io, 'out')
  const [header = '', ...lines] = tableLines(rows, shown, width)
  const text = `${[session.out.bold(header), ...lines].join('\n')}\n`
  session.io.out(session.format === 'wide' ? text : peopleText(session.io, 'out', text))
}

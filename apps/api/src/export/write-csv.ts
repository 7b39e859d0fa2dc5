import { quoteCsvCell } from '@capstan/shared/text/quote-csv-cell'
import type { CsvColumn } from './csv-column.ts'

/** Writes CSV (RFC 4180) with a header line. */
export async function* writeCsv<T>(
  pages: AsyncIterable<T[]>,
  columns: CsvColumn<T>[],
): AsyncGenerator<string> {
  yield `${columns.map(([name]) => name).join(',')}\r\n`
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map((row) => formatRow(row, columns)).join('')
  }
}

function formatRow<T>(row: T, columns: CsvColumn<T>[]): string {
  return `${columns.map(([, readCell]) => quoteCsvCell(String(readCell(row) ?? ''))).join(',')}\r\n`
}

import { quoteCsvCell } from '@capstan/shared/text/quote-csv-cell'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'

const COLUMNS: [name: string, read: (item: ScanItem) => string | number | null][] = [
  ['resource', ({ resource }) => resource],
  ['kind', ({ kind }) => kind],
  ['group', ({ group }) => group],
  ['version', ({ version }) => version],
  ['status', ({ status }) => status],
  ['attempts', ({ attempt }) => attempt],
  ['durationMs', ({ durationMs }) => durationMs],
  ['inputTokens', ({ usage }) => usage && usage.inputTokens + usage.cachedTokens],
  ['outputTokens', ({ usage }) => usage && usage.outputTokens],
  ['confidence', ({ confidence }) => confidence],
  ['source', ({ source }) => source],
  ['reason', ({ reason, problem }) => problem?.reason ?? reason],
  ['problem', ({ problem }) => problem && problem.title],
]

/** Formats types as CSV (RFC 4180), with a header line. */
export function formatItemsCsv(items: readonly ScanItem[]): string {
  const rows = items.map((item) =>
    COLUMNS.map(([, read]) => quoteCsvCell(String(read(item) ?? ''))),
  )
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

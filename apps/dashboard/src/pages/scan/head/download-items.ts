import { quoteCsvCell } from '@capstan/shared/text/quote-csv-cell'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'

export type ItemFormat = 'json' | 'csv'

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

/** Saves all types of a scan as a file. */
export async function downloadItems(scanId: string, format: ItemFormat): Promise<void> {
  const items = await readAllItems(scanId)
  const text = format === 'json' ? JSON.stringify(items, null, 2) : formatItemsCsv(items)
  const type = format === 'json' ? 'application/json' : 'text/csv'
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${scanId}.${format}`
  link.click()
  URL.revokeObjectURL(url)
}

async function readAllItems(scanId: string): Promise<ScanItem[]> {
  const all: ScanItem[] = []
  let cursor: string | null = null
  do {
    const { data, page } = await api.listItems(scanId, { limit: 200, cursor })
    all.push(...data)
    cursor = page.nextCursor
  } while (cursor !== null)
  return all
}

/** RFC 4180. */
export function formatItemsCsv(items: readonly ScanItem[]): string {
  const rows = items.map((item) =>
    COLUMNS.map(([, read]) => quoteCsvCell(String(read(item) ?? ''))),
  )
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'
import { formatItemsCsv } from './format-items-csv.ts'

export type ItemFormat = 'json' | 'csv'

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

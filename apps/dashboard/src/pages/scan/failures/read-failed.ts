import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'

/** Reads failed types of a scan, in pages, until there are `most` or no more. */
export async function readFailed(
  id: string,
  most: number,
  signal?: AbortSignal,
): Promise<ScanItem[]> {
  const all: ScanItem[] = []
  let cursor: string | null = null
  do {
    const list = { status: 'failed' as const, limit: 200, cursor }
    const { data, page } = await api.listItems(id, list, signal)
    all.push(...data)
    cursor = page.nextCursor
  } while (cursor !== null && all.length < most)
  return all
}

import type { ItemReason } from '@capstan/shared/contract/problem'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { api } from '../../../data/api.ts'

interface FailedChoice {
  /** Reads pages until there are this many types. */
  most: number
  /** Only types that failed for this reason. */
  reason?: ItemReason
  signal?: AbortSignal
}

/** Reads failed types of a scan, in pages. */
export async function readFailed(
  id: string,
  { most, reason, signal }: FailedChoice,
): Promise<ScanItem[]> {
  const all: ScanItem[] = []
  let cursor: string | null = null
  do {
    const list = { status: 'failed' as const, reason, limit: 200, cursor }
    const { data, page } = await api.listItems(id, list, signal)
    all.push(...data)
    cursor = page.nextCursor
  } while (cursor !== null && all.length < most)
  return all
}

import type { CapabilityView } from '@capstan/shared/contract/capability'
import { api } from '../../../data/api.ts'

/** Bounds the time and the memory of a comparison. */
const MOST_PAGES = 50
const LIMIT = 200

export interface AllRows {
  rows: CapabilityView[]
  /** There are more rows than a comparison reads. */
  isCut: boolean
}

/** Reads all rows of a cluster, at most 10,000. */
export async function readAllRows(cluster: string, signal: AbortSignal): Promise<AllRows> {
  const rows: CapabilityView[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read: Awaited<ReturnType<typeof api.listCapabilities>> = await api.listCapabilities(
      { cluster },
      { cursor, limit: LIMIT },
      signal,
    )
    rows.push(...read.data)
    cursor = read.page.nextCursor
    if (cursor === null) return { rows, isCut: false }
  }
  return { rows, isCut: true }
}

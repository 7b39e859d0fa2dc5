import type { Journal, PendingItem } from '../journal/types.ts'

interface ScanBound {
  scanId: string
  concurrency: number | null
}

/** Lists the unfinished items of a scan that should have a job: all of them, or as many as its concurrency allows. */
export async function listItemsWithJobs(
  journal: Pick<Journal, 'pending'>,
  { scanId, concurrency }: ScanBound,
): Promise<PendingItem[]> {
  const most = concurrency ?? undefined
  return (await journal.pending(scanId, most)).slice(0, most)
}

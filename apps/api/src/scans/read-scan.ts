import type { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import type { Journal } from '@capstan/scan-store/journal/types'

/** The scan, or AppError NOT_FOUND. */
export async function readScan(
  deps: { journal: Pick<Journal, 'scan'> },
  scanId: string,
): Promise<Scan> {
  const scan = await deps.journal.scan(scanId)
  if (!scan) throw noSuchScan()
  return scan
}

export function noSuchScan(): AppError {
  return new AppError('NOT_FOUND', 'There is no such scan', {
    hint: '`capstan get scans`, or GET /api/v1/scans, lists them; they are kept for 30 days.',
  })
}

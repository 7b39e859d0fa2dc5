import type { Scan } from '@capstan/shared/contract/scan/scan'
import { AppError } from '@capstan/shared/errors'
import type { Journal } from '@capstan/scan-store/journal/types'

/** Returns the scan, or throws AppError NOT_FOUND. */
export async function requireScan(
  deps: { journal: Pick<Journal, 'scan'> },
  scanId: string,
): Promise<Scan> {
  const scan = await deps.journal.scan(scanId)
  if (!scan) throw scanNotFoundError()
  return scan
}

/** Throws AppError NOT_FOUND for an unknown scan. */
export async function requireKnownScan(
  deps: { journal: Pick<Journal, 'exists'> },
  scanId: string,
): Promise<void> {
  if (!(await deps.journal.exists(scanId))) throw scanNotFoundError()
}

export function scanNotFoundError(): AppError {
  return new AppError('NOT_FOUND', 'The scan does not exist', {
    hint: '`capstan get scans`, or GET /api/v1/scans, lists the scans. Scans are kept for 30 days.',
  })
}

import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'

/**
 * AppError VALIDATION (422) for `concurrency` with execution `batch`: all types of such a scan wait in a batch at the
 * same time.
 */
export function checkConcurrency({
  concurrency,
  execution,
}: Pick<ScanRequest, 'concurrency' | 'execution'>): void {
  if (concurrency === undefined || execution !== 'batch') return
  const detail = 'cannot be combined with execution `batch`'
  throw new AppError('VALIDATION', 'A scan with execution batch cannot have a concurrency', {
    hint: 'Omit `concurrency`, or use execution `calls`.',
    extra: { unprocessable: true, errors: [{ pointer: '#/concurrency', detail }] },
  })
}

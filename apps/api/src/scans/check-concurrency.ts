import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'

/** AppError VALIDATION (422) for a concurrency with execution `batch`, whose types all wait in a batch at the same time. */
export function checkConcurrency({
  concurrency,
  execution,
}: Pick<ScanRequest, 'concurrency' | 'execution'>): void {
  if (concurrency === undefined || execution !== 'batch') return
  const detail = 'not possible with execution `batch`'
  throw new AppError('VALIDATION', 'A scan by batch cannot have a concurrency', {
    hint: 'Leave `concurrency` out, or use execution `calls`.',
    extra: { unprocessable: true, errors: [{ pointer: '#/concurrency', detail }] },
  })
}

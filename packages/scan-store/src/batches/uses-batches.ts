import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Whether the questions of a scan go through the batch API of its provider. The rules of `demo` answer at once. */
export function usesBatches({
  execution,
  provider,
}: Pick<Scan, 'execution' | 'provider'>): boolean {
  return execution === 'batch' && provider !== 'demo'
}

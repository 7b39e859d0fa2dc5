import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Tests whether a scan uses the batch API of its provider. The rules of `demo` answer immediately, so they never do. */
export function usesBatches({
  execution,
  provider,
}: Pick<Scan, 'execution' | 'provider'>): boolean {
  return execution === 'batch' && provider !== 'demo'
}

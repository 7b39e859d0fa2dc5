import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ApiDeps } from '../deps.ts'

/** Attempts of an item are bounded to 16 KiB, so that a page needs at most a few MB. */
const PAGE = 200

/** Yields all types of a scan by name, one page at a time. Each has its state at the time when its page was read. */
export async function* listAllItems(
  { journal }: Pick<ApiDeps, 'journal'>,
  scanId: string,
): AsyncGenerator<ScanItem[]> {
  const names = (await journal.resources(scanId)).toSorted()
  for (let from = 0; from < names.length; from += PAGE)
    yield await journal.itemsByName(scanId, names.slice(from, from + PAGE))
}

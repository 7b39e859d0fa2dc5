import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ApiClient } from './api-client.ts'
import { readPages } from './read-pages.ts'

/** Up to so many types are read one by one; a scan has thousands of others. */
const FEW = 20

/** These types of a scan as they are now, in no order. CliError when the scan or one of them is unknown. */
export async function readItems(
  api: Pick<ApiClient, 'get'>,
  scanId: string,
  resources: readonly string[],
  signal: AbortSignal,
): Promise<ScanItem[]> {
  const path = `/scans/${scanId}/resources`
  if (resources.length <= FEW) {
    const one = (name: string) => `${path}/${encodeURIComponent(name)}`
    return Promise.all(resources.map((name) => api.get(one(name), ScanItem, { signal })))
  }
  const wanted = new Set(resources)
  const items: ScanItem[] = []
  for await (const page of readPages(api, path, ScanItem, { signal })) {
    items.push(...page.filter(({ resource }) => wanted.has(resource)))
  }
  return items
}

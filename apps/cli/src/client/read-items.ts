import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ApiClient } from './api-client.ts'
import { readPages } from './read-pages.ts'

/** Up to this many types are read one by one. A scan may have thousands of other types. */
const FEW = 20

/**
 * Reads the current state of these types of a scan, in no particular order. Throws CliError for an unknown
 * scan or type.
 */
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

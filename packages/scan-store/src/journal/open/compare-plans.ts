import { z } from 'zod'
import type { JournalStore } from '../journal-store.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import type { RequestedTypes } from './new-scan.ts'

/** `none`: the scan has no plan. `all`: its plan contains every requested type. */
export type PlanMatch = z.infer<typeof PlanMatch>
const PlanMatch = z.enum(['none', 'all', 'missing'])

/** Types compared by one script call, which blocks Redis for about 0.4 ms. */
const CHUNK = 500

/** Compares the requested types with the plan of each scan. Returns the matches in the order of `scanIds`. */
export async function comparePlans(
  store: JournalStore,
  requested: RequestedTypes,
  scanIds: string[],
): Promise<PlanMatch[]> {
  return Promise.all(scanIds.map((id) => comparePlan(store, requested, id)))
}

async function comparePlan(
  { redis, keys }: JournalStore,
  { resources, contentKeys = {} }: RequestedTypes,
  scanId: string,
): Promise<PlanMatch> {
  let from = 0
  do {
    const chunk = resources.slice(from, from + CHUNK)
    const pairs = chunk.flatMap((resource) => [resource, contentKeys[resource] ?? ''])
    const args = [String(resources.length), ...pairs]
    const match = PlanMatch.parse(
      await journalScripts.comparePlan.run(redis, listScanKeys(keys, scanId), args),
    )
    if (match !== 'all') return match
    from += CHUNK
  } while (from < resources.length)
  return 'all'
}

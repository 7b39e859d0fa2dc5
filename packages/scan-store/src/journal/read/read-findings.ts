import type { JournalStore } from '../journal-store.ts'
import { StoredItemState } from './to-scan-item.ts'
import { StoredPlanEntry } from '../stored-plan-entry.ts'
import type { ScanFinding } from '../types.ts'

/** Types per read: a scan of 10,000 types must not block Redis or the event loop. */
const CHUNK = 500

/** Reads the finding of each type of a scan, about 200 bytes each. Empty for a scan without a plan. */
export async function readFindings(
  { redis, keys }: JournalStore,
  scanId: string,
): Promise<Map<string, ScanFinding>> {
  const findings = new Map<string, ScanFinding>()
  const names = await redis.hkeys(keys.scanItems(scanId))
  for (let from = 0; from < names.length; from += CHUNK) {
    const some = names.slice(from, from + CHUNK)
    const [facts, states] = await Promise.all([
      redis.hmget(keys.scanItems(scanId), ...some),
      redis.hmget(keys.scanStates(scanId), ...some),
    ])
    for (const [index, name] of some.entries()) {
      const [fact, state] = [facts[index], states[index]]
      if (fact && state) findings.set(name, toFinding(fact, state))
    }
  }
  return findings
}

function toFinding(facts: string, state: string): ScanFinding {
  const { definition, definitionHash, contentKey } = StoredPlanEntry.parse(JSON.parse(facts))
  const { s: status, ah: answer } = StoredItemState.parse(JSON.parse(state))
  return { definition: definitionHash ?? definition, contentKey, status, answer }
}

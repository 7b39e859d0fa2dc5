import type { JournalStore } from './journal.ts'
import { StoredItemState } from './item-view.ts'
import { StoredPlanEntry } from './plan-facts.ts'
import type { ScanFinding } from './types.ts'

/** Types read at a time: a scan of 10,000 must not keep Redis or this process from others. */
const CHUNK = 500

/** Some 200 bytes of each type of a scan; empty for one that has no plan. */
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
      if (fact && state) findings.set(name, findingOf(fact, state))
    }
  }
  return findings
}

function findingOf(facts: string, state: string): ScanFinding {
  const { definition, definitionHash, contentKey } = StoredPlanEntry.parse(JSON.parse(facts))
  const { s: status, ah: answer } = StoredItemState.parse(JSON.parse(state))
  return { definition: definitionHash ?? definition, contentKey, status, answer }
}

import type { JournalStore } from '../journal-store.ts'
import { parseScanChange, type ScanChange } from './scan-change.ts'

const PAGE = 1_000

/**
 * Reads the changes after stream id `after`, up to and with `upTo`. Undefined when the stream does not hold the entry `after`:
 * it was trimmed, or a restart of Redis lost it. Changes between are then unknown.
 */
export async function readScanChanges(
  { redis, keys }: Pick<JournalStore, 'redis' | 'keys'>,
  after: string,
  upTo: string,
): Promise<ScanChange[] | undefined> {
  const known = await redis.xrange(keys.scanChanges, after, after)
  if (known.length === 0) return undefined
  const changes: ScanChange[] = []
  let from = after
  for (;;) {
    const page = await redis.xrange(keys.scanChanges, `(${from}`, upTo, 'COUNT', PAGE)
    changes.push(...page.map(([id, fields]) => parseScanChange(id, fields)))
    if (page.length < PAGE) return changes
    from = page.at(-1)?.[0] ?? upTo
  }
}

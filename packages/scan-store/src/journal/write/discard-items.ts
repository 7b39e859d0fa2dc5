import { z } from 'zod'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { JournalStore } from '../journal-store.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import type { DiscardOutcome } from '../types.ts'

const Reply = z.union([
  z.tuple([z.literal('unknown')]),
  z.tuple([
    z.enum(['changed', 'unchanged', 'not-failed', 'wrong-state']),
    ScanStatus,
    z.array(z.string()),
  ]),
])

/** Runs discard.lua. */
export async function discardItems(
  { redis, keys }: JournalStore,
  scanId: string,
  only: string[] = [],
): Promise<DiscardOutcome> {
  const reply = Reply.parse(
    await journalScripts.discard.run(redis, listScanKeys(keys, scanId), only),
  )
  const [outcome, status, resources] = reply
  if (outcome === 'unknown') return { outcome }
  return outcome === 'wrong-state' ? { outcome, status } : { outcome, status, resources }
}

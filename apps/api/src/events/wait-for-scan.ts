import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { EventHub } from './event-hub.ts'

export interface WaitDeps {
  hub: EventHub
  journal: Pick<Journal, 'scan'>
}

/**
 * Reads a scan until `isEnough` returns true, `withinMs` have passed, the caller is gone, or the scan does not exist.
 * Reads again only after a new event of the scan.
 */
export async function waitForScan(
  deps: WaitDeps,
  scanId: string,
  isEnough: (scan: Scan) => boolean,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<Scan | undefined> {
  let notify: () => void = () => undefined
  const over = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const onOver = (): void => notify()
  over.addEventListener('abort', onOver)
  const unfollow = await deps.hub.follow(scanId, {
    onEvent: () => notify(),
    onRewind: () => notify(),
  })
  try {
    for (;;) {
      // Created before the read, so that an event during the read is not missed.
      const changed = new Promise<void>((resolve) => (notify = resolve))
      const scan = await deps.journal.scan(scanId)
      if (!scan || over.aborted || isEnough(scan)) return scan
      await changed
    }
  } finally {
    over.removeEventListener('abort', onOver)
    unfollow()
  }
}

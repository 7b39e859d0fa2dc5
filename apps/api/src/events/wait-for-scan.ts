import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import type { EventHub } from './event-hub.ts'

export interface WaitDeps {
  hub: EventHub
  journal: Pick<Journal, 'scan'>
}

/**
 * Reads a scan until `enough` says so, `withinMs` have passed, the caller is gone, or there is no such scan.
 * Asks again only when the scan has a new event.
 */
export async function waitForScan(
  deps: WaitDeps,
  scanId: string,
  enough: (scan: Scan) => boolean,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<Scan | undefined> {
  let ring: () => void = () => undefined
  const over = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const onOver = (): void => ring()
  over.addEventListener('abort', onOver)
  const unfollow = await deps.hub.follow(scanId, {
    onEvent: () => ring(),
    // It changes how long a scan takes, never what has become of it.
    onProvider: () => undefined,
    onRewind: () => ring(),
  })
  try {
    for (;;) {
      // Made before the read: an event written during it must not be missed.
      const rung = new Promise<void>((resolve) => (ring = resolve))
      const scan = await deps.journal.scan(scanId)
      if (!scan || over.aborted || enough(scan)) return scan
      await rung
    }
  } finally {
    over.removeEventListener('abort', onOver)
    unfollow()
  }
}

import { sleep } from '@capstan/shared/async/sleep'
import { lockMs, type TendDeps } from './tend-deps.ts'
import { tendScan } from './tend-scan.ts'

export interface BatchTender {
  /** Ends after the step under way. */
  stop(): Promise<void>
}

/**
 * Looks after the batches of all scans for as long as the process runs: gathers, hands over, polls, collects,
 * cancels. Every worker does; a lock keeps two from the same scan.
 */
export function tendBatches(deps: TendDeps): BatchTender {
  const stopping = new AbortController()
  const loop = run(deps, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}

async function run(deps: TendDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const scanId of await deps.book.listScans()) {
        if (!signal.aborted) await tendAlone(deps, scanId, signal)
      }
    } catch (error) {
      if (!signal.aborted) deps.log.warn({ err: error }, 'the batches cannot be looked after now')
    }
    // eslint-disable-next-line promise/prefer-await-to-then -- a stop is an end, not a failure
    await sleep(deps.times.pollMs, { signal, ref: false })
  }
}

/** One scan that fails must not keep the others waiting. */
async function tendAlone(deps: TendDeps, scanId: string, signal: AbortSignal): Promise<void> {
  if (!(await deps.book.lockScan(scanId, deps.workerId, lockMs(deps)))) return
  try {
    await tendScan(deps, scanId, signal)
  } catch (error) {
    if (!signal.aborted) deps.log.warn({ err: error, scanId }, 'a batch could not be looked after')
  } finally {
    await deps.book.unlockScan(scanId, deps.workerId)
  }
}

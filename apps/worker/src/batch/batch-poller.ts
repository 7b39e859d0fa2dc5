import { sleep } from '@capstan/shared/async/sleep'
import { computeLockMs, type PollerDeps } from './poller-deps.ts'
import { pollScan } from './poll-scan.ts'

export interface BatchPoller {
  /** Stops after the current step. */
  stop(): Promise<void>
}

/**
 * Submits, polls, collects and cancels the batches of all scans until it is stopped. Every worker runs a poller; a lock
 * per scan lets one at a time handle it.
 */
export function startBatchPoller(deps: PollerDeps): BatchPoller {
  const stopping = new AbortController()
  const loop = run(deps, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}

async function run(deps: PollerDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const scanId of await deps.batchStore.listScans()) {
        if (!signal.aborted) await pollUnderLock(deps, scanId, signal)
      }
    } catch (error) {
      if (!signal.aborted) deps.log.warn({ err: error }, 'could not poll the batches')
    }
    // eslint-disable-next-line promise/prefer-await-to-then -- a stop is an end, not a failure
    await sleep(deps.times.pollMs, { signal, ref: false })
  }
}

/** A failure of one scan must not delay the others. */
async function pollUnderLock(deps: PollerDeps, scanId: string, signal: AbortSignal): Promise<void> {
  if (!(await deps.batchStore.lockScan(scanId, deps.workerId, computeLockMs(deps)))) return
  try {
    await pollScan(deps, scanId, signal)
  } catch (error) {
    if (!signal.aborted)
      deps.log.warn({ err: error, scanId }, 'could not poll the batches of a scan')
  } finally {
    await deps.batchStore.unlockScan(scanId, deps.workerId)
  }
}

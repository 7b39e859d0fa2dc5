import type { ServedProvider } from './contract/worker-status.ts'

const PARENT_GONE = 'parent gone'
/** Redis was most likely started by the same parent and is gone too: then there is nothing to hand back to. */
const ORPHAN_GRACE_MS = 3_000

/**
 * Resolves with the reason when the process is asked to stop: SIGTERM, SIGINT, or, for a child that was
 * started with an IPC channel, the end of its parent. A second ask, or the deadline, ends it by force.
 */
export function waitForStopRequest(graceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    const stop = (reason: string): void => {
      if (asked) process.exit(130)
      asked = true
      // With Redis gone a BullMQ worker never closes; only this ends the process then.
      const limitMs = reason === PARENT_GONE ? Math.min(ORPHAN_GRACE_MS, graceMs) : graceMs
      setTimeout(() => process.exit(1), limitMs).unref()
      resolve(reason)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    if (process.send) process.once('disconnect', () => stop(PARENT_GONE))
  })
}

/** What a child tells the process that started it, once it serves. */
export interface ReadyMessage extends Partial<ProvidersMessage> {
  ready: true
  url: string
}

/** Tells a parent with an IPC channel that this process serves now; does nothing without one. */
export function announceReady(url: string, providers?: ServedProvider[]): void {
  process.send?.({ ready: true, url, ...(providers ? { providers } : {}) } satisfies ReadyMessage)
}

/** From a worker to the process that started it: which providers and models it serves now. */
export interface ProvidersMessage {
  providers: ServedProvider[]
}

/** Sends a parent with an IPC channel what this worker serves; does nothing without one. */
export function announceProviders(providers: ServedProvider[]): void {
  process.send?.({ providers } satisfies ProvidersMessage)
}

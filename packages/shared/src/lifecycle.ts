import type { ServedProvider } from './contract/worker-status.ts'

const PARENT_GONE = 'parent gone'
/** Without its parent, the local Redis of the same parent has most likely ended too, so no job can be released. */
const ORPHAN_GRACE_MS = 3_000

/**
 * Resolves with the reason when the process should stop: SIGTERM, SIGINT or, for a child with an IPC channel, the end of its
 * parent. A second signal exits at once. After `graceMs` the process exits with code 1.
 */
export function waitForStopRequest(graceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let isStopping = false
    const stop = (reason: string): void => {
      if (isStopping) process.exit(130)
      isStopping = true
      // Without Redis a BullMQ worker never closes.
      const limitMs = reason === PARENT_GONE ? Math.min(ORPHAN_GRACE_MS, graceMs) : graceMs
      setTimeout(() => process.exit(1), limitMs).unref()
      resolve(reason)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    if (process.send) process.once('disconnect', () => stop(PARENT_GONE))
  })
}

/** IPC message of a child to its parent when the child is ready. */
export interface ReadyMessage extends Partial<ProvidersMessage> {
  ready: true
  url: string
}

/** Sends a ReadyMessage to the parent. Does nothing without an IPC channel. */
export function announceReady(url: string, providers?: ServedProvider[]): void {
  process.send?.({ ready: true, url, ...(providers ? { providers } : {}) } satisfies ReadyMessage)
}

/** IPC message of a worker to its parent: the providers and models that it serves now. */
export interface ProvidersMessage {
  providers: ServedProvider[]
}

/** Sends a ProvidersMessage to the parent. Does nothing without an IPC channel. */
export function announceProviders(providers: ServedProvider[]): void {
  process.send?.({ providers } satisfies ProvidersMessage)
}

import { setTimeout as wait } from 'node:timers/promises'
import { reconcileScan, type LastPass, type ReconcilerDeps } from './reconcile-scan.ts'

export interface Reconciler {
  /** Resolves after the first pass that starts after this call. */
  nextPass(): Promise<void>
  stop(): Promise<void>
}

/**
 * Compares journal and queue of every unfinished scan in each interval and adds missing jobs. Any number of processes may run
 * it at once, because every step may be repeated. A failed pass is logged and the next pass retries.
 */
export function startReconciler(
  deps: ReconcilerDeps,
  { intervalMs }: { intervalMs: number },
): Reconciler {
  const stopped = new AbortController()
  const seen: LastPass = new Map()
  let waiters: (() => void)[] = []
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const current = waiters
      waiters = []
      await runPass(deps, seen, stopped.signal)
      for (const resolve of current) resolve()
      if (waiters.length > 0) continue
      await Promise.race([
        wait(intervalMs, undefined, { signal: stopped.signal }),
        awaitRequest(),
      ]).catch(() => undefined)
    }
    for (const resolve of waiters) resolve()
  }
  let requestPass: () => void = () => undefined
  const awaitRequest = (): Promise<void> => new Promise((resolve) => (requestPass = resolve))
  const running = run()
  return {
    nextPass: () =>
      new Promise((resolve) => {
        waiters.push(resolve)
        requestPass()
      }),
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

async function runPass(deps: ReconcilerDeps, seen: LastPass, signal: AbortSignal): Promise<void> {
  try {
    const active = await deps.journal.activeScanIds()
    for (const scanId of seen.keys()) if (!active.includes(scanId)) seen.delete(scanId)
    for (const scanId of active) {
      if (signal.aborted) return
      await reconcileScan(deps, seen, scanId)
    }
  } catch (error) {
    deps.log.warn({ err: error }, 'reconciling failed; the next pass will retry')
  }
}

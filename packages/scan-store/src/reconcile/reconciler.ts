import { setTimeout as wait } from 'node:timers/promises'
import type { Journal } from '../journal/types.ts'
import type { Log } from '@capstan/shared/log'
import type { EnsureJobsDeps } from '../queue/ensure-jobs.ts'
import type { PlanQueue } from '../queue/plan-queue.ts'
import { reconcileScan } from './reconcile-scan.ts'

export interface ReconcilerDeps extends Omit<EnsureJobsDeps, 'journal'> {
  journal: Pick<
    Journal,
    | 'activeScanIds'
    | 'announceRoute'
    | 'scan'
    | 'pending'
    | 'jobInputs'
    | 'repair'
    | 'abandon'
    | 'failScan'
    | 'item'
    | 'resume'
  >
  planQueue: PlanQueue
  log: Log
  /** For metrics: what was found wrong and put right, and how often. */
  onRepair?: (what: RepairKind, count: number) => void
}

export type RepairKind = 'counter' | 'missing_job' | 'lost_item' | 'plan_job'

export interface Reconciler {
  /** Ends with the first pass that began after this call. */
  nextPass(): Promise<void>
  stop(): Promise<void>
}

/** What the pass before saw of each scan. */
export type LastPass = Map<string, { seq: number; repaired: boolean }>

/**
 * Compares journal and queue of every active scan, again and again, and adds what is missing. Any number of
 * processes may run it at once: every step may be repeated. A pass that fails is logged; the next tries again.
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
      const served = waiters
      waiters = []
      await onePass(deps, seen, stopped.signal)
      for (const serve of served) serve()
      if (waiters.length > 0) continue
      await Promise.race([wait(intervalMs, undefined, { signal: stopped.signal }), asked()]).catch(
        () => undefined,
      )
    }
    for (const serve of waiters) serve()
  }
  let ask: () => void = () => undefined
  const asked = (): Promise<void> => new Promise((resolve) => (ask = resolve))
  const running = run()
  return {
    nextPass: () =>
      new Promise((resolve) => {
        waiters.push(resolve)
        ask()
      }),
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

async function onePass(deps: ReconcilerDeps, seen: LastPass, signal: AbortSignal): Promise<void> {
  try {
    const active = await deps.journal.activeScanIds()
    for (const scanId of seen.keys()) if (!active.includes(scanId)) seen.delete(scanId)
    for (const scanId of active) {
      if (signal.aborted) return
      await reconcileScan(deps, seen, scanId)
    }
  } catch (error) {
    deps.log.warn({ err: error }, 'reconciling failed; the next pass tries again')
  }
}

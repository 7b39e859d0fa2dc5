import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Provider } from '@capstan/shared/contract/provider'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { resetRouteFaults } from '@capstan/limits/health/reset-route-faults'
import type { LuaScript } from '@capstan/redis/lua-script'
import { truncateFault, truncateProblem } from '../truncate-problem.ts'
import type { JournalStore } from '../journal-store.ts'
import { toBudgetFields } from '../open/to-budget-fields.ts'
import { discardItems } from './discard-items.ts'
import { openScan } from '../open/open-scan.ts'
import { NO_ROUTE_BOUNDS } from '../../routes/route-registry.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import type { ControlOutcome, Journal, PauseCause } from '../types.ts'

type ControlSide = Pick<
  Journal,
  | 'open'
  | 'announceRoute'
  | 'failScan'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'retry'
  | 'discard'
  | 'forget'
>

const Controlled = z.union([
  z.tuple([z.literal('unknown')]),
  z.tuple([z.enum(['changed', 'unchanged', 'wrong-state', 'over-budget']), ScanStatus], z.int()),
  z.tuple([z.enum(['overloaded-by-token', 'overloaded-by-installation']), ScanStatus]),
])
const NotFailed = z.tuple([z.literal('not-failed'), ScanStatus, z.array(z.string())])
const Announced = z.enum(['announced', 'live', 'token', 'installation', 'not-active'])

// Blocks Redis for about 25 ms. If the process dies between two calls, `repair` cancels the rest.
const CANCEL_CHUNK = 2000

/** Writes that concern a scan as a whole. */
export function openScanControl(store: JournalStore): ControlSide {
  const { redis, keys } = store
  const bounds = async (): Promise<string> =>
    JSON.stringify((await store.routeBounds?.()) ?? NO_ROUTE_BOUNDS)
  const control = async (
    script: LuaScript,
    scanId: string,
    args: (string | number)[],
  ): Promise<ControlOutcome & { count?: number }> =>
    asOutcome(await script.run(redis, listScanKeys(keys, scanId), args))
  return {
    open: async (scan) => openScan(store, scan, await bounds()),
    announceRoute: async (scanId) => {
      const args = [await bounds()]
      return asAnnouncement(
        await journalScripts.announceRoute.run(redis, listScanKeys(keys, scanId), args),
      )
    },
    failScan: (scanId, problem) =>
      control(journalScripts.failScan, scanId, [JSON.stringify(truncateProblem(problem))]),
    pause: (scanId, by, reason, cause) =>
      control(journalScripts.pause, scanId, [JSON.stringify(buildPause(by, reason, cause))]),
    resume: async (scanId, by, budget = {}) => {
      await allowRouteRetry(store, scanId)
      const limits = Object.entries(toBudgetFields(budget)).flat()
      return control(journalScripts.resume, scanId, [by, await bounds(), ...limits])
    },
    cancel: (scanId, by) =>
      cancelInChunks(() => control(journalScripts.cancel, scanId, [by, String(CANCEL_CHUNK)])),
    retry: async (scanId, by, only = []) => {
      await allowRouteRetry(store, scanId)
      const args = [by, randomUUID(), await bounds(), ...only]
      const reply = await journalScripts.retry.run(redis, listScanKeys(keys, scanId), args)
      const refused = NotFailed.safeParse(reply).data
      if (refused) return { outcome: refused[0], status: refused[1], resources: refused[2] }
      const { count, ...answer } = asOutcome(reply)
      return count === undefined ? answer : { ...answer, requeued: count }
    },
    discard: (scanId, only) => discardItems(store, scanId, only),
    forget: (scanId) => control(journalScripts.forget, scanId, []),
  }
}

function asOutcome(answer: unknown): ControlOutcome & { count?: number } {
  const reply = Controlled.parse(answer)
  if (reply[0] === 'unknown') return { outcome: 'unknown' }
  if (reply[0] === 'overloaded-by-token' || reply[0] === 'overloaded-by-installation') {
    const bound = reply[0] === 'overloaded-by-token' ? 'token' : 'installation'
    return { outcome: 'overloaded', status: reply[1], bound }
  }
  const [outcome, status, count] = reply
  return { outcome, status, ...(count === undefined ? {} : { count }) }
}

/** A resume or a retry by a person means that the cause of failed calls is fixed, so the route may be called again. */
async function allowRouteRetry({ redis, keys }: JournalStore, scanId: string): Promise<void> {
  const [provider, model] = await redis.hmget(keys.scan(scanId), 'provider', 'model')
  const route = ScanRoute.safeParse({ provider, model }).data
  if (route) await resetRouteFaults(redis, keys, route)
}

const ScanRoute = z.object({ provider: Provider, model: z.string() })

async function cancelInChunks(
  cancelChunk: () => Promise<ControlOutcome & { count?: number }>,
): Promise<ControlOutcome> {
  const first = await cancelChunk()
  let last = first
  while (last.count) last = await cancelChunk()
  // Another process deleted the scan between two calls.
  if (first.outcome === 'unknown' || last.outcome === 'unknown') return { outcome: 'unknown' }
  if (first.outcome === 'overloaded') return first
  return { outcome: first.outcome, status: last.status }
}

function asAnnouncement(reply: unknown): Awaited<ReturnType<Journal['announceRoute']>> {
  const outcome = Announced.parse(reply)
  return outcome === 'token' || outcome === 'installation' ? 'overloaded' : outcome
}

function buildPause(by: string, reason: string, { problem, fault }: PauseCause = {}) {
  return {
    by,
    reason,
    ...(problem && { problem: truncateProblem(problem) }),
    ...(fault && { fault: truncateFault(fault) }),
  }
}

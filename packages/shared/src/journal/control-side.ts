import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ItemProblem } from '../contract/problem.ts'
import { ScanStatus } from '../contract/scan.ts'
import type { LuaScript } from '../redis/lua-script.ts'
import { fitProblem } from './fit-problem.ts'
import type { JournalStore } from './journal.ts'
import { budgetFields } from './budget-fields.ts'
import { scanKeys } from './scan-keys.ts'
import { scripts } from './scripts.ts'
import type { ControlOutcome, Journal, NewScan, OpenOutcome } from './types.ts'

type ControlSide = Pick<
  Journal,
  'open' | 'failScan' | 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'
>

const Opened = z.union([
  z.tuple([z.literal('opened')]),
  z.tuple([z.literal('conflict'), z.string()]),
])
const Controlled = z.union([
  z.tuple([z.literal('unknown')]),
  z.tuple([z.enum(['changed', 'unchanged', 'wrong-state', 'over-budget']), ScanStatus], z.int()),
])

// About 25 ms of Redis. A process that dies between two parts leaves the rest to `repair`.
const CANCEL_AT_ONCE = 2000

/** What people do to a scan as a whole. */
export function controlSide({ redis, keys }: JournalStore): ControlSide {
  const control = async (
    script: LuaScript,
    scanId: string,
    args: (string | number)[],
  ): Promise<ControlOutcome & { count?: number }> => {
    const reply = Controlled.parse(await script.run(redis, scanKeys(keys, scanId), args))
    if (reply[0] === 'unknown') return { outcome: 'unknown' }
    const [outcome, status, count] = reply
    return { outcome, status, ...(count === undefined ? {} : { count }) }
  }
  const cancelPart = (scanId: string, by: string) =>
    control(scripts.cancel, scanId, [by, String(CANCEL_AT_ONCE)])
  return {
    open: async (scan) => {
      const args = [scan.id, scan.request.cluster, scan.request.onConflict, ...hashFields(scan)]
      return asOpenOutcome(
        Opened.parse(await scripts.open.run(redis, scanKeys(keys, scan.id), args)),
      )
    },
    failScan: (scanId, problem) =>
      control(scripts.failScan, scanId, [JSON.stringify(fitProblem(problem))]),
    pause: (scanId, by, reason, problem) =>
      control(scripts.pause, scanId, [JSON.stringify(pauseFacts(by, reason, problem))]),
    resume: (scanId, by, budget = {}) =>
      control(scripts.resume, scanId, [by, ...Object.entries(budgetFields(budget)).flat()]),
    cancel: async (scanId, by) => {
      const first = await cancelPart(scanId, by)
      let last = first
      while (last.count) last = await cancelPart(scanId, by)
      // Forgotten by somebody between two parts.
      if (first.outcome === 'unknown' || last.outcome === 'unknown') return { outcome: 'unknown' }
      return { outcome: first.outcome, status: last.status }
    },
    retry: async (scanId, by, only = []) => {
      const { count, ...answer } = await control(scripts.retry, scanId, [by, randomUUID(), ...only])
      return count === undefined ? answer : { ...answer, requeued: count }
    },
    forget: (scanId) => control(scripts.forget, scanId, []),
  }
}

function asOpenOutcome(reply: z.infer<typeof Opened>): OpenOutcome {
  return reply[0] === 'opened' ? { outcome: 'opened' } : { outcome: 'conflict', scanId: reply[1] }
}

function hashFields(scan: NewScan): string[] {
  const {
    include,
    exclude,
    mode,
    priority,
    labels,
    execution = 'calls',
    order = 'name',
  } = scan.request
  return Object.entries({
    provider: scan.provider,
    model: scan.model,
    mode,
    execution,
    order,
    priority,
    createdBy: scan.createdBy,
    include: JSON.stringify(include),
    exclude: JSON.stringify(exclude),
    labels: JSON.stringify(labels),
    ...(scan.price ? { price: JSON.stringify(scan.price) } : {}),
    ...budgetFields(scan.request.budget ?? {}),
  })
    .flat()
    .map(String)
}

function pauseFacts(by: string, reason: string, problem?: ItemProblem) {
  return { by, reason, ...(problem ? { problem: fitProblem(problem) } : {}) }
}

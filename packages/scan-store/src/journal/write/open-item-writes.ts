import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ItemProblem } from '@capstan/shared/contract/problem'
import { Execution } from '@capstan/shared/contract/scan/scan-options'
import { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { Provider } from '@capstan/shared/contract/provider'
import { listClaimKeys, type ClaimRequest } from '../script-keys.ts'
import type { JournalStore } from '../journal-store.ts'
import { Price } from '@capstan/shared/prices/price'
import { buildPlanArguments } from './build-plan-arguments.ts'
import { StoredPlanEntry } from '../stored-plan-entry.ts'
import { batchCalls } from '@capstan/redis/batch-calls'
import { WORKER_TIMEOUT_MS } from '../../workers/heartbeat.ts'
import { buildRecordArguments, type RecordArguments } from './build-record-arguments.ts'
import { listRecordKeys } from '../script-keys.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import { truncateProblem } from '../truncate-problem.ts'
import type { Claim, Journal } from '../types.ts'

type WorkSide = Pick<Journal, 'plan' | 'claim' | 'reserve' | 'record' | 'abandon' | 'repair'>

// A type that loses this many workers is likely the cause of their crashes.
const MAX_LOSSES = 5
const WORKER_LOST: ItemProblem = {
  reason: 'worker_lost',
  title: `${MAX_LOSSES} workers died while analyzing this type`,
  hint: 'Look at the logs of the workers, then retry the scan.',
  retryable: false,
}
const BUDGET_USED_UP: ItemProblem = {
  reason: 'budget_exceeded',
  title: "The next call would pass a limit of the scan's budget",
  hint:
    'Resume the scan with a larger budget (`capstan resume ID --max-cost 5`, or POST /scans/{id}/resume with `budget`), or cancel it. ' +
    'What it found so far is kept.',
  retryable: false,
}

const ScanFacts = z.tuple([
  z.string(),
  Provider,
  z.string(),
  z.enum(['incremental', 'full']),
  z.string().transform((price) => (price ? Price.parse(JSON.parse(price)) : null)),
  Execution,
  z.string().transform((text) => (text === '' ? null : Number(text))),
  z.enum(['0', '1']),
])
const Claimed = z.tuple([z.int(), z.int(), z.string(), z.string()])
const Waiting = z.tuple([z.literal('waiting'), z.string(), z.int(), z.int()])
const Refused = z.union([
  z.tuple([z.enum(['paused', 'canceled', 'already-done', 'unknown'])]),
  z.tuple([z.literal('already-done'), ItemStatus, z.string()]),
])
const ClaimReplies = z.tuple([z.unknown()], z.unknown())

const PlanReply = z.enum(['planned', 'already-planned', 'not-open'])
const AbandonReply = z.enum(['recorded', 'duplicate', 'unknown'])
const RepairReply = z.array(z.string())
const Reserved = z.enum(['reserved', 'over-budget', 'fenced', 'unknown'])
const RecordReplies = z.array(z.enum(['recorded', 'duplicate', 'fenced', 'unknown']))
const ScanAndWorker = z.tuple([z.string(), z.string()])
/** Items per script call, which blocks Redis for 1 to 2 ms. */
const MAX_ITEMS = 50

/**
 * Writes of the planner and the workers. Claims and records of one scan that are requested in one turn of the event loop
 * share one script call, because most of the cost of a script is its start.
 */
export function openItemWrites({ redis, keys }: JournalStore): WorkSide {
  const claimed = batchCalls(MAX_ITEMS, async (name: string, items: ClaimRequest[]) => {
    const [scanId, worker] = ScanAndWorker.parse(JSON.parse(name))
    const pairs = items.flatMap(({ resource }) => [resource, randomUUID()])
    const problems = [JSON.stringify(WORKER_LOST), JSON.stringify(BUDGET_USED_UP)]
    const args = [worker, MAX_LOSSES, ...problems, WORKER_TIMEOUT_MS, ...pairs]
    const replies = await journalScripts.claim.run(redis, listClaimKeys(keys, scanId, items), args)
    return toClaims(scanId, items, ClaimReplies.parse(replies))
  })
  const recorded = batchCalls(MAX_ITEMS, async (scanId: string, items: RecordArguments[]) =>
    RecordReplies.parse(
      await journalScripts.record.run(redis, listRecordKeys(keys, scanId), items.flat()),
    ),
  )
  return {
    plan: async (scanId, plan) => {
      const args = buildPlanArguments(plan)
      return PlanReply.parse(await journalScripts.plan.run(redis, listScanKeys(keys, scanId), args))
    },
    claim: (scanId, resource, worker, contentKey = '') =>
      claimed(JSON.stringify([scanId, worker]), { resource, contentKey }),
    reserve: async (scanId, resource, epoch, { costUsd, tokens, pausesWhenExceeded }) => {
      const micros = Math.ceil(costUsd * 1_000_000)
      const problem = pausesWhenExceeded ? JSON.stringify(BUDGET_USED_UP) : ''
      const args = [resource, epoch, micros, tokens ?? '', problem]
      return Reserved.parse(
        await journalScripts.reserve.run(redis, listScanKeys(keys, scanId), args),
      )
    },
    record: (scanId, resource, epoch, outcome) =>
      recorded(scanId, buildRecordArguments(resource, epoch, outcome)),
    abandon: async (scanId, resource, problem) => {
      const args = [resource, JSON.stringify(truncateProblem(problem)), problem.reason]
      return AbandonReply.parse(
        await journalScripts.abandon.run(redis, listScanKeys(keys, scanId), args),
      )
    },
    repair: async (scanId) => ({
      repaired: RepairReply.parse(
        await journalScripts.repair.run(redis, listScanKeys(keys, scanId), [scanId]),
      ),
    }),
  }
}

function toClaims(
  scanId: string,
  items: ClaimRequest[],
  [facts, ...replies]: z.infer<typeof ClaimReplies>,
): Claim[] {
  // Parsed once for all items, and only if one was claimed: an unknown scan has no fields.
  let scan: Extract<Claim, { outcome: 'claimed' }>['scan'] | undefined
  return replies.map((reply, index): Claim => {
    if (isRefusal(reply)) return toRefusal(reply)
    const [epoch, attempt, planned, failedAccount] = Claimed.parse(reply)
    scan ??= parseScan(scanId, facts)
    const entry = StoredPlanEntry.parse(JSON.parse(planned))
    return {
      outcome: 'claimed',
      epoch,
      attempt,
      ...(failedAccount && { failedAccount }),
      entry: { resource: items[index]?.resource ?? '', action: 'analyze', ...entry },
      scan,
    }
  })
}

/** A refusal starts with a word. Parsing every reply with its schema would create an error for each successful claim. */
function isRefusal(reply: unknown): boolean {
  return Array.isArray(reply) && typeof reply[0] === 'string'
}

function toRefusal(reply: unknown): Claim {
  const waiting = Waiting.safeParse(reply)
  if (waiting.success) {
    const [, payer, retryAfterMs, waits] = waiting.data
    return { outcome: 'waiting', scanId: payer, retryAfterMs, waits }
  }
  const [because, status, problem] = Refused.parse(reply)
  if (status === undefined) return { outcome: 'refused', because }
  const why = problem ? ItemProblem.parse(JSON.parse(problem)) : null
  return { outcome: 'refused', because, ended: { status, problem: why } }
}

function parseScan(scanId: string, facts: unknown) {
  const [cluster, provider, model, mode, price, execution, concurrency, curated] =
    ScanFacts.parse(facts)
  const choices = { cluster, provider, model, mode, execution, curated: curated === '1' }
  return { id: scanId, ...choices, price, concurrency }
}

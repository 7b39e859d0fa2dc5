import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ItemProblem } from '@capstan/shared/contract/problem'
import { Execution } from '@capstan/shared/contract/scan/scan-options'
import { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { Provider } from '@capstan/shared/contract/provider'
import { listClaimKeys, type ClaimRequest } from './claim-keys.ts'
import type { JournalStore } from './journal.ts'
import { Price } from '@capstan/shared/prices/price'
import { buildPlanArguments } from './plan-arguments.ts'
import { StoredPlanEntry } from './plan-facts.ts'
import { batchCalls } from '@capstan/redis/join-calls'
import { WORKER_TIMEOUT_MS } from '../workers/heartbeat.ts'
import { buildRecordArguments, type RecordArguments } from './record-arguments.ts'
import { listRecordKeys } from './record-keys.ts'
import { listScanKeys } from './scan-keys.ts'
import { journalScripts } from './scripts.ts'
import { truncateProblem } from './fit-problem.ts'
import type { Claim, Journal } from './types.ts'

type WorkSide = Pick<Journal, 'plan' | 'claim' | 'reserve' | 'record' | 'abandon' | 'repair'>

// A type whose workers die this often is likely the cause; it must not take workers down for ever.
const MAX_LOSSES = 5
const WORKER_LOST: ItemProblem = {
  reason: 'worker_lost',
  title: `${MAX_LOSSES} workers died while they analysed this type`,
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
])
const Claimed = z.tuple([z.int(), z.int(), z.string()])
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
/** Redis answers nobody else meanwhile: 50 take a millisecond or two. */
const MOST_JOINED = 50

/**
 * What the planner and the workers write. Claims and records of one scan that are asked for in one turn of the event
 * loop go to Redis as one step, because most of what a script costs is its start.
 */
export function openItemWrites({ redis, keys }: JournalStore): WorkSide {
  const claimed = batchCalls(MOST_JOINED, async (name: string, items: ClaimRequest[]) => {
    const [scanId, worker] = ScanAndWorker.parse(JSON.parse(name))
    const pairs = items.flatMap(({ resource }) => [resource, randomUUID()])
    const problems = [JSON.stringify(WORKER_LOST), JSON.stringify(BUDGET_USED_UP)]
    const args = [worker, MAX_LOSSES, ...problems, WORKER_TIMEOUT_MS, ...pairs]
    const replies = await journalScripts.claim.run(redis, listClaimKeys(keys, scanId, items), args)
    return asClaims(scanId, items, ClaimReplies.parse(replies))
  })
  const recorded = batchCalls(MOST_JOINED, async (scanId: string, items: RecordArguments[]) =>
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
    reserve: async (scanId, resource, epoch, { costUsd, tokens, pauses }) => {
      const micros = Math.ceil(costUsd * 1_000_000)
      const problem = pauses ? JSON.stringify(BUDGET_USED_UP) : ''
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

function asClaims(
  scanId: string,
  items: ClaimRequest[],
  [facts, ...replies]: z.infer<typeof ClaimReplies>,
): Claim[] {
  // Once for all of them, and not at all for a scan that is unknown.
  let scan: Extract<Claim, { outcome: 'claimed' }>['scan'] | undefined
  return replies.map((reply, index): Claim => {
    if (isRefusal(reply)) return asRefusal(reply)
    const [epoch, attempt, planned] = Claimed.parse(reply)
    scan ??= scanOf(scanId, facts)
    const entry = StoredPlanEntry.parse(JSON.parse(planned))
    return {
      outcome: 'claimed',
      epoch,
      attempt,
      entry: { resource: items[index]?.resource ?? '', action: 'analyze', ...entry },
      scan,
    }
  })
}

/** A refusal begins with a word. Trying its schema on every reply would make an error for each claim that succeeds. */
function isRefusal(reply: unknown): boolean {
  return Array.isArray(reply) && typeof reply[0] === 'string'
}

function asRefusal(reply: unknown): Claim {
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

function scanOf(scanId: string, facts: unknown) {
  const [cluster, provider, model, mode, price, execution, concurrency] = ScanFacts.parse(facts)
  return { id: scanId, cluster, provider, model, mode, execution, price, concurrency }
}

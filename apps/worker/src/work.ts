import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import type { Provider } from '@capstan/shared/contract/provider'
import { batchPrice, computeCostUsd, type Price } from '@capstan/shared/prices/price'
import type { Claim } from '@capstan/scan-store/journal/types'
import type { CallPhase } from './consume/call-phase.ts'
import type { JobLog } from './consume/job-log.ts'
import type { StartCount } from './consume/start-count.ts'

export type Claimed = Extract<Claim, { outcome: 'claimed' }>

/** Who answers, at what price, and the name its answer is stored under. */
export interface Answerer {
  provider: Provider
  model: string
  price: Price | null
  contentKey: string
}

/** What a batch has answered, taken out of the batch store. */
interface BatchAnswer {
  usage: Usage
  calls: number
  /** Whether it is stored elsewhere or used up: then this start counts it, and it leaves the batch store with its record. */
  isDone: boolean
}

/** One start of one item: what it is, and what it has cost so far. Changed only by spend, askModel, estimateCutOff and findAnswer. */
export interface Work {
  claim: Claimed
  /** How the guard of the route counts this start. */
  start: StartCount
  /** Whether a call of this start is in flight. */
  phase: CallPhase
  /** For people who look at the job. */
  log: JobLog
  /** The scan's own model, or the one that stands in for it. */
  by: Answerer
  worker: string
  startedAtMs: number
  /** What the answered calls of this start have used. */
  usage: Usage
  /** What calls that were cut off may have used, by estimate. It is counted, and bought nothing. */
  cutOff: Usage
  /** What earlier starts have paid for the same answer; they have counted it. */
  paidBefore: Usage
  batchAnswer?: BatchAnswer
  calls: number
  /** What is stored of what was paid for: not paid for again. Nothing once another call has been paid for. */
  kept: 'nothing' | 'unfinished' | 'answer'
}

export function beginWork(
  claim: Claimed,
  worker: string,
  { start, phase, log }: Pick<Work, 'start' | 'phase' | 'log'>,
): Work {
  const { provider, model, price } = claim.scan
  const by = { provider, model, price, contentKey: claim.entry.contentKey }
  return {
    claim,
    start,
    phase,
    log,
    by,
    worker,
    startedAtMs: Date.now(),
    usage: NO_USAGE,
    cutOff: NO_USAGE,
    paidBefore: NO_USAGE,
    calls: 0,
    kept: 'nothing',
  }
}

/** Whether the scan's own model answers, on whose route the job is. */
export function isOwnRoute({ claim: { scan }, by }: Pick<Work, 'claim' | 'by'>): boolean {
  return by.provider === scan.provider && by.model === scan.model
}

/** Counts one answered call. */
export function spend(work: Work, usage: Usage): void {
  work.usage = addUsage(work.usage, usage)
  work.kept = 'nothing'
}

/** What this start has paid for its answer: by calls, and for the answer of a batch. */
export function spentBy({ usage, batchAnswer }: Pick<Work, 'usage' | 'batchAnswer'>): Usage {
  return batchAnswer ? addUsage(usage, batchAnswer.usage) : usage
}

/** Whether this start has paid for anything, at the price of the model that answers. */
export function hasSpent(work: Pick<Work, 'usage' | 'batchAnswer'>): boolean {
  return totalTokens(spentBy(work)) > 0
}

/** What the journal wants to know of every start, however it ended. A batch answer that is still needed is not counted yet. */
export function attemptFacts(work: Work) {
  const { by, worker, startedAtMs } = work
  const usage = addUsage(work.usage, work.cutOff)
  const { provider, model, price } = by
  const fromBatch = work.batchAnswer?.isDone ? work.batchAnswer : undefined
  const inCalls = computeCostUsd(usage, price)
  const inBatch = fromBatch ? computeCostUsd(fromBatch.usage, batchPrice(price)) : 0
  return {
    worker,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: Math.max(0, Date.now() - startedAtMs),
    provider,
    model,
    usage: fromBatch ? addUsage(usage, fromBatch.usage) : usage,
    calls: work.calls + (fromBatch?.calls ?? 0),
    costUsd: inCalls === null || inBatch === null ? null : inCalls + inBatch,
    fromBatch: fromBatch !== undefined,
  }
}

import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { addUsage } from '@capstan/shared/inference/add-usage'
import { batchPrice, computeCostUsd } from '@capstan/shared/prices/price'
import { countCalls, type Ledger } from '../call/ledger.ts'
import type { Answerer, AnswerOrigin, ClaimedItem } from '../call/model-call.ts'
import type { JobStartCount } from './job-start-count.ts'
import type { CallPhase } from './call-phase.ts'
import type { JobLog } from './job-log.ts'

/** One execution of a job, as the queue starts it. */
export interface AttemptControls {
  job: InferJob
  signal: AbortSignal
  phase: CallPhase
  count: JobStartCount
  log: JobLog
}

/** One execution of one job, after its claim. */
export interface RunningAttempt {
  readonly claim: ClaimedItem
  readonly worker: string
  readonly startedAtMs: number
  readonly log: JobLog
}

/** An attempt with what its calls have cost and the model that was asked last. */
export interface EndedAttempt extends RunningAttempt {
  readonly spent: Ledger
  readonly answerer: AnswerOrigin
}

/** The model of the scan itself. */
export function buildOwnAnswerer({
  claim: { scan, entry },
}: Pick<RunningAttempt, 'claim'>): Answerer {
  const { provider, model, price } = scan
  return { provider, model, price, contentKey: entry.contentKey }
}

/** Describes an attempt for the journal. A batch answer that a later attempt still needs is not counted yet. */
export function describeAttempt({ worker, startedAtMs, spent, answerer }: EndedAttempt) {
  const { provider, model, price } = answerer
  const fromBatch = spent.calls.filter(({ source, isTaken }) => source === 'batch' && isTaken)
  const called = sumUsage(spent.calls.filter(({ source }) => source !== 'batch'))
  const batched = sumUsage(fromBatch)
  const costs = [computeCostUsd(called, price), computeCostUsd(batched, batchPrice(price))]
  return {
    worker,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: Math.max(0, Date.now() - startedAtMs),
    provider,
    model,
    usage: addUsage(called, batched),
    calls: countCalls(spent) + fromBatch.filter(({ outcome }) => outcome !== 'unserved').length,
    costUsd: sumCosts(costs),
    fromBatch: fromBatch.length > 0,
  }
}

function sumUsage(calls: Ledger['calls']) {
  return calls.map(({ usage }) => usage).reduce(addUsage, NO_USAGE)
}

function sumCosts(costs: (number | null)[]): number | null {
  return costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0)
}

import { classifyProvider, CURATED_PROVIDER } from '@capstan/shared/contract/answer-source'
import type { Definition } from '@capstan/shared/contract/definition'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { ItemError } from '@capstan/shared/errors'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import type { AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import type { Claim } from '@capstan/scan-store/journal/types'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { ModelCallError } from '../call/model-call-error.ts'
import type { CallItem, StoredAnswer } from '../call/model-call.ts'
import { MAX_WAIT_MS, STORE_MS } from '../accounts/time-limits.ts'
import type { AnalysisDeps } from './analysis-deps.ts'
import {
  describeAttempt,
  buildOwnAnswerer,
  type AttemptControls,
  type RunningAttempt,
} from './attempt.ts'
import { openAttemptProgress } from './attempt-progress.ts'
import type { Disposition } from './disposition.ts'
import { chooseEndedDisposition, readEndedDisposition } from './ended-disposition.ts'
import type { JobLog } from './job-log.ts'
import { computeLeaseWaitMs } from './compute-lease-wait.ts'
import { addNextJob, recordOutcome } from './record-outcome.ts'
import { recordFailure } from './record-failure.ts'

/**
 * One attempt of one job: claims the item, gets the answer from the cache or a model, stores it, and records it in the journal.
 * Throws only when the journal cannot be reached; every other outcome is recorded there.
 */
export async function analyzeType(
  deps: AnalysisDeps,
  controls: AttemptControls,
): Promise<Disposition> {
  const { job, signal, log } = controls
  if (signal.aborted) return { next: 'requeue' }
  const { journal, workerId: worker } = deps
  const reading = deps.definitions.get(job.definition)
  // Read beside the claim; a fault counts only for an item that is claimed.
  reading.catch(() => undefined)
  const claiming = journal.claim(job.scanId, job.resource, worker, job.contentKey)
  const claim = await withTimeout(claiming, STORE_MS, 'the journal')
  if (claim.outcome === 'refused') return chooseEndedDisposition(claim.ended, log)
  if (claim.outcome === 'waiting') return waitForPayer(job, claim, log)
  const attempt: RunningAttempt = { claim, worker, startedAtMs: Date.now(), log }
  try {
    const definition = requireDefinition(await withTimeout(reading, STORE_MS, 'Redis'))
    const item: CallItem = { ...attempt, definition }
    const answer = await callModel(deps, controls, item)
    log.begin('store')
    return await storeAnswer(deps, attempt, item, answer)
  } catch (error) {
    return recordFailure(deps, attempt, error, signal)
  }
}

/** The journal stays as it is: a wait is no attempt. */
function waitForPayer(
  { scanId }: InferJob,
  claim: Extract<Claim, { outcome: 'waiting' }>,
  log: JobLog,
): Disposition {
  const delayMs = computeLeaseWaitMs(claim.waits - 1, claim.retryAfterMs)
  const payer = claim.scanId === scanId ? 'another attempt of this scan' : claim.scanId
  const seconds = (delayMs / 1_000).toFixed(1)
  log.note(`${payer} is asking the same question; again in ${seconds} s, no attempt used`)
  return { next: 'delay', delayMs }
}

function requireDefinition(definition: Definition | undefined): Definition {
  if (definition) return definition
  throw new ItemError('schema_unavailable', 'fail', 'The definition of this type has expired', {
    hint: 'Definitions are kept for 7 days. Start a new scan.',
  })
}

function callModel(
  { callModel: call, task }: AnalysisDeps,
  controls: AttemptControls,
  item: CallItem,
): Promise<StoredAnswer> {
  return call({
    route: buildOwnAnswerer(item),
    question: task.buildQuestion(item.definition),
    signal: controls.signal,
    progress: openAttemptProgress(controls, item),
    maxWaitMs: MAX_WAIT_MS,
    kind: 'first',
    item,
  })
}

/** The answer is in the result cache already, so a failure costs no second call. */
async function storeAnswer(
  deps: AnalysisDeps,
  attempt: RunningAttempt,
  item: CallItem,
  answer: StoredAnswer,
): Promise<Disposition> {
  try {
    const summary = await deps.task.store(item, answer)
    return await recordSuccess(deps, attempt, answer, summary)
  } catch (error) {
    const { spent, answeredBy } = answer
    throw new ModelCallError(error, { ...spent, kept: 'answer' }, answeredBy)
  }
}

async function recordSuccess(
  deps: AnalysisDeps,
  attempt: RunningAttempt,
  { isCached, spent, answeredBy }: StoredAnswer,
  summary: AnswerSummary,
): Promise<Disposition> {
  const ended = { ...attempt, spent, answerer: answeredBy }
  const described = describeAttempt(ended)
  const outcome = { type: 'succeeded' as const, cached: isCached, ...summary, ...described }
  if (!(await recordOutcome(deps, ended, outcome))) return readEndedDisposition(deps, ended)
  await addNextJob(deps, ended)
  countSuccess(deps, answeredBy, { isCached, durationMs: described.durationMs })
  const { provider, model, usage, costUsd } = described
  const { estimatedTokens = 0 } = usage
  const used = { tokens: totalTokens(usage), estimatedTokens, costUsd }
  const { capabilities } = summary
  const result = { capabilities, ...used, cached: isCached, answeredBy: `${provider}/${model}` }
  return { next: 'complete', result }
}

/** A curated answer takes no time of a model. */
function countSuccess(
  { metrics }: Pick<AnalysisDeps, 'metrics'>,
  { provider, model }: StoredAnswer['answeredBy'],
  { isCached, durationMs }: { isCached: boolean; durationMs: number },
): void {
  const source = classifyProvider(provider)
  const reason = isCached ? 'cached' : 'answered'
  metrics.resources.inc({ outcome: 'succeeded', reason, source })
  if (provider !== CURATED_PROVIDER) metrics.timeType({ provider, model }, durationMs)
}

import { sleep } from '@capstan/shared/async/sleep'
import type { Definition } from '@capstan/shared/contract/definition'
import type { InferJob } from '@capstan/shared/contract/scan/infer-job'
import { totalTokens } from '@capstan/shared/inference/add-usage'
import { ItemError } from '@capstan/shared/errors'
import { buildCapabilityRow } from '@capstan/shared/inference/build-capability-row'
import { contentKey } from '@capstan/shared/inference/content-key'
import { judgeResult } from '@capstan/shared/inference/suspicion/judge-result'
import { summarizeAnswer } from '@capstan/shared/inference/summarize-answer'
import type { Claim } from '@capstan/scan-store/journal/types'
import { MaxWaitError } from '@capstan/limits/admission/max-wait-error'
import type { ResultLeaseOutcome } from '@capstan/scan-store/results/result-leases'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { askModel } from './ask-model.ts'
import { countStoredAnswer, endBatchAnswer } from './batch/batch-answer.ts'
import type { StandIn } from './gate/fallback.ts'
import type { AskOptions } from './gate/model-gate.ts'
import type { JobRun } from './consume/consume-route.ts'
import type { JobLog } from './consume/job-log.ts'
import type { AbortName, Disposition } from './consume/disposition.ts'
import { addNextJob } from './add-next-job.ts'
import { endedDisposition, readEnded } from './ended-disposition.ts'
import type { InferenceDeps } from './inference-deps.ts'
import type { TakenLease } from './lease-keeper.ts'
import { leaseWaitMs } from './lease-wait.ts'
import { reserveFor } from './reserve.ts'
import { BusyElsewhere, settleFailure } from './settle-failure.ts'
import { KEEP_ANSWER_MS, LONGEST_WAIT_MS, PUT_AGAIN_MS, STORE_MS } from './time-limits.ts'
import { attemptFacts, beginWork, hasSpent, type Work } from './work.ts'

/**
 * One start of one job: claim, take the answer from the cache or pay for it, store it in the catalog,
 * record it. Throws only when the journal cannot be reached; every other outcome is recorded there.
 */
export async function inferCapability(
  deps: InferenceDeps,
  { job, signal, phase, start, log }: JobRun,
): Promise<Disposition> {
  if (signal.aborted) return { next: 'requeue' }
  const { journal, workerId } = deps
  const claiming = journal.claim(job.scanId, job.resource, workerId, job.contentKey)
  const claim = await withTimeout(claiming, STORE_MS, 'the journal')
  if (claim.outcome === 'refused') return endedDisposition(claim.ended, log)
  if (claim.outcome === 'waiting') return waitForPayer(job, claim, log)
  const work = beginWork(claim, workerId, { start, phase, log })
  try {
    const { definition, found } = await findAnswer(deps, job, work, signal)
    log.begin('store')
    const result = judgeResult(definition, found.result)
    const row = buildCapabilityRow({ ...work.claim, by: work.by }, definition, result)
    await withTimeout(deps.catalog.put([row]), STORE_MS, 'the catalog')
    return await recordSuccess(deps, work, { ...found, result })
  } catch (error) {
    return settleFailure(deps, work, error, signal)
  }
}

/** The journal is left as it is: a wait is no attempt. */
function waitForPayer(
  { scanId }: InferJob,
  claim: Extract<Claim, { outcome: 'waiting' }>,
  log: JobLog,
): Disposition {
  const delayMs = leaseWaitMs(claim.waits - 1, claim.retryAfterMs)
  const payer = claim.scanId === scanId ? 'another start of this scan' : claim.scanId
  const seconds = (delayMs / 1_000).toFixed(1)
  log.note(`${payer} is asking the same question; again in ${seconds} s, no attempt used`)
  return { next: 'delay', delayMs }
}

interface Found {
  result: StoredResult
  cached: boolean
}

interface Answered {
  definition: Definition
  found: Found
}

/**
 * The answer of the scan's own model; when its provider stays down, that of the model that stands in for it. The
 * provider itself is asked first even then: that is how its end is noticed.
 */
async function findAnswer(
  deps: InferenceDeps,
  job: InferJob,
  work: Work,
  signal: AbortSignal,
): Promise<Answered> {
  const { scan } = work.claim
  const known = await withTimeout(deps.gate.standIn(scan), STORE_MS, 'the limits')
  try {
    const patience = known ? 'none' : undefined
    return await answerOf(deps, { job, work, patience }, signal)
  } catch (error) {
    if (!isForStandIn(error, { isDown: known !== undefined, work })) throw error
    const answered = await answerOfOther(deps, { job, work }, known, signal)
    if (!answered) throw error
    return answered
  }
}

/** The answer of the first stand-in that can be asked, `first` before all others; undefined when there is none. */
async function answerOfOther(
  deps: InferenceDeps,
  { job, work }: Start,
  first: StandIn | undefined,
  signal: AbortSignal,
): Promise<Answered | undefined> {
  const { scan } = work.claim
  const own = work.by
  const { outlineHash } = await withTimeout(definitionOf(deps, job), STORE_MS, 'Redis')
  const next = () => withTimeout(deps.gate.standIn(scan), STORE_MS, 'the limits')
  for (let other = first ?? (await next()); other; other = await next()) {
    await reserveFor(deps, work, other)
    work.by = { ...other, contentKey: contentKey({ outlineHash, ...other }) }
    try {
      return await answerOf(deps, { job, work }, signal)
    } catch (error) {
      // The scan can go on without it, so it is no reason to pause the scan. The budget of the day is for all models.
      if (!(error instanceof ItemError) || error.policy !== 'pause-scan' || error.until) throw error
      deps.gate.leaveOut(other, error)
      work.by = own
    }
  }
  return undefined
}

/**
 * No permit in time, a refusal that asks for a long wait, or a failed probe: otherwise the last types of a scan would be the
 * probes for as long as an outage lasts.
 * Not once tokens are spent: those have the price of the scan's own model, and another start can ask the fallback model.
 */
function isForStandIn(error: unknown, { isDown, work }: { isDown: boolean; work: Work }): boolean {
  if (hasSpent(work)) return false
  if (error instanceof MaxWaitError) return true
  if (!(error instanceof ItemError)) return false
  if (error.policy === 'wait') return (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS
  const isOutage = error.reason === 'provider_error' || error.reason === 'timeout'
  return isDown && isOutage && error.policy === 'retry'
}

interface Start {
  job: InferJob
  work: Work
  patience?: AskOptions['patience']
}

/** The stored answer of `work.by`, or one that we pay for while nobody else does. */
async function answerOf(
  deps: InferenceDeps,
  { job, work, patience }: Start,
  signal: AbortSignal,
): Promise<Answered> {
  const taking = takeLease(deps, work)
  try {
    const reading = Promise.all([taking, definitionOf(deps, job)])
    const [taken, definition] = await withTimeout(reading, STORE_MS, 'Redis')
    const { lease } = taken
    work.kept = keptBefore(lease)
    if (lease.outcome === 'stored') {
      const isPaidHere = await countStoredAnswer(deps, work)
      if (!isPaidHere) deps.metrics.cacheHits.inc({ kind: 'result' })
      return { definition, found: { result: lease.result, cached: !isPaidHere } }
    }
    if (lease.outcome === 'held') throw new BusyElsewhere(lease)
    const { unfinished } = lease
    const result = await askModel(deps, work, definition, { signal, patience, unfinished })
    await keepAnswer(taken, result, signal)
    work.kept = 'answer'
    await endBatchAnswer(deps, work)
    return { definition, found: { result, cached: false } }
  } catch (error) {
    // Also one that is taken after all, when this start has given up on Redis.
    void taking.then(({ release }) => release()).catch(() => undefined)
    throw error
  }
}

function keptBefore(lease: ResultLeaseOutcome): Work['kept'] {
  if (lease.outcome === 'stored') return 'answer'
  return lease.outcome === 'acquired' && lease.unfinished ? 'unfinished' : 'nothing'
}

async function definitionOf({ definitions }: InferenceDeps, job: InferJob): Promise<Definition> {
  return orExpired(await definitions.get(job.definition))
}

function takeLease({ leases }: InferenceDeps, { claim, by, phase }: Work): Promise<TakenLease> {
  const { scan } = claim
  return leases.take({
    contentKey: by.contentKey,
    scanId: scan.id,
    onlyOf: scan.mode === 'full' ? scan.id : undefined,
    onLost: () => phase.abortUnsent('lease-lost'),
  })
}

function orExpired(definition: Definition | undefined): Definition {
  if (definition) return definition
  throw new ItemError('schema_unavailable', 'fail', 'The definition of this type has expired', {
    hint: 'Definitions are kept for 7 days. Start a new scan.',
  })
}

/**
 * Stores a paid answer before anything else can fail, so that no later fault makes us pay again. A full or
 * restarting Redis refuses for a while; that is waited out, holding the slot, because nothing else could go on.
 */
async function keepAnswer(
  { put }: TakenLease,
  result: StoredResult,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = performance.now() + KEEP_ANSWER_MS
  for (;;) {
    try {
      await withTimeout(put(result), STORE_MS, 'the result cache')
      return
    } catch (error) {
      // A lost lock or a cancel does not make the answer worthless; only a stop cannot wait.
      if (isStopping(signal) || performance.now() > endsAt) throw error
      await sleep(PUT_AGAIN_MS)
    }
  }
}

function isStopping(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === ('stopping' satisfies AbortName)
}

async function recordSuccess(
  deps: InferenceDeps,
  work: Work,
  { result, cached }: Found,
): Promise<Disposition> {
  const { journal, metrics } = deps
  const { scan, entry, epoch } = work.claim
  const facts = attemptFacts(work)
  const found = summarizeAnswer(result.answer)
  const recording = journal.record(scan.id, entry.resource, epoch, {
    type: 'succeeded',
    cached,
    ...found,
    ...facts,
  })
  const recorded = await withTimeout(recording, STORE_MS, 'the journal')
  metrics.attempts.inc({ outcome: recorded === 'recorded' ? 'succeeded' : recorded })
  if (recorded !== 'recorded') return readEnded(deps, work)
  await addNextJob(deps, work)
  metrics.resources.inc({ outcome: 'succeeded', reason: cached ? 'cached' : 'inferred' })
  metrics.timeType(work.by, facts.durationMs)
  const { provider, model, usage, costUsd } = facts
  const answeredBy = `${provider}/${model}`
  const { estimatedTokens = 0 } = usage
  const spent = { tokens: totalTokens(usage), estimatedTokens, costUsd }
  const { capabilities } = found
  return { next: 'complete', result: { capabilities, ...spent, cached, answeredBy } }
}

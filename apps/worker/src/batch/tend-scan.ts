import type { StoredBatchAnswer, OpenBatch } from '@capstan/scan-store/batches/batch-book'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { BatchAnswer, BatchModel } from '@capstan/shared/inference/batch-types'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { countToday, estimateAnswer } from './batch-day.ts'
import { handOver, sendBatch } from './hand-over.ts'
import { countUnwanted, keepUnwanted } from './keep-unwanted.ts'
import { recordAnswers } from './record-answers.ts'
import { registerQuestions } from './register-questions.ts'
import { readScanJobs, type ScanJobs } from './scan-jobs.ts'
import { lockMs, type TendDeps } from './tend-deps.ts'

/** One look at the batches of one scan. Each step may be done again; what one process leaves, the next goes on with. */
export async function tendScan(deps: TendDeps, scanId: string, signal: AbortSignal): Promise<void> {
  const scan = await deps.journal.scan(scanId)
  const { open } = await deps.book.readScan(scanId)
  if (!scan || isOver(scan)) return endBatches(deps, { scanId, scan, open }, signal)
  const jobs = await readScanJobs(deps, scan)
  // Of the pauses of a queue only that of an operator is meant for batches: they do not use the limits of calls.
  const isResting = scan.status === 'paused' || jobs.isPausedByOperator
  try {
    for (const batch of open) await tendBatch(deps, { scan, batch, open, isResting }, signal)
  } finally {
    // Also when the provider cannot be polled now: these answers are here.
    await recordAnswers(deps, scan, jobs)
  }
  if (!isResting) await submitQuestions(deps, scan, jobs, signal)
  const { answered } = await deps.book.readScan(scanId)
  await Promise.all(answered.map(jobs.wake))
}

function isOver({ done, status }: Scan): boolean {
  return done || status === 'canceling'
}

async function submitQuestions(
  deps: TendDeps,
  scan: Scan,
  jobs: ScanJobs,
  signal: AbortSignal,
): Promise<void> {
  await registerQuestions(deps, scan, jobs)
  // What was recorded has changed the sums, and may have ended the scan. The steps before may have taken long.
  const now = await deps.journal.scan(scan.id)
  if (!now || isOver(now) || now.status === 'paused') return
  if (!(await deps.book.lockScan(scan.id, deps.workerId, lockMs(deps)))) return
  await handOver(deps, now, signal)
}

/**
 * Of a scan that is over nobody wants the answers: what is not answered yet need not be paid for. What is answered is
 * paid for, so a batch is forgotten only when the provider has ended it and said which.
 */
async function endBatches(
  deps: TendDeps,
  { scanId, scan, open }: { scanId: string; scan: Scan | undefined; open: OpenBatch[] },
  signal: AbortSignal,
): Promise<void> {
  if (!scan) return deps.book.forgetScan(scanId)
  let left = 0
  for (const batch of open) {
    const model = modelOf(deps, scan, batch)
    // Without one, another worker has the key.
    const isOver = model && (await cancelBatch(deps, { scan, batch, model }, signal))
    if (!isOver) left += 1
  }
  if (left > 0 || !scan.done) return undefined
  const { answered } = await deps.book.readScan(scanId)
  const kept = await Promise.all(answered.map((name) => deps.book.readAnswer(scanId, name)))
  await deps.book.forgetScan(scanId)
  return countUnwanted(
    deps.journal,
    scanId,
    kept.filter((answer) => answer !== undefined),
  )
}

interface Tended {
  scan: Scan
  batch: OpenBatch
  model: BatchModel
}

/** Answers whether the batch is over; asked again until it is. */
async function cancelBatch(
  deps: TendDeps,
  { scan, batch, model }: Tended,
  signal: AbortSignal,
): Promise<boolean> {
  const { book, log } = deps
  const found =
    batch.id === null
      ? await model.find(batch.name, { sinceMs: batch.startedAtMs - SKEW_MS, known: [] }, signal)
      : { outcome: 'found' as const, id: batch.id }
  // Whether it arrived is not known before other batches have ended.
  if (found.outcome === 'unsure') return false
  const answers =
    found.outcome === 'absent'
      ? new Map<string, StoredBatchAnswer>()
      : await endNow(model, { ...batch, id: found.id }, signal)
  if (!answers) return false
  if (!(await book.storeAnswers(scan.id, batch.name, new Map()))) return true
  await countToday(deps, scan, batch, answers)
  await keepUnwanted(deps, scan, batch, answers)
  log.info({ scanId: scan.id, batch: batch.name, outcome: found.outcome }, 'a batch was canceled')
  return true
}

/** What a batch has answered when it is ended early; undefined while the provider still ends it. */
async function endNow(
  model: BatchModel,
  batch: OpenBatch & { id: string },
  signal: AbortSignal,
): Promise<Map<string, StoredBatchAnswer> | undefined> {
  try {
    await model.cancel(batch.id, signal)
    const state = await model.state(batch.id, signal)
    return state === 'running' ? undefined : await readAnswers(model, batch, state, signal)
  } catch (error) {
    // Long forgotten, or deleted by hand: there is nothing to wait for.
    if (error instanceof ItemError && error.reason === 'provider_not_configured') return new Map()
    throw error
  }
}

/** Clocks of provider and worker may differ by so much. */
const SKEW_MS = 5 * 60_000

async function tendBatch(
  deps: TendDeps,
  {
    scan,
    batch,
    open,
    isResting,
  }: { scan: Scan; batch: OpenBatch; open: OpenBatch[]; isResting: boolean },
  signal: AbortSignal,
): Promise<void> {
  const model = modelOf(deps, scan, batch)
  if (!model) return undefined
  if (batch.id === null) {
    // Found or not, it would be paid for: what rests has to be resumed first.
    if (isResting) return undefined
    return findLost(deps, { scan, batch, model, open }, signal)
  }
  const state = await model.state(batch.id, signal)
  if (state === 'running') return undefined
  const answers = await readAnswers(model, { ...batch, id: batch.id }, state, signal)
  if (!(await deps.book.storeAnswers(scan.id, batch.name, answers))) return undefined
  await countToday(deps, scan, batch, answers)
  deps.log.info({ scanId: scan.id, batch: batch.name, types: answers.size, state }, 'a batch ended')
  return undefined
}

/** An answer for each type of the batch, whatever the provider says, or says not. */
async function readAnswers(
  model: BatchModel,
  batch: OpenBatch & { id: string },
  state: 'ended' | 'failed',
  signal: AbortSignal,
): Promise<Map<string, StoredBatchAnswer>> {
  const because = state === 'failed' ? 'failed' : 'expired'
  const answers = new Map(
    batch.resources.map((resource): [string, StoredBatchAnswer] => [
      resource,
      { outcome: 'unserved', because },
    ]),
  )
  if (state === 'failed') return answers
  for await (const answer of model.answers(batch.id, signal)) {
    const resource = resourceOf(batch, answer.id)
    if (resource !== undefined) answers.set(resource, asKept(answer, batch))
  }
  return answers
}

/** A worker died, or lost the answer, between handing a batch over and writing down its id. */
async function findLost(
  deps: TendDeps,
  { scan, batch, model, open }: Tended & { open: OpenBatch[] },
  signal: AbortSignal,
): Promise<void> {
  const known = open.flatMap(({ id }) => (id === null ? [] : [id]))
  const options = { sinceMs: batch.startedAtMs - SKEW_MS, known }
  const found = await model.find(batch.name, options, signal)
  const { outcome } = found
  deps.log.warn(
    { scanId: scan.id, batch: batch.name, outcome },
    'a batch without an id was looked for',
  )
  if (found.outcome === 'found') await deps.book.saveBatch(scan.id, { ...batch, id: found.id })
  if (found.outcome === 'absent') await sendBatch(deps, { scan, batch, model }, signal)
}

function modelOf({ accounts }: TendDeps, scan: Scan, batch: OpenBatch): BatchModel | undefined {
  const account = accounts.find(({ name }) => name === batch.account)
  return account?.batches(scan.model)
}

function resourceOf({ name, resources }: OpenBatch, id: string): string | undefined {
  return id.startsWith(`${name}-`) ? resources[Number(id.slice(name.length + 1))] : undefined
}

function asKept(answer: BatchAnswer, batch: OpenBatch): StoredBatchAnswer {
  switch (answer.outcome) {
    case 'answered': {
      const { text, stop, requestId } = answer.answer
      const usage = completeUsage(answer.answer.usage, estimateAnswer(batch, text))
      return { outcome: 'answered', text, stop, usage, requestId }
    }
    case 'failed': {
      const { reason, policy, message, hint } = answer.error
      return { outcome: 'failed', reason, policy, message, ...(hint === undefined ? {} : { hint }) }
    }
    case 'unserved':
      return { outcome: 'unserved', because: answer.because }
  }
}

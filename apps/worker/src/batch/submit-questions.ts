import { randomBytes } from 'node:crypto'
import type { OpenBatch, WaitingQuestion } from '@capstan/scan-store/batches/batch-store'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { BatchModel, BatchQuestion } from '@capstan/shared/inference/batch-types'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Account } from '../accounts/account.ts'
import { pauseForError } from '../analyze/pause-for-error.ts'
import { reserveBatch } from './batch-daily-budget.ts'
import { computeLockMs, type PollerDeps } from './poller-deps.ts'
import { findStoredAnswers, recordKnownAnswers } from './record-known-answers.ts'
import type { ScanJobs } from './scan-jobs.ts'
import { selectFirstBatch } from './select-first-batch.ts'
import { selectWithinBudget } from './select-within-budget.ts'

/** Submits waiting questions as one batch once there are enough, no more can come, or one has waited long enough. */
export async function submitQuestions(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  signal: AbortSignal,
): Promise<void> {
  const account = await findLeastUsedAccount(deps, scan)
  const model = account?.batches(scan.model)
  if (!account || !model) return
  // Part of the id of each question, by which a batch is found when its own id was lost.
  const name = `capstan-${randomBytes(9).toString('hex')}`
  const chosen = await selectAffordable(deps, scan, name, await chooseQuestions(deps, scan, jobs))
  if (chosen.length === 0) return
  const batch: OpenBatch = {
    name,
    account: account.name,
    resources: chosen.map(({ resource }) => resource),
    definitions: chosen.map(({ definition }) => definition),
    id: null,
    startedAtMs: Date.now(),
    estimatedTokens: sum(chosen.map(({ estimatedTokens }) => estimatedTokens)),
    estimatedCostUsd: sum(chosen.map(({ estimatedCostUsd }) => estimatedCostUsd)),
  }
  await deps.batchStore.saveBatch(scan.id, batch)
  await submitBatch(deps, { scan, batch, model }, signal)
}

/** Returns the questions that fit into the daily budget. If none fits, the scan is paused. */
async function selectAffordable(
  deps: PollerDeps,
  scan: Scan,
  name: string,
  chosen: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  if (chosen.length === 0) return []
  try {
    return await reserveBatch(deps, scan, name, chosen)
  } catch (error) {
    if (!(error instanceof ItemError) || error.policy !== 'pause-scan') throw error
    await pauseForError(deps.journal, scan.id, error)
    return []
  }
}

/** Chooses the account with the fewest open batches of this scan: each account has a batch queue of its own. */
async function findLeastUsedAccount(
  { accounts, batchStore }: PollerDeps,
  { id, provider, model }: Scan,
): Promise<Account | undefined> {
  const able = accounts.filter((one) => one.provider === provider && one.batches(model))
  if (able.length < 2) return able[0]
  const open = await batchStore.listOpenBatches(id)
  const used = ({ name }: Account): number => open.filter(({ account }) => account === name).length
  return able.toSorted((a, b) => used(a) - used(b))[0]
}

/** Chooses the questions of the next batch; none while more may come. */
async function chooseQuestions(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
): Promise<WaitingQuestion[]> {
  const look = await deps.batchStore.readScan(scan.id)
  const { open, answered } = look
  const waiting = await selectStillWaiting(deps, scan, look.waiting)
  if (waiting.length === 0) return []
  const isReady =
    waiting.length >= deps.maxRequests ||
    isComplete(scan, waiting, open, answered) ||
    isOld(waiting, deps.times.gatherMs)
  if (!isReady) return []
  const oldest = selectFirstBatch(waiting, deps.maxRequests)
  const chosen = await leaveOutKnownTypes(deps, scan, jobs, oldest)
  return selectWithinBudget(deps, scan, chosen, { open, answered })
}

/** Leaves out the types that became known while their questions waited: a batch must not pay for their answers. */
async function leaveOutKnownTypes(
  deps: PollerDeps,
  scan: Scan,
  jobs: ScanJobs,
  chosen: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  const names = chosen.map(({ resource }) => resource)
  const items = await deps.journal.jobInputs(scan.id, names)
  const stored = await findStoredAnswers(deps, scan, items)
  const known = await recordKnownAnswers(deps, scan, jobs, { items, stored })
  return chosen.filter(({ resource }) => !known.has(resource))
}

/** Removes the questions of types that have ended meanwhile, by an answer that another scan has stored. */
async function selectStillWaiting(
  { journal, batchStore }: PollerDeps,
  { id }: Scan,
  waiting: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  if (waiting.length === 0) return []
  const pending = new Set((await journal.pending(id)).map(({ resource }) => resource))
  const ended = waiting.filter(({ resource }) => !pending.has(resource))
  await Promise.all(ended.map(({ resource }) => batchStore.removeQuestion(id, resource)))
  return waiting.filter(({ resource }) => pending.has(resource))
}

/**
 * Submits a batch that the store already holds. After a failure it stays there without an id, and the next poll searches for it
 * before it submits it again: the provider may have it.
 */
export async function submitBatch(
  deps: PollerDeps,
  { scan, batch, model }: { scan: Scan; batch: OpenBatch; model: BatchModel },
  signal: AbortSignal,
): Promise<void> {
  const questions = await buildQuestions(deps, batch)
  // The earlier steps may have taken long. The lock keeps other processes from searching for the batch meanwhile.
  if (!(await deps.batchStore.lockScan(scan.id, deps.workerId, computeLockMs(deps)))) return
  try {
    const dialect = await readDialect(deps, scan, batch)
    const id = await model.submit(batch.name, questions, signal, dialect)
    await deps.batchStore.saveBatch(scan.id, { ...batch, id })
    deps.log.info(
      { scanId: scan.id, batch: batch.name, types: questions.length },
      'submitted a batch',
    )
  } catch (error) {
    if (!(error instanceof ItemError) || error.policy !== 'pause-scan') throw error
    await pauseForError(deps.journal, scan.id, error)
  }
}

/** The dialect that calls have negotiated. A batch negotiates none, so an unknown dialect means the full one. */
async function readDialect(
  { dialects }: PollerDeps,
  { model }: Scan,
  { account }: OpenBatch,
): Promise<Dialect | undefined> {
  const [learned] = await dialects.list([{ account, model }]).catch(() => [])
  return learned
}

async function buildQuestions(
  { definitions }: PollerDeps,
  { name, definitions: hashes }: OpenBatch,
): Promise<BatchQuestion[]> {
  const outlines = await definitions.outlines(hashes)
  return outlines.flatMap((outline, index) =>
    // An expired definition is left out; the attempt of its type fails with that reason.
    outline === undefined ? [] : [{ id: `${name}-${index}`, question: buildQuestion({ outline }) }],
  )
}

/** Whether all unfinished types are in the batch store, so that no more questions can come. */
function isComplete(
  { progress }: Scan,
  waiting: WaitingQuestion[],
  open: OpenBatch[],
  answered: string[],
): boolean {
  const unfinished = progress.queued + progress.running + progress.retrying
  const inBatches = sum(open.map(({ resources }) => resources.length))
  return waiting.length + inBatches + answered.length >= unfinished
}

function isOld(waiting: WaitingQuestion[], gatherMs: number): boolean {
  return waiting.some(({ sinceMs }) => Date.now() - sinceMs >= gatherMs)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

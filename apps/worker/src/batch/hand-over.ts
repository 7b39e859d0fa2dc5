import { randomBytes } from 'node:crypto'
import type { OpenBatch, WaitingQuestion } from '@capstan/scan-store/batches/batch-book'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ItemError } from '@capstan/shared/errors'
import type { BatchModel, BatchQuestion } from '@capstan/shared/inference/batch-types'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Account } from '../gate/account.ts'
import { pauseFor } from '../pause-for.ts'
import { fittingToday } from './batch-day.ts'
import { lockMs, type TendDeps } from './tend-deps.ts'
import { withinBudget } from './within-budget.ts'

/** Well under what the providers take: 200 MB at OpenAI, 256 MB at Anthropic. */
const MAX_BYTES = 100_000_000
/** Every question carries its fixed part; JSON escapes some of it. */
const BYTES_PER_TOKEN = 8

/** Hands waiting questions over as one batch, once there are enough, or all that can come, or they have waited. */
export async function handOver(deps: TendDeps, scan: Scan, signal: AbortSignal): Promise<void> {
  const account = await leastUsed(deps, scan)
  const model = account?.batches(scan.model)
  if (!account || !model) return
  // Part of the id of each question: how a batch is found again when its own id was lost.
  const name = `capstan-${randomBytes(9).toString('hex')}`
  const chosen = await affordable(deps, scan, name, await chooseQuestions(deps, scan))
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
  await deps.book.saveBatch(scan.id, batch)
  await sendBatch(deps, { scan, batch, model }, signal)
}

/** Of the questions those that the budget of the day has money for; for none of them, and the scan pauses. */
async function affordable(
  deps: TendDeps,
  scan: Scan,
  name: string,
  chosen: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  if (chosen.length === 0) return []
  try {
    return await fittingToday(deps, scan, name, chosen)
  } catch (error) {
    if (!(error instanceof ItemError) || error.policy !== 'pause-scan') throw error
    await pauseFor(deps.journal, scan.id, error)
    return []
  }
}

/** Of the provider's accounts the one with the fewest open batches of this scan: each has a queue of its own. */
async function leastUsed(
  { accounts, book }: TendDeps,
  { id, provider, model }: Scan,
): Promise<Account | undefined> {
  const able = accounts.filter((one) => one.provider === provider && one.batches(model))
  if (able.length < 2) return able[0]
  const open = await book.listOpenBatches(id)
  const used = ({ name }: Account): number => open.filter(({ account }) => account === name).length
  return able.toSorted((a, b) => used(a) - used(b))[0]
}

/** The next batch; none while it is worth waiting for more. */
async function chooseQuestions(deps: TendDeps, scan: Scan): Promise<WaitingQuestion[]> {
  const look = await deps.book.readScan(scan.id)
  const { open, answered } = look
  const waiting = await stillWanted(deps, scan, look.waiting)
  if (waiting.length === 0) return []
  const isReady =
    waiting.length >= deps.maxRequests ||
    isComplete(scan, waiting, open, answered) ||
    isOld(waiting, deps.times.gatherMs)
  if (!isReady) return []
  const chosen = firstBatch(waiting, deps.maxRequests)
  return withinBudget(deps, scan, chosen, { open, answered })
}

/** Leaves out questions of types that have ended meanwhile, by an answer that another scan has stored. */
async function stillWanted(
  { journal, book }: TendDeps,
  { id }: Scan,
  waiting: WaitingQuestion[],
): Promise<WaitingQuestion[]> {
  if (waiting.length === 0) return []
  const pending = new Set((await journal.pending(id)).map(({ resource }) => resource))
  const ended = waiting.filter(({ resource }) => !pending.has(resource))
  await Promise.all(ended.map(({ resource }) => book.removeQuestion(id, resource)))
  return waiting.filter(({ resource }) => pending.has(resource))
}

/**
 * Sends a batch that is written down already. When that fails it stays there without an id, and is looked for before
 * it is sent again: the provider may have it.
 */
export async function sendBatch(
  deps: TendDeps,
  { scan, batch, model }: { scan: Scan; batch: OpenBatch; model: BatchModel },
  signal: AbortSignal,
): Promise<void> {
  const questions = await questionsOf(deps, batch)
  // The earlier steps may have taken long: while this one is under way nobody may take the batch for lost.
  if (!(await deps.book.lockScan(scan.id, deps.workerId, lockMs(deps)))) return
  try {
    const dialect = await readDialect(deps, scan, batch)
    const id = await model.submit(batch.name, questions, signal, dialect)
    await deps.book.saveBatch(scan.id, { ...batch, id })
    deps.log.info(
      { scanId: scan.id, batch: batch.name, types: questions.length },
      'a batch was sent',
    )
  } catch (error) {
    if (!(error instanceof ItemError) || error.policy !== 'pause-scan') throw error
    await pauseFor(deps.journal, scan.id, error)
  }
}

/** As calls have learned it; nothing is negotiated with a batch, so the full dialect is used where nothing is known. */
async function readDialect(
  { dialects }: TendDeps,
  { model }: Scan,
  { account }: OpenBatch,
): Promise<Dialect | undefined> {
  const [learned] = await dialects.list([{ account, model }]).catch(() => [])
  return learned
}

async function questionsOf(
  { definitions }: TendDeps,
  { name, definitions: hashes }: OpenBatch,
): Promise<BatchQuestion[]> {
  const outlines = await definitions.outlines(hashes)
  return outlines.flatMap((outline, index) =>
    // One that has expired is left out; its type says so when its turn comes.
    outline === undefined ? [] : [{ id: `${name}-${index}`, question: buildQuestion({ outline }) }],
  )
}

/** Whether every type that is not through yet waits here, so that nothing can be gained by waiting on. */
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

/** The oldest first, bounded by count and bytes. */
function firstBatch(waiting: WaitingQuestion[], maxRequests: number): WaitingQuestion[] {
  const oldest = waiting.toSorted((a, b) => a.sinceMs - b.sinceMs).slice(0, maxRequests)
  let bytes = 0
  const end = oldest.findIndex(({ estimatedTokens }) => {
    bytes += estimatedTokens * BYTES_PER_TOKEN
    return bytes > MAX_BYTES
  })
  return end === -1 ? oldest : oldest.slice(0, Math.max(1, end))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

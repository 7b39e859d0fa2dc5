import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import { ItemError } from '@capstan/shared/errors'
import { addUsage } from '@capstan/shared/inference/add-usage'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { Log } from '@capstan/shared/log'
import type { ResultCache } from '@capstan/scan-store/results/result-cache'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { STORE_MS } from '../accounts/time-limits.ts'
import type { BatchAnswers } from './answers/batch-answers.ts'
import {
  addSpent,
  ModelCallError,
  getCause,
  UnusablePartError,
  getSpent,
} from './model-call-error.ts'
import { addLedgers, NOTHING_SPENT, takeBatchAnswers, sumUsage, type Ledger } from './ledger.ts'
import type { CallResult, ItemRequest, ItemStage, ModelCall, ValidResult } from './model-call.ts'

/** Validates answers, and asks for a repair of invalid ones. */
export interface AnswerReader {
  /** Throws ItemError when the model refused. */
  read(answer: ModelAnswer, question: Question): ReadAnswer
  buildRepair(question: Question, text: string, faults: string[]): Question
}

export type ReadAnswer =
  | { outcome: 'valid'; value: InferredCapability }
  | { outcome: 'invalid'; faults: string[]; excerpt: string }

export interface RepairDeps {
  reader: AnswerReader
  results: Pick<ResultCache, 'keepUnfinished' | 'dropUnfinished'>
  batchAnswers: Pick<BatchAnswers, 'release'>
  log: Log
}

type Call = ModelCall<ItemRequest>

/**
 * Validates an answer, and asks once more with its faults. An invalid answer is kept before the next call, so that an attempt
 * that has to wait frees its slot and the next attempt continues from there. Throws ItemError `invalid_output`.
 */
export function withRepair(deps: RepairDeps): ItemStage<CallResult, ValidResult> {
  return (next) => async (request) => {
    try {
      return await answer(deps, next, request)
    } catch (error) {
      if (isDeadEnd(getCause(error))) await dropUnfinished(deps, request)
      throw error
    }
  }
}

async function answer(deps: RepairDeps, next: Call, request: ItemRequest): Promise<ValidResult> {
  const { unfinished, progress, question } = request
  if (unfinished?.next === 'repair') {
    progress.note('an earlier attempt has paid for an invalid answer: its repair is next')
    return repair(deps, next, request, { ...unfinished, spent: NOTHING_SPENT })
  }
  const first = await askFirst(deps, next, request)
  const { value } = first
  if (value) return { ...first, value }
  const read = readSpent(deps, first, question)
  if (read.outcome === 'valid') return { ...first, value: read.value }
  const invalid = { text: read.excerpt, faults: read.faults }
  const spent = await keepUnfinished(deps, request, first.spent, { next: 'repair', ...invalid })
  return repair(deps, next, request, { ...invalid, spent })
}

/** The answer to the question; after a shared call without a usable part, of a call of its own. */
async function askFirst(deps: RepairDeps, next: Call, request: ItemRequest): Promise<CallResult> {
  if (request.unfinished) return send(next, { ...request, isAlone: true }, NOTHING_SPENT)
  try {
    return await send(next, request, NOTHING_SPENT)
  } catch (error) {
    if (!(getCause(error) instanceof UnusablePartError)) throw error
    // Otherwise the next attempt would pay for a multi-type call again.
    const spent = await keepUnfinished(deps, request, getSpent(error), { next: 'ask-alone' })
    return send(next, { ...request, isAlone: true }, spent)
  }
}

interface InvalidAnswer {
  text: string
  faults: string[]
  spent: Ledger
}

async function repair(
  deps: RepairDeps,
  next: Call,
  request: ItemRequest,
  { text, faults, spent }: InvalidAnswer,
): Promise<ValidResult> {
  const question = deps.reader.buildRepair(request.question, text, faults)
  const second = await send(next, { ...request, question, isRepair: true }, spent)
  const repaired = readSpent(deps, second, question)
  if (repaired.outcome === 'valid') return { ...second, sharedWith: 0, value: repaired.value }
  const title = 'The model gave no valid answer, and its repair was not valid either'
  const hint = 'Try another model; small models break the answer format more often.'
  throw new ModelCallError(new ItemError('invalid_output', 'retry', title, { hint }), second.spent)
}

/** Makes one call; its result or failure includes the earlier spend. */
async function send(next: Call, request: ItemRequest, before: Ledger): Promise<CallResult> {
  try {
    const result = await next({ ...request, spentBefore: sumUsage(before) })
    return { ...result, spent: addLedgers(before, result.spent) }
  } catch (error) {
    throw addSpent(error, before)
  }
}

function readSpent(
  { reader }: RepairDeps,
  { answer: text, spent }: CallResult,
  question: Question,
): ReadAnswer {
  try {
    return reader.read(text, question)
  } catch (error) {
    throw new ModelCallError(error, spent)
  }
}

type NextCall = { next: 'repair'; text: string; faults: string[] } | { next: 'ask-alone' }

/** Stores what this attempt and earlier ones have paid. At worst it is not stored, and paid again. */
async function keepUnfinished(
  { results, batchAnswers, log }: RepairDeps,
  { route, item, unfinished }: ItemRequest,
  spent: Ledger,
  next: NextCall,
): Promise<Ledger> {
  const { scan, entry } = item.claim
  const usage = addUsage(unfinished?.usage ?? NO_USAGE, sumUsage(spent))
  let kept = spent
  try {
    const keeping = results.keepUnfinished(route.contentKey, { ...next, scanId: scan.id, usage })
    await withTimeout(keeping, STORE_MS, 'the result cache')
    kept = takeBatchAnswers({ ...spent, kept: 'unfinished' })
    await batchAnswers.release(item)
  } catch (error) {
    log.warn(
      { err: error, scanId: scan.id, resource: entry.resource },
      'could not store an invalid answer for its repair',
    )
  }
  return kept
}

/** Another call like the last one would end the same: the next attempt begins with the first question. */
function isDeadEnd(cause: unknown): boolean {
  if (!(cause instanceof ItemError)) return false
  return cause.policy === 'fail' || cause.reason === 'invalid_output'
}

async function dropUnfinished({ results }: RepairDeps, { route }: ItemRequest): Promise<void> {
  const dropping = results.dropUnfinished(route.contentKey)
  await withTimeout(dropping, STORE_MS, 'the result cache').catch(() => undefined)
}

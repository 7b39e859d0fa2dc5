import { usesBatches } from '@capstan/scan-store/batches/uses-batches'
import { NO_USAGE } from '@capstan/shared/contract/usage'
import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { ItemError } from '@capstan/shared/errors'
import { addUsage } from '@capstan/shared/inference/add-usage'
import { buildQuestion, buildRepairQuestion, promptVersion } from '@capstan/shared/inference/prompt'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { UnfinishedAnswer } from '@capstan/scan-store/results/unfinished-answer'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { batchAnswer, endBatchAnswer } from './batch/batch-answer.ts'
import { countedCall } from './counted-call.ts'
import { estimateCutOff } from './estimate-cut-off.ts'
import type { SentKind } from './call/make-call.ts'
import type { Asked, AskOptions } from './gate/model-gate.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { readAnswer } from './read-answer.ts'
import { reserveTwice } from './reserve.ts'
import { STORE_MS } from './time-limits.ts'
import { isOwnRoute, spend, spentBy, type Work } from './work.ts'

interface AskModelOptions extends Pick<AskOptions, 'signal' | 'patience'> {
  /** What an earlier start has paid for this question. */
  unfinished?: UnfinishedAnswer | undefined
}

/**
 * Asks about one definition, or takes what a batch has answered, and asks once more with the faults when the answer is not
 * valid. Counts every call of this start in `work`. What is paid for is kept before each further call, so that a start that
 * has to wait gives its slot back and the next one goes on from there. Throws ItemError, MaxWaitError, or the signal's reason.
 */
export async function askModel(
  deps: InferenceDeps,
  work: Work,
  definition: Definition,
  { unfinished, ...options }: AskModelOptions,
): Promise<StoredResult> {
  const { provider, model } = work.by
  const asking = { provider, model, question: buildQuestion(definition), ...options }
  work.paidBefore = unfinished?.usage ?? NO_USAGE
  try {
    if (unfinished?.next === 'repair') {
      work.log.note('an earlier start has paid for an answer that is not valid: its repair is next')
      return await askRepair(deps, work, asking, unfinished)
    }
    const isAlone = unfinished !== undefined
    const { first, packedWith } = isBatched(work)
      ? { first: await batchAnswer(deps, work, definition), packedWith: 0 }
      : await askFirst(deps, work, definition, { ...asking, isAlone })
    const read = readAnswer(first, asking.question)
    if (read.outcome === 'valid') return { ...stored(work, first, read.value), packedWith }
    const invalid = { text: read.excerpt, faults: read.faults }
    await keepUnfinished(deps, work, { next: 'repair', ...invalid })
    return await askRepair(deps, work, asking, invalid)
  } catch (error) {
    if (error instanceof ItemError && isDeadEnd(error)) await dropUnfinished(deps, work)
    throw error
  }
}

/** The next attempt begins with the first question: another call like the last one would end the same. */
function isDeadEnd({ policy, reason }: ItemError): boolean {
  return policy === 'fail' || reason === 'invalid_output'
}

async function askRepair(
  deps: InferenceDeps,
  work: Work,
  asking: Call,
  { text, faults }: { text: string; faults: string[] },
): Promise<StoredResult> {
  const question = buildRepairQuestion(asking.question, text, faults)
  const second = await askOnce(deps, work, { ...asking, question, isRepair: true })
  const repaired = readAnswer(second, question)
  if (repaired.outcome === 'valid') return stored(work, second, repaired.value)
  throw new ItemError(
    'invalid_output',
    'retry',
    'The model gave no valid answer, and its repair was not valid either',
    {
      hint: 'Try another model; small models break the answer format more often.',
    },
  )
}

type NextCall = { next: 'repair'; text: string; faults: string[] } | { next: 'ask-alone' }

/** Keeps what this start and those before it have paid for the question. Not kept, it is paid for again at worst. */
async function keepUnfinished(
  { results, batches, log }: InferenceDeps,
  work: Work,
  next: NextCall,
): Promise<void> {
  const usage = addUsage(work.paidBefore, spentBy(work))
  const { scan, entry } = work.claim
  const unfinished = { ...next, scanId: scan.id, usage }
  try {
    const keeping = results.keepUnfinished(work.by.contentKey, unfinished)
    await withTimeout(keeping, STORE_MS, 'the result cache')
    work.kept = 'unfinished'
    await endBatchAnswer({ batches }, work)
  } catch (error) {
    log.warn(
      { err: error, scanId: scan.id, resource: entry.resource },
      'an answer that is not valid could not be kept for its repair',
    )
  }
}

async function dropUnfinished({ results }: InferenceDeps, { by }: Work): Promise<void> {
  const dropping = results.dropUnfinished(by.contentKey)
  await withTimeout(dropping, STORE_MS, 'the result cache').catch(() => undefined)
}

/** The batches of a scan hold questions for its own model; a fallback model is called. */
function isBatched(work: Work): boolean {
  return usesBatches(work.claim.scan) && isOwnRoute(work)
}

interface Call extends Asked {
  question: Question
  signal: AbortSignal
  patience?: AskOptions['patience']
  /** The question repeats an answer with its faults. */
  isRepair?: boolean
}

/**
 * The answer to the first question, alone or out of a call that it shared. `isAlone`: a call that it shared had no usable part
 * for it before. A type without a usable part of a shared answer is asked about in a call of its own.
 */
async function askFirst(
  deps: InferenceDeps,
  work: Work,
  definition: Definition,
  { isAlone, ...asking }: Call & { isAlone: boolean },
): Promise<{ first: ModelAnswer; packedWith: number }> {
  const { packs } = deps
  if (!packs || isAlone || !mayBePacked(work, asking) || !packs.takes(definition)) {
    return { first: await askOnce(deps, work, asking), packedWith: 0 }
  }
  const { provider, model, question, signal } = asking
  const sent = noteCall(work, 'call of')
  const mayRepeat = () => reserveTwice(deps, work)
  const shared = (): void => {
    work.phase.send()
    // The call of another type answers this one too.
    work.start.giveBack()
  }
  work.phase.wait()
  const member = { definition, question, signal, sent, shared, mayRepeat }
  work.log.begin('wait for admission')
  const packed = await estimateCutOff(work, question, () => packs.ask({ provider, model }, member))
  work.log.end()
  if (packed.outcome === 'answered') {
    spend(work, packed.answer.usage)
    return { first: packed.answer, packedWith: packed.packedWith }
  }
  spend(work, packed.usage)
  // Without it the next start would share a call again, to be paid for again.
  await keepUnfinished(deps, work, { next: 'ask-alone' })
  return { first: await askOnce(deps, work, asking), packedWith: 0 }
}

/** Rules wait for no turn; a later attempt may be there because of the types that it shared the last call with. */
function mayBePacked({ claim }: Work, { provider, patience }: Call): boolean {
  return provider !== 'demo' && patience === undefined && claim.attempt === 1
}

async function askOnce(
  deps: InferenceDeps,
  work: Work,
  { question, signal, patience, isRepair = false, ...asked }: Call,
): Promise<ModelAnswer> {
  work.phase.wait()
  signal.throwIfAborted()
  const sent = noteCall(work, isRepair ? 'repair by' : 'call of')
  const mayRepeat = () => reserveTwice(deps, work)
  const options = { signal, sent, patience, mayRepeat }
  work.log.begin('wait for admission')
  const answer = await estimateCutOff(work, question, () =>
    countedCall(deps, asked, question, options),
  )
  work.log.end()
  spend(work, answer.usage)
  return answer
}

/** Called when a call goes out: under a request permit, which is one of the job's route unless a fallback model answers. */
function noteCall(work: Work, phase: 'call of' | 'repair by'): (kind: SentKind) => void {
  return (kind) => {
    work.phase.send()
    const { provider, model } = work.by
    if (kind === 'again')
      work.log.note('the endpoint refused the form of the call: another one is next')
    work.log.begin(`${kind === 'hedged' ? 'hedged ' : ''}${phase} ${provider}/${model}`)
    work.calls += 1
    if (isOwnRoute(work)) work.start.keep()
  }
}

function stored(work: Work, last: ModelAnswer, answer: InferredCapability): StoredResult {
  return {
    answer,
    usage: addUsage(work.paidBefore, spentBy(work)),
    model: work.by.model,
    promptVersion,
    packedWith: 0,
    requestId: last.requestId,
    scanId: work.claim.scan.id,
    worker: work.worker,
    attempt: work.claim.attempt,
    inferredAt: new Date().toISOString(),
    durationMs: Math.max(0, Date.now() - work.startedAtMs),
  }
}

import type { InferredCapability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion, buildRepairQuestion, promptVersion } from '@capstan/shared/inference/prompt'
import type { Answer, Question } from '@capstan/shared/inference/types'
import type { StoredResult } from '@capstan/shared/results/stored-result'
import { batchAnswer } from './batch/batch-answer.ts'
import { countedCall } from './counted-call.ts'
import type { Asked, AskOptions } from './gate/model-gate.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { reserveTwice } from './reserve.ts'
import { isOwnRoute, spend, type Work } from './work.ts'

/**
 * Asks about one definition, or takes what a batch has answered, and asks once more with the faults when the answer is not valid. Counts every call
 * in `work`. Throws ItemError, or the signal's reason.
 */
export async function askModel(
  deps: InferenceDeps,
  work: Work,
  definition: Definition,
  { signal, patience }: Pick<AskOptions, 'signal' | 'patience'>,
): Promise<StoredResult> {
  const { provider, model } = work.by
  const question = buildQuestion(definition)
  const asking = { provider, model, question, signal, patience }
  const { first, packedWith } = isBatched(work)
    ? { first: await batchAnswer(deps, work, definition), packedWith: 0 }
    : await askFirst(deps, work, definition, asking)
  const read = readAnswer(first, question)
  if (read.outcome === 'valid') return { ...stored(work, first, read.value), packedWith }
  const repair = buildRepairQuestion(question, first.text, read.faults)
  const second = await askOnce(deps, work, {
    provider,
    model,
    question: repair,
    signal,
    // The first answer is paid for: giving up here would pay for it again.
    patience: 'endless',
    isRepair: true,
  })
  const repaired = readAnswer(second, repair)
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

/** The batches of a scan hold questions for its own model; a fallback model is called. */
function isBatched(work: Work): boolean {
  const { execution, provider } = work.claim.scan
  return execution === 'batch' && provider !== 'demo' && isOwnRoute(work)
}

interface Call extends Asked {
  question: Question
  signal: AbortSignal
  patience?: AskOptions['patience']
  /** The question repeats an answer with its faults. */
  isRepair?: boolean
}

/** The answer to the first question, alone or out of a call that it shared. What shared a call in vain is asked alone. */
async function askFirst(
  deps: InferenceDeps,
  work: Work,
  definition: Definition,
  asking: Call,
): Promise<{ first: Answer; packedWith: number }> {
  const { packs } = deps
  if (!packs || !mayBePacked(work, asking) || !packs.takes(definition)) {
    return { first: await askOnce(deps, work, asking), packedWith: 0 }
  }
  const { provider, model, question, signal } = asking
  const sent = noteCall(work, 'call of')
  const mayRepeat = () => reserveTwice(deps, work)
  // The call of another type answers this one too.
  const shared = () => work.start.giveBack()
  const member = { definition, question, signal, sent, shared, mayRepeat }
  work.log.begin('wait for admission')
  const packed = await packs.ask({ provider, model }, member)
  work.log.end()
  if (packed.outcome === 'answered') {
    spend(work, packed.answer.usage)
    return { first: packed.answer, packedWith: packed.packedWith }
  }
  spend(work, packed.usage)
  // Back in the queue it would share a call again, to be paid for again.
  const alone = await askOnce(deps, work, { ...asking, patience: 'endless' })
  return { first: alone, packedWith: 0 }
}

/** Rules wait for no turn; a later attempt may be there because of the types that it shared the last call with. */
function mayBePacked({ claim }: Work, { provider, patience }: Call): boolean {
  return provider !== 'demo' && patience === undefined && claim.attempt === 1
}

async function askOnce(
  deps: InferenceDeps,
  work: Work,
  { question, signal, patience, isRepair = false, ...asked }: Call,
): Promise<Answer> {
  const sent = noteCall(work, isRepair ? 'repair by' : 'call of')
  const mayRepeat = () => reserveTwice(deps, work)
  const options = { signal, sent, patience, mayRepeat }
  work.log.begin('wait for admission')
  const answer = await countedCall(deps, asked, question, options)
  work.log.end()
  spend(work, answer.usage)
  return answer
}

/** Called when a call goes out: under a request permit, which is one of the job's route unless a fallback model answers. */
function noteCall(work: Work, phase: 'call of' | 'repair by'): () => void {
  let isSecond = false
  return () => {
    const { provider, model } = work.by
    work.log.begin(`${isSecond ? 'hedged ' : ''}${phase} ${provider}/${model}`)
    isSecond = true
    work.calls += 1
    if (isOwnRoute(work)) work.start.keep()
  }
}

type Read =
  | { outcome: 'valid'; value: InferredCapability }
  | { outcome: 'invalid'; faults: string[] }

function readAnswer(answer: Answer, question: Question): Read {
  if (answer.stop === 'refusal') {
    throw new ItemError('refused', 'fail', 'The model refused to describe this type', {
      hint: 'Try another model, or exclude the type.',
    })
  }
  const parsed = parseAnswer(answer.text)
  if (parsed.outcome === 'valid' || answer.stop !== 'length') return parsed
  const limit = `the answer was cut off after ${question.maxOutputTokens} tokens; be much shorter`
  return { outcome: 'invalid', faults: [limit, ...parsed.faults] }
}

function stored(work: Work, last: Answer, answer: InferredCapability): StoredResult {
  return {
    answer,
    usage: work.usage,
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

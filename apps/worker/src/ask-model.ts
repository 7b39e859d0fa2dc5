import type { InferredCapability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion, buildRepairQuestion, promptVersion } from '@capstan/shared/inference/prompt'
import type { Answer, Question } from '@capstan/shared/inference/types'
import type { StoredResult } from '@capstan/shared/results/stored-result'
import { batchAnswer } from './batch/batch-answer.ts'
import type { Asked, AskOptions } from './gate/model-gate.ts'
import type { InferenceDeps } from './inference-deps.ts'
import { spend, type Work } from './work.ts'

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
  const first = isBatched(work)
    ? await batchAnswer(deps, work, definition)
    : await askOnce(deps, work, { provider, model, question, signal, patience })
  const read = readAnswer(first, question)
  if (read.outcome === 'valid') return stored(work, first, read.value)
  const repair = buildRepairQuestion(question, first.text, read.faults)
  const second = await askOnce(deps, work, {
    provider,
    model,
    question: repair,
    signal,
    // The first answer is paid for: giving up here would pay for it again.
    patience: 'endless',
  })
  const repaired = readAnswer(second, repair)
  if (repaired.outcome === 'valid') return stored(work, second, repaired.value)
  throw new ItemError(
    'invalid_output',
    'retry',
    'The model gave no valid answer, also when asked to mend it',
    {
      hint: 'Try another model; small models break the answer format more often.',
    },
  )
}

/** The batches of a scan hold questions for its own model; who stands in for it is called. */
function isBatched({ claim, by }: Work): boolean {
  const { execution, provider, model } = claim.scan
  return (
    execution === 'batch' && provider !== 'demo' && by.provider === provider && by.model === model
  )
}

interface Call extends Asked {
  question: Question
  signal: AbortSignal
  patience?: AskOptions['patience']
}

async function askOnce(
  { gate, metrics }: InferenceDeps,
  work: Work,
  { question, signal, patience, ...asked }: Call,
): Promise<Answer> {
  let outcome = 'not sent'
  const sent = (): void => {
    work.calls += 1
    outcome = 'aborted'
  }
  try {
    const answer = await gate.ask(asked, question, { signal, sent, patience })
    outcome = 'answered'
    spend(work, answer.usage)
    metrics.countTokens(asked, answer.usage)
    metrics.llmRequestSeconds.observe(asked, answer.durationMs / 1_000)
    return answer
  } catch (error) {
    if (error instanceof ItemError) outcome = error.reason
    throw error
  } finally {
    metrics.llmRequests.inc({ ...asked, outcome })
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
    requestId: last.requestId,
    scanId: work.claim.scan.id,
    inferredAt: new Date().toISOString(),
    durationMs: Math.max(0, Date.now() - work.startedAtMs),
  }
}

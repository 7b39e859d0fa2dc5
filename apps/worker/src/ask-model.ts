import type { InferredCapability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion, buildRepairQuestion, promptVersion } from '@capstan/shared/inference/prompt'
import type { Answer, Model, Question } from '@capstan/shared/inference/types'
import type { StoredResult } from '@capstan/shared/results/stored-result'
import type { InferenceDeps } from './inference-deps.ts'
import { spend, type Work } from './work.ts'

/** How long a scan's provider may be missing here before the job looks again; another worker may have it. */
const LOOK_AGAIN_MS = 5_000

/**
 * Asks about one definition, and once more with the faults when the answer is not valid. Counts every call
 * in `work`. Throws ItemError, or the signal's reason.
 */
export async function askModel(
  deps: InferenceDeps,
  work: Work,
  definition: Definition,
  signal: AbortSignal,
): Promise<StoredResult> {
  const model = modelOf(deps, work)
  const question = buildQuestion(definition)
  const first = await askOnce(deps, work, { model, question, signal })
  const read = readAnswer(first, question)
  if (read.outcome === 'valid') return stored(work, model, first, read.value)
  const repair = buildRepairQuestion(question, first.text, read.faults)
  const second = await askOnce(deps, work, { model, question: repair, signal })
  const repaired = readAnswer(second, repair)
  if (repaired.outcome === 'valid') return stored(work, model, second, repaired.value)
  throw new ItemError(
    'invalid_output',
    'retry',
    'The model gave no valid answer, also when asked to mend it',
    {
      hint: 'Try another model; small models break the answer format more often.',
    },
  )
}

function modelOf({ models }: InferenceDeps, { claim }: Work): Model {
  const { provider, model } = claim.scan
  const found = models.get(provider, model)
  if (found) return found
  throw new ItemError('provider_not_configured', 'wait', `This worker has no key for ${provider}`, {
    hint: `Start a worker with a key for ${provider}, or scan with another provider.`,
    retryAfterMs: LOOK_AGAIN_MS,
  })
}

interface Call {
  model: Model
  question: Question
  signal: AbortSignal
}

async function askOnce(
  { metrics, callTimeoutMs }: InferenceDeps,
  work: Work,
  { model, question, signal }: Call,
): Promise<Answer> {
  const labels = { provider: model.provider, model: model.model }
  const startedAt = performance.now()
  let outcome = 'answered'
  work.calls += 1
  try {
    const answer = await bounded(model, question, { signal, callTimeoutMs })
    spend(work, answer.usage)
    metrics.countTokens(labels, answer.usage)
    return answer
  } catch (error) {
    outcome = error instanceof ItemError ? error.reason : 'aborted'
    throw error
  } finally {
    metrics.llmRequests.inc({ ...labels, outcome })
    metrics.llmRequestSeconds.observe(labels, (performance.now() - startedAt) / 1_000)
  }
}

/** Our own deadline on top of the model's, which may not honour its signal. */
async function bounded(
  model: Model,
  question: Question,
  { signal, callTimeoutMs }: { signal: AbortSignal; callTimeoutMs: number },
): Promise<Answer> {
  signal.throwIfAborted()
  const call = new AbortController()
  const passOn = (): void => call.abort(signal.reason)
  signal.addEventListener('abort', passOn)
  const timer = setTimeout(() => call.abort(timeout(callTimeoutMs)), callTimeoutMs + 1_000)
  const aborted = new Promise<never>((_, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason))
  })
  try {
    return await Promise.race([model.ask(question, call.signal), aborted])
  } catch (error) {
    // The model may have dressed our abort up as an error of its own.
    call.signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', passOn)
  }
}

function timeout(limitMs: number): ItemError {
  return new ItemError('timeout', 'retry', `The provider did not answer within ${limitMs} ms`)
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

function stored(work: Work, model: Model, last: Answer, answer: InferredCapability): StoredResult {
  return {
    answer,
    usage: work.usage,
    model: model.model,
    promptVersion,
    requestId: last.requestId,
    scanId: work.claim.scan.id,
    inferredAt: new Date().toISOString(),
    durationMs: Math.max(0, Date.now() - work.startedAtMs),
  }
}

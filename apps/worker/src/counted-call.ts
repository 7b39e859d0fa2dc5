import { ItemError } from '@capstan/shared/errors'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { SentKind } from './call/make-call.ts'
import type { Asked, AskOptions, ModelGate } from './gate/model-gate.ts'
import { TAKEN_ALONG } from './pack/open-packs.ts'
import type { WorkerMetrics } from './worker-metrics.ts'

type CallMetrics = Pick<WorkerMetrics, 'countCall' | 'timeCall' | 'countTokens'>

/** One call through the gate, counted by how it ended, and those that were refused for their form before. Throws as the gate does. */
export async function countedCall(
  { gate, metrics }: { gate: Pick<ModelGate, 'ask'>; metrics: CallMetrics },
  asked: Asked,
  question: Question,
  options: AskOptions,
): Promise<ModelAnswer> {
  let outcome = 'not sent'
  const sent = (kind: SentKind): void => {
    if (kind === 'again') metrics.countCall(asked, 'dialect_refused')
    outcome = 'aborted'
    options.sent(kind)
  }
  try {
    const answer = await gate.ask(asked, question, { ...options, sent })
    outcome = 'answered'
    metrics.countTokens(asked, answer.usage)
    metrics.timeCall(asked, answer.durationMs)
    return answer
  } catch (error) {
    if (error instanceof ItemError) outcome = error.reason
    throw error
  } finally {
    if (options.signal.reason !== TAKEN_ALONG) metrics.countCall(asked, outcome)
  }
}

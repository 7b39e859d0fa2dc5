import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { addUsage } from '@capstan/shared/inference/add-usage'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion, buildRepairQuestion } from '@capstan/shared/inference/prompt'
import type { Model, Question } from '@capstan/shared/inference/types'
import type { GoldenType } from './golden-types.ts'
import { scoreAnswer, scoreMissingAnswer, type Score } from './score-answer.ts'

/** An answer about one golden type, compared with the expected one. */
export interface ScoredAnswer {
  kind: string
  group: string
  half: GoldenType['half']
  score: Score
}

/** The answer of a model about one golden type. */
export interface GoldenAnswer extends ScoredAnswer {
  /** Why there is no valid answer; null when there is one. */
  failure: string | null
  repaired: boolean
  usage: Usage
  /** Total of all its calls. */
  durationMs: number
}

interface Call {
  text: string
  usage: Usage[]
  durationMs: number
}

/** Asks about one type like a worker: one call, and one repair of an invalid answer. */
export async function askGolden(
  model: Model,
  { definition, expected, half }: GoldenType,
  signal: AbortSignal,
): Promise<GoldenAnswer> {
  const { kind, group } = definition.type
  const question = buildQuestion(definition)
  const call: Call = { text: '', usage: [], durationMs: 0 }
  const about = { kind, group, half }
  try {
    const first = await ask(model, question, call, signal)
    const read =
      first.outcome === 'valid'
        ? first
        : await ask(model, buildRepairQuestion(question, call.text, first.faults), call, signal)
    if (read.outcome === 'valid') {
      const score = scoreAnswer(read.value, expected)
      return { ...about, score, failure: null, ...pickSpend(call) }
    }
    return createFailedAnswer(`not valid: ${read.faults[0] ?? 'unknown'}`)
  } catch (error) {
    signal.throwIfAborted()
    return createFailedAnswer(error instanceof Error ? error.message : String(error))
  }

  function createFailedAnswer(failure: string): GoldenAnswer {
    return { ...about, score: scoreMissingAnswer(expected), failure, ...pickSpend(call) }
  }
}

async function ask(model: Model, question: Question, call: Call, signal: AbortSignal) {
  const answer = await model.ask(question, signal)
  call.text = answer.text
  call.usage.push(answer.usage)
  call.durationMs += answer.durationMs
  return parseAnswer(answer.text)
}

function pickSpend({ usage, durationMs }: Call) {
  return {
    repaired: usage.length > 1,
    usage: usage.reduce<Usage>(addUsage, NO_USAGE),
    durationMs,
  }
}

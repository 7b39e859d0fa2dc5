import { addUsage } from '@capstan/shared/inference/add-usage'
import { NO_USAGE, type Usage } from '@capstan/shared/contract/usage'
import { computeMedian } from '../measures/median.ts'
import type { GoldenAnswer, ScoredAnswer } from './ask-golden.ts'
import type { Score } from './score-answer.ts'

export interface ScoreSummary {
  types: number
  /** Share of the phrases that match something expected. */
  precision: number
  /** Share of the core concepts that are matched. */
  recall: number
  /** Harmonic mean of precision and recall of the providers. */
  providerF1: number
  /** Share of types with an acceptable complexity; failures do not count as acceptable. */
  complexity: number
}

export interface Quality extends ScoreSummary {
  failures: number
  repaired: number
  usage: Usage
  medianMs: number
  slowestMs: number
}

/** Figures over several types. Failed types count as empty answers. */
export function summarizeScores(answers: ScoredAnswer[]): ScoreSummary {
  const sumPart = (part: Exclude<keyof Score, 'missed'>): number =>
    answers.reduce((sum, { score }) => sum + score[part], 0)
  const found = sumPart('providersFound')
  return {
    types: answers.length,
    precision: computeRatio(sumPart('rightPhrases'), sumPart('phrases')),
    recall: computeRatio(sumPart('coreFound'), sumPart('core')),
    providerF1: computeRatio(2 * found, sumPart('providers') + found + sumPart('providersWrong')),
    complexity: computeRatio(sumPart('complexityAgreed'), answers.length),
  }
}

/** The same with failures, usage and duration of the calls. */
export function summarizeAnswers(answers: GoldenAnswer[]): Quality {
  return {
    ...summarizeScores(answers),
    failures: answers.filter(({ failure }) => failure !== null).length,
    repaired: answers.filter(({ repaired }) => repaired).length,
    usage: answers.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    medianMs: computeMedian(answers.map(({ durationMs }) => durationMs)),
    slowestMs: Math.max(...answers.map(({ durationMs }) => durationMs)),
  }
}

function computeRatio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

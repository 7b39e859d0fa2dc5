import { findCuratedAnswer } from '@capstan/curated-answers/find-curated-answer'
import { createRuleBasedAnswer } from '@capstan/rule-based-answers/create-rule-based-answer'
import type { ScoredAnswer } from './ask-golden.ts'
import type { GoldenType } from './golden-types.ts'
import { scoreAnswer } from './score-answer.ts'

export const SOURCES = ['curated', 'rules'] as const

export interface SourcedAnswer extends ScoredAnswer {
  source: (typeof SOURCES)[number]
}

/** Scores the answers about a golden type without a model: the curated one, if there is one, and the rule-based one. */
export function scoreWithoutModel({ definition, expected, half }: GoldenType): SourcedAnswer[] {
  const { kind, group } = definition.type
  const answers = {
    curated: findCuratedAnswer(definition),
    rules: createRuleBasedAnswer(definition.outline),
  }
  return SOURCES.flatMap((source) => {
    const answer = answers[source]
    return answer ? [{ source, kind, group, half, score: scoreAnswer(answer, expected) }] : []
  })
}

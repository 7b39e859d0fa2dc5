import { createRuleBasedAnswer } from '@capstan/rule-based-answers/create-rule-based-answer'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import { NOTHING_SPENT } from './ledger.ts'
import type { CallRequest, CallResult } from './model-call.ts'

/** Answers about an item of a scan by rules, which need no account. A provider check of `demo` asks nothing. */
export async function answerByRules({ item, question }: CallRequest): Promise<CallResult> {
  if (!item) throw new Error('an answer by rules needs the definition of an item')
  const value = createRuleBasedAnswer(item.definition.outline)
  const text = JSON.stringify(value)
  const usage = {
    inputTokens: estimateTokens(question.system + question.user),
    cachedTokens: 0,
    outputTokens: estimateTokens(text),
  }
  const answer = { text, stop: 'end', usage, requestId: null, durationMs: 0 } as const
  return { answer, value, spent: NOTHING_SPENT, sharedWith: 0 }
}

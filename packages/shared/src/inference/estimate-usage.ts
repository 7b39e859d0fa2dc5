import type { UsageEstimate } from './complete-usage.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { ModelAnswer, Question } from './types.ts'

/** What a question and its answer use, by their length. What a model thinks beside its text is in no estimate. */
export function estimateUsage(
  { system, user }: Pick<Question, 'system' | 'user'>,
  { text }: Pick<ModelAnswer, 'text'>,
): UsageEstimate {
  return { inputTokens: estimateTokens(system + user), outputTokens: estimateTokens(text) }
}

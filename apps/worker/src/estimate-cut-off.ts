import { addUsage, totalTokens } from '@capstan/shared/inference/add-usage'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import type { Question } from '@capstan/shared/inference/types'
import { classifyCallOutcome } from '@capstan/limits/limiter/classify-call-outcome'
import { usedBy } from './gate/call-in-turn.ts'
import type { Work } from './work.ts'

/**
 * Runs a call of an attempt. When we cut it off after it was sent, it may have been charged although no answer reports its
 * usage: that is estimated, as the budget of the day does. Throws as the call does.
 */
export async function estimateCutOff<T>(
  work: Work,
  question: Question,
  call: () => Promise<T>,
): Promise<T> {
  const callsBefore = work.calls
  try {
    return await call()
  } catch (error) {
    const sent = work.calls - callsBefore
    if (sent > 0 && usedBy(classifyCallOutcome(error).kind) === 'unknown') {
      const usage = {
        inputTokens: sent * estimateTokens(question.system + question.user),
        cachedTokens: 0,
        outputTokens: sent * Math.min(question.maxOutputTokens, ANSWER_TOKENS),
      }
      work.cutOff = addUsage(work.cutOff, { ...usage, estimatedTokens: totalTokens(usage) })
    }
    throw error
  }
}

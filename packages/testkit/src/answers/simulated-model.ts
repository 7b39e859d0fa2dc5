import { extractDefinition } from '@capstan/provider-sim/answers/extract-definition'
import { simulateAnswer } from '@capstan/provider-sim/answers/simulate-answer'
import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import type { Model } from '@capstan/shared/inference/types'

/** A model that answers like the provider simulator, without HTTP. */
export function createSimulatedModel(model: string): Model {
  return {
    provider: 'anthropic',
    model,
    ask: async ({ system, user }, signal) => {
      signal.throwIfAborted()
      const text = JSON.stringify(simulateAnswer(extractDefinition(user)))
      const usage = {
        inputTokens: estimateTokens(system + user),
        cachedTokens: 0,
        outputTokens: estimateTokens(text),
      }
      return { text, stop: 'end', usage, requestId: null, durationMs: 0 }
    },
  }
}

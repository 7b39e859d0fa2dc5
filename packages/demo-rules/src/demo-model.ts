import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import type { Model } from '@capstan/shared/inference/types'
import { inferByRules } from './infer-by-rules.ts'
import { fencedDefinition } from './fenced-definition.ts'

/** The provider for a machine without a key: rules over the definition, never presented as a model's answer. */
export function demoModel(model: string): Model {
  return {
    provider: 'demo',
    model,
    ask: async (question, signal) => {
      signal.throwIfAborted()
      const text = JSON.stringify(inferByRules(fencedDefinition(question.user)))
      return {
        text,
        stop: 'end',
        usage: {
          inputTokens: estimateTokens(question.system + question.user),
          cachedTokens: 0,
          outputTokens: estimateTokens(text),
        },
        requestId: null,
        durationMs: 0,
      }
    },
  }
}

import { estimateTokens } from '@capstan/shared/inference/estimate-tokens'
import type { Model } from '@capstan/shared/inference/types'
import { inferByRules } from './infer-by-rules.ts'
import { extractDefinition } from './extract-definition.ts'

/** Creates the model of the provider `demo`, which needs no key. It applies rules to the definition. */
export function createDemoModel(model: string): Model {
  return {
    provider: 'demo',
    model,
    ask: async (question, signal) => {
      signal.throwIfAborted()
      const text = JSON.stringify(inferByRules(extractDefinition(question.user)))
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

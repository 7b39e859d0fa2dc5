import { z } from 'zod'
import { countTokens } from '../call/count-tokens.ts'
import type { SimConfig } from '../sim-config.ts'
import { anthropicMessages } from '../wires/anthropic-messages.ts'
import { openAiResponses } from '../wires/openai-responses.ts'
import type { SimRequest } from '../wires/wire.ts'

const AsObject = z.record(z.string(), z.unknown())

/** POST /v1/messages/count_tokens: free, and not limited here. Throws for an invalid body. */
export function countMessages(config: SimConfig, body: unknown) {
  // The body of a Messages call without `max_tokens`.
  const modelRequest = anthropicMessages.read({ max_tokens: 1, ...AsObject.parse(body) })
  return { input_tokens: countInputTokens(config, modelRequest) }
}

/** POST /v1/responses/input_tokens. Throws for an invalid body. */
export function countResponses(config: SimConfig, body: unknown) {
  return {
    object: 'response.input_tokens',
    input_tokens: countInputTokens(config, openAiResponses.read(body)),
  }
}

function countInputTokens(config: SimConfig, { model, system, user }: SimRequest): number {
  return countTokens(config, model, system) + countTokens(config, model, user)
}

import { z } from 'zod'
import { countTokens } from '../call/count-tokens.ts'
import type { SimConfig } from '../sim-config.ts'
import { anthropicMessages } from '../wires/anthropic-messages.ts'
import { openAiResponses } from '../wires/openai-responses.ts'
import type { Asked } from '../wires/wire.ts'

const AsObject = z.record(z.string(), z.unknown())

/** POST /v1/messages/count_tokens: free, and not counted to any limit here. Throws when the body is wrong. */
export function countMessages(config: SimConfig, body: unknown) {
  // The same body as a Messages call, less the length of an answer.
  const asked = anthropicMessages.read({ max_tokens: 1, ...AsObject.parse(body) })
  return { input_tokens: inputTokens(config, asked) }
}

/** POST /v1/responses/input_tokens. Throws when the body is wrong. */
export function countResponses(config: SimConfig, body: unknown) {
  return {
    object: 'response.input_tokens',
    input_tokens: inputTokens(config, openAiResponses.read(body)),
  }
}

function inputTokens(config: SimConfig, { model, system, user }: Asked): number {
  return countTokens(config, model, system) + countTokens(config, model, user)
}

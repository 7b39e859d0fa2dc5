import type { JsonObject, OddRequest } from './types.ts'
import { asObject } from './request-parts.ts'

/** Builds a valid answer on the wire of the request. */
export function buildGoodAnswer(request: OddRequest, text: string): JsonObject {
  return request.wire === 'openai'
    ? buildChatCompletion(request, text)
    : buildAnthropicMessage(request, text)
}

function buildChatCompletion({ model, call }: OddRequest, content: string): JsonObject {
  return {
    id: `chatcmpl-${call}`,
    object: 'chat.completion',
    created: 1_780_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 800, completion_tokens: 100, total_tokens: 900 },
  }
}

function buildAnthropicMessage({ model, call }: OddRequest, text: string): JsonObject {
  return {
    id: `msg_${call}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 800,
      output_tokens: 100,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  }
}

/** Replaces members of the message (OpenAI). */
export function replaceMessage(body: JsonObject, change: JsonObject): JsonObject {
  return replaceChoice(body, { message: { ...asObject(firstChoice(body)['message']), ...change } })
}

/** Replaces members of the choice (OpenAI). */
export function replaceChoice(body: JsonObject, change: JsonObject): JsonObject {
  return { ...body, choices: [{ ...firstChoice(body), ...change }] }
}

function firstChoice({ choices }: JsonObject): JsonObject {
  return asObject(Array.isArray(choices) ? choices[0] : undefined)
}

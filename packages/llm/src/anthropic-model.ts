import type Anthropic from '@anthropic-ai/sdk'
import type { BatchReply } from '@capstan/shared/inference/batch-types'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { estimateUsage } from '@capstan/shared/inference/estimate-usage'
import type { Model, Question } from '@capstan/shared/inference/types'
import { withDeadline } from './call-deadline.ts'
import { openAnthropic, type AnthropicSettings } from './anthropic-settings.ts'
import { classifyError } from './classify-error.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { readUsage } from './read-usage.ts'

/** A factory of Claude models over one client. */
export function anthropicModels(settings: AnthropicSettings): (model: string) => Model {
  const { client, endpoint } = openAnthropic(settings)
  return (model) => ({
    provider: 'anthropic',
    model,
    ask: async (question, signal) => {
      const startedMs = performance.now()
      try {
        return await withDeadline(settings.timeoutMs, signal, async (both) => {
          const { data, request_id, response } = await client.messages
            .create(anthropicRequest(model, question), { signal: both })
            .withResponse()
          rejectErrorInAnswer(data, response)
          const reply = asAnthropicReply(data, request_id ?? null, performance.now() - startedMs)
          return {
            ...reply,
            usage: completeUsage(reply.usage, estimateUsage(question, reply)),
            observed: readRateLimits(response.headers, Date.now()),
          }
        })
      } catch (error) {
        signal.throwIfAborted()
        throw classifyError(error, endpoint)
      }
    },
  })
}

/** One question in the form of Messages. */
export function anthropicRequest(
  model: string,
  question: Question,
): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: question.maxOutputTokens,
    // First and marked, so that all types after the first read it from the cache.
    system: [{ type: 'text', text: question.system, cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: question.user }],
    output_config: { format: { type: 'json_schema', schema: question.format.schema } },
  }
}

/** What a message says, in our terms. */
export function asAnthropicReply(
  message: Anthropic.Message,
  requestId: string | null,
  tookMs: number,
): BatchReply {
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    stop:
      message.stop_reason === 'refusal'
        ? 'refusal'
        : message.stop_reason === 'max_tokens'
          ? 'length'
          : 'end',
    usage: readUsage(message),
    requestId,
    durationMs: Math.round(tookMs),
  }
}

import type { UnestimatedAnswer } from '@capstan/shared/inference/batch-types'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { Model } from '@capstan/shared/inference/types'
import { openAnthropic, type AnthropicSettings } from './anthropic-settings.ts'
import { callInDialect } from './dialect/call-in-dialect.ts'
import { isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import { MESSAGES_DIALECTS } from './dialect/next-dialects.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { readUsage } from './usage/read-usage.ts'
import { buildMessageRequest } from './wire/message-request.ts'
import { readMessage } from './wire/read-message.ts'

/** Opens a factory of Claude models that share one client. */
export function openAnthropicModels(settings: AnthropicSettings): (model: string) => Model {
  const { client, endpoint } = openAnthropic(settings)
  const {
    timeoutMs,
    baseUrl,
    assumesFullDialect = isVendorEndpoint('anthropic', baseUrl),
  } = settings
  const dialects = { full: FULL_DIALECT, isAssumed: assumesFullDialect }
  return (model) => ({
    provider: 'anthropic',
    model,
    dialects,
    ask: (question, signal, dialect = FULL_DIALECT) =>
      callInDialect(
        { dialects: MESSAGES_DIALECTS, dialect, question, endpoint, timeoutMs, signal },
        async (bounded) => {
          const { data, request_id, response } = await client.messages
            .create(buildMessageRequest(model, question, dialect), { signal: bounded })
            .withResponse()
          rejectErrorInAnswer(data, response)
          return {
            ...readAnthropicReply(data, request_id ?? null),
            observed: readRateLimits(response.headers, Date.now()),
          }
        },
      ),
  })
}

/** Converts a message to a UnestimatedAnswer. */
export function readAnthropicReply(
  message: unknown,
  requestId: string | null,
): Omit<UnestimatedAnswer, 'durationMs'> {
  return { ...readMessage(message), usage: readUsage(message), requestId }
}

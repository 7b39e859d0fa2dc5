import type OpenAI from 'openai'
import type { UnestimatedAnswer } from '@capstan/shared/inference/batch-types'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import type { Model, Question } from '@capstan/shared/inference/types'
import { callInDialect } from './dialect/call-in-dialect.ts'
import { isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import { CHAT_DIALECTS, RESPONSES_DIALECTS } from './dialect/next-dialects.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { openOpenAi, type OpenAiSettings } from './openai-settings.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { buildChatRequest } from './wire/chat-request.ts'
import { readChat } from './wire/read-chat.ts'
import { readResponse } from './wire/read-response.ts'
import { buildResponsesRequest } from './wire/responses-request.ts'

const WIRES = {
  chat: { call: callChat, dialects: CHAT_DIALECTS },
  responses: { call: callResponses, dialects: RESPONSES_DIALECTS },
} as const

/**
 * Opens a factory of models that share one client. All OpenAI-compatible servers (Ollama, vLLM, TEI, gateways) support
 * chat/completions but few support responses, so base URLs other than OpenAI use `chat`.
 */
export function openOpenAiModels(settings: OpenAiSettings): (model: string) => Model {
  const { client, endpoint, api } = openOpenAi(settings)
  const { call, dialects: possible } = WIRES[api]
  const { timeoutMs, baseUrl, assumesFullDialect = isVendorEndpoint('openai', baseUrl) } = settings
  const dialects = { full: FULL_DIALECT, isAssumed: assumesFullDialect }
  return (model) => ({
    provider: 'openai',
    model,
    dialects,
    ask: (question, signal, dialect = FULL_DIALECT) =>
      callInDialect(
        { dialects: possible, dialect, question, endpoint, timeoutMs, signal },
        (bounded) => call({ client, model, signal: bounded }, question, dialect),
      ),
  })
}

interface ModelClient {
  client: OpenAI
  model: string
  signal: AbortSignal
}

type Reply = Omit<UnestimatedAnswer, 'durationMs'>

async function callResponses(
  { client, model, signal }: ModelClient,
  question: Question,
  dialect: Dialect,
): Promise<Reply> {
  const body = buildResponsesRequest(model, question, dialect)
  // Not `responses.create`, which fails on a response without `output`.
  const { data, request_id, response } = await client
    .post<OpenAI.Responses.Response>('/responses', { body, signal })
    .withResponse()
  rejectErrorInAnswer(data, response)
  return {
    ...readResponse(data),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

async function callChat(
  { client, model, signal }: ModelClient,
  question: Question,
  dialect: Dialect,
): Promise<Reply> {
  const { data, request_id, response } = await client.chat.completions
    .create(buildChatRequest(model, question, dialect), { signal })
    .withResponse()
  rejectErrorInAnswer(data, response)
  return {
    ...readChat(data),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

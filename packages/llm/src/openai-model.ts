import OpenAI from 'openai'
import type { Usage } from '@capstan/shared/contract/capability'
import { strictAnswerSchema } from '@capstan/shared/inference/answer-schema'
import type { Answer, Model, Question } from '@capstan/shared/inference/types'
import { withDeadline } from './call-deadline.ts'
import { classifyError, type Endpoint } from './classify-error.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { readRateLimits } from './rate-limit-headers.ts'

export interface OpenAiSettings {
  apiKey: string
  baseUrl?: string | undefined
  timeoutMs: number
  /** Which wire format to speak. Default: `responses` at OpenAI itself, `chat` at any other base URL. */
  api?: 'responses' | 'chat' | undefined
}

const SCHEMA_NAME = 'capability'

/**
 * A factory of models over one client. OpenAI-compatible servers (Ollama, vLLM, TEI, gateways) all have
 * chat/completions and few have responses, so any base URL that is not OpenAI's own gets `chat`.
 */
export function openAiModels(settings: OpenAiSettings): (model: string) => Model {
  const client = new OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl ?? 'https://api.openai.com/v1',
    maxRetries: 0,
    // Ours ends a call; were this one as long, it might fire first and look like a fault of the network.
    timeout: settings.timeoutMs * 2,
  })
  const endpoint: Endpoint = {
    name: 'OpenAI',
    keyVariable: 'OPENAI_API_KEY',
    secrets: [settings.apiKey],
  }
  const call = (settings.api ?? defaultApi(settings.baseUrl)) === 'chat' ? askChat : askResponses
  return (model) => ({
    provider: 'openai',
    model,
    ask: async (question, signal) => {
      const startedMs = performance.now()
      try {
        return await withDeadline(settings.timeoutMs, signal, async (both) => ({
          ...(await call(client, model, question, both)),
          durationMs: Math.round(performance.now() - startedMs),
        }))
      } catch (error) {
        signal.throwIfAborted()
        throw classifyError(error, endpoint)
      }
    },
  })
}

function defaultApi(baseUrl: string | undefined): 'responses' | 'chat' {
  if (baseUrl === undefined) return 'responses'
  return /(^|\.)openai\.com$/.test(new URL(baseUrl).hostname) ? 'responses' : 'chat'
}

type Reply = Omit<Answer, 'durationMs'>

async function askResponses(
  client: OpenAI,
  model: string,
  question: Question,
  signal: AbortSignal,
): Promise<Reply> {
  const { data, request_id, response } = await client.responses
    .create(
      {
        model,
        instructions: question.system,
        input: question.user,
        max_output_tokens: question.maxOutputTokens,
        store: false,
        text: {
          format: {
            type: 'json_schema',
            name: SCHEMA_NAME,
            strict: true,
            schema: strictAnswerSchema,
          },
        },
      },
      { signal },
    )
    .withResponse()
  rejectErrorInAnswer(data, response)
  const { usage } = data
  return {
    text: data.output_text,
    stop: stopOfResponse(data),
    usage: usageOf(
      usage?.input_tokens,
      usage?.input_tokens_details?.cached_tokens,
      usage?.output_tokens,
    ),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

function stopOfResponse(response: OpenAI.Responses.Response): Answer['stop'] {
  const refused = response.output.some(
    (item) => item.type === 'message' && item.content.some((part) => part.type === 'refusal'),
  )
  if (refused) return 'refusal'
  return response.incomplete_details?.reason === 'max_output_tokens' ? 'length' : 'end'
}

async function askChat(
  client: OpenAI,
  model: string,
  question: Question,
  signal: AbortSignal,
): Promise<Reply> {
  const { data, request_id, response } = await client.chat.completions
    .create(
      {
        model,
        messages: [
          { role: 'system', content: question.system },
          { role: 'user', content: question.user },
        ],
        // Compatible servers know `max_tokens`; few know its successor.
        max_tokens: question.maxOutputTokens,
        response_format: {
          type: 'json_schema',
          json_schema: { name: SCHEMA_NAME, strict: true, schema: strictAnswerSchema },
        },
      },
      { signal },
    )
    .withResponse()
  rejectErrorInAnswer(data, response)
  const [choice] = data.choices
  const { usage } = data
  return {
    text: choice?.message.content ?? '',
    stop: choice ? stopOfChoice(choice) : 'end',
    usage: usageOf(
      usage?.prompt_tokens,
      usage?.prompt_tokens_details?.cached_tokens,
      usage?.completion_tokens,
    ),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

function stopOfChoice({
  message,
  finish_reason,
}: OpenAI.Chat.Completions.ChatCompletion.Choice): Answer['stop'] {
  if (message.refusal || finish_reason === 'content_filter') return 'refusal'
  return finish_reason === 'length' ? 'length' : 'end'
}

/** OpenAI counts cached tokens among the input; compatible servers may leave any of it out. */
function usageOf(input = 0, cachedTokens = 0, outputTokens = 0): Usage {
  return { inputTokens: input - cachedTokens, cachedTokens, outputTokens }
}

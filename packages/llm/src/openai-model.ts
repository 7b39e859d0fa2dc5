import type OpenAI from 'openai'
import type { BatchReply } from '@capstan/shared/inference/batch-types'
import { completeUsage } from '@capstan/shared/inference/complete-usage'
import { estimateUsage } from '@capstan/shared/inference/estimate-usage'
import type { Answer, Model, Question } from '@capstan/shared/inference/types'
import { withDeadline } from './call-deadline.ts'
import { classifyError } from './classify-error.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'
import { openOpenAi, type OpenAiSettings } from './openai-settings.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { readUsage } from './read-usage.ts'

/**
 * A factory of models over one client. OpenAI-compatible servers (Ollama, vLLM, TEI, gateways) all have
 * chat/completions and few have responses, so any base URL that is not OpenAI's own gets `chat`.
 */
export function openAiModels(settings: OpenAiSettings): (model: string) => Model {
  const { client, endpoint, api } = openOpenAi(settings)
  const call = api === 'chat' ? askChat : askResponses
  return (model) => ({
    provider: 'openai',
    model,
    ask: async (question, signal) => {
      const startedMs = performance.now()
      try {
        return await withDeadline(settings.timeoutMs, signal, async (both) => {
          const reply = await call(client, model, question, both)
          return {
            ...reply,
            usage: completeUsage(reply.usage, estimateUsage(question, reply)),
            durationMs: Math.round(performance.now() - startedMs),
          }
        })
      } catch (error) {
        signal.throwIfAborted()
        throw classifyError(error, endpoint)
      }
    },
  })
}

type Reply = Omit<BatchReply, 'durationMs'>
type Words = Pick<BatchReply, 'text' | 'stop' | 'usage'>

/** One question in the form of responses. */
export function responsesRequest(
  model: string,
  question: Question,
): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  return {
    model,
    instructions: question.system,
    input: question.user,
    max_output_tokens: question.maxOutputTokens,
    store: false,
    text: {
      format: { type: 'json_schema', strict: true, ...question.format },
    },
  }
}

/** One question in the form of chat/completions. */
export function chatRequest(
  model: string,
  question: Question,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return {
    model,
    messages: [
      { role: 'system', content: question.system },
      { role: 'user', content: question.user },
    ],
    // Compatible servers know `max_tokens`; few know its successor.
    max_tokens: question.maxOutputTokens,
    response_format: {
      type: 'json_schema',
      json_schema: { strict: true, ...question.format },
    },
  }
}

async function askResponses(
  client: OpenAI,
  model: string,
  question: Question,
  signal: AbortSignal,
): Promise<Reply> {
  const { data, request_id, response } = await client.responses
    .create(responsesRequest(model, question), { signal })
    .withResponse()
  rejectErrorInAnswer(data, response)
  return {
    ...readResponse(data),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

/** What a response says, in our terms. `output_text` is the SDK's own and not on the wire. */
export function readResponse(data: OpenAI.Responses.Response): Words {
  return { text: textOfResponse(data), stop: stopOfResponse(data), usage: readUsage(data) }
}

function textOfResponse({ output }: OpenAI.Responses.Response): string {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('')
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
    .create(chatRequest(model, question), { signal })
    .withResponse()
  rejectErrorInAnswer(data, response)
  return {
    ...readChat(data),
    requestId: request_id,
    observed: readRateLimits(response.headers, Date.now()),
  }
}

/** What a chat completion says, in our terms. */
export function readChat(data: OpenAI.ChatCompletion): Words {
  const [choice] = data.choices
  return {
    text: choice?.message.content ?? '',
    stop: choice ? stopOfChoice(choice) : 'end',
    usage: readUsage(data),
  }
}

function stopOfChoice({
  message,
  finish_reason,
}: OpenAI.Chat.Completions.ChatCompletion.Choice): Answer['stop'] {
  if (message.refusal || finish_reason === 'content_filter') return 'refusal'
  return finish_reason === 'length' ? 'length' : 'end'
}

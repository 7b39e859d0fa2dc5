import { z } from 'zod'
import { openAi } from './openai.ts'
import { splitText, type SimRequest, type SimAnswer, type WireFormat } from './wire.ts'

const Content = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text'), text: z.string() }))
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
])

const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: Content })).min(1),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  response_format: z.unknown().optional(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
})

const FIXED = new Set(['system', 'developer'])

/** OpenAI chat/completions, the API of all compatible servers. */
export const openAiChat: WireFormat = {
  path: '/v1/chat/completions',
  vendor: openAi,
  read: (body) => {
    const request = ChatRequest.parse(body)
    const text = (isFixed: boolean) =>
      request.messages
        .filter(({ role }) => FIXED.has(role) === isFixed)
        .map(({ content }) => content)
        .join('\n')
    return {
      system: text(true),
      user: text(false),
      model: request.model,
      maxTokens: request.max_completion_tokens ?? request.max_tokens ?? 4096,
      stream: request.stream === true,
      cacheable: { text: text(true), step: 128 },
      schema: request.response_format,
      wantsUsage: request.stream_options?.include_usage === true,
    }
  },
  answer: (modelAnswer) => ({
    id: `chatcmpl-${modelAnswer.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: modelAnswer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: modelAnswer.stop === 'refusal' ? null : modelAnswer.text,
          refusal: modelAnswer.stop === 'refusal' ? modelAnswer.text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: modelAnswer.stop === 'length' ? 'length' : 'stop',
      },
    ],
    usage: buildUsage(modelAnswer),
    service_tier: 'default',
  }),
  frames: buildFrames,
}

function buildFrames(modelAnswer: SimAnswer, modelRequest: SimRequest) {
  const chunk = (choices: unknown[], usage: unknown = null) => ({
    data: JSON.stringify({
      id: `chatcmpl-${modelAnswer.id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: modelAnswer.model,
      choices,
      ...(modelRequest.wantsUsage ? { usage } : {}),
    }),
  })
  const choice = (delta: unknown, finish_reason: string | null = null) => [
    { index: 0, delta, logprobs: null, finish_reason },
  ]
  const field = modelAnswer.stop === 'refusal' ? 'refusal' : 'content'
  return {
    first: [chunk(choice({ role: 'assistant', content: '', refusal: null }))],
    deltas: splitText(modelAnswer.text).map((text) => chunk(choice({ [field]: text }))),
    last: [
      chunk(choice({}, modelAnswer.stop === 'length' ? 'length' : 'stop')),
      ...(modelRequest.wantsUsage ? [chunk([], buildUsage(modelAnswer))] : []),
      { data: '[DONE]' },
    ],
    failure: { data: JSON.stringify(openAi.error('server', { requestId: modelAnswer.id }).body) },
  }
}

function buildUsage(modelAnswer: SimAnswer) {
  const prompt = modelAnswer.inputTokens + modelAnswer.cacheWriteTokens + modelAnswer.cachedTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: modelAnswer.outputTokens,
    total_tokens: prompt + modelAnswer.outputTokens,
    prompt_tokens_details: { cached_tokens: modelAnswer.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

import { z } from 'zod'
import { openAi } from './openai.ts'
import { bitsOf, type Asked, type Said, type Wire } from './wire.ts'

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

/** OpenAI chat/completions, which all compatible servers speak. */
export const openAiChat: Wire = {
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
  answer: (said) => ({
    id: `chatcmpl-${said.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: said.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: said.stop === 'refusal' ? null : said.text,
          refusal: said.stop === 'refusal' ? said.text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: said.stop === 'length' ? 'length' : 'stop',
      },
    ],
    usage: usageOf(said),
    service_tier: 'default',
  }),
  frames,
}

function frames(said: Said, asked: Asked) {
  const chunk = (choices: unknown[], usage: unknown = null) => ({
    data: JSON.stringify({
      id: `chatcmpl-${said.id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: said.model,
      choices,
      ...(asked.wantsUsage ? { usage } : {}),
    }),
  })
  const choice = (delta: unknown, finish_reason: string | null = null) => [
    { index: 0, delta, logprobs: null, finish_reason },
  ]
  const field = said.stop === 'refusal' ? 'refusal' : 'content'
  return {
    first: [chunk(choice({ role: 'assistant', content: '', refusal: null }))],
    deltas: bitsOf(said.text).map((text) => chunk(choice({ [field]: text }))),
    last: [
      chunk(choice({}, said.stop === 'length' ? 'length' : 'stop')),
      ...(asked.wantsUsage ? [chunk([], usageOf(said))] : []),
      { data: '[DONE]' },
    ],
    failure: { data: JSON.stringify(openAi.error('server', { requestId: said.id }).body) },
  }
}

function usageOf(said: Said) {
  const prompt = said.inputTokens + said.cacheWriteTokens + said.cachedTokens
  return {
    prompt_tokens: prompt,
    completion_tokens: said.outputTokens,
    total_tokens: prompt + said.outputTokens,
    prompt_tokens_details: { cached_tokens: said.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

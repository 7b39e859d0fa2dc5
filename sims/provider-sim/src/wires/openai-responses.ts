import { z } from 'zod'
import { openAi } from './openai.ts'
import {
  splitText,
  type StreamFrame,
  type StreamFrames,
  type SimAnswer,
  type WireFormat,
} from './wire.ts'

const Part = z.object({ type: z.literal('input_text'), text: z.string() })
const Message = z.object({
  role: z.string(),
  content: z.union([
    z.string(),
    z.array(Part).transform((parts) => parts.map(({ text }) => text).join('\n')),
  ]),
})
const Input = z.union([
  z.string().min(1),
  z.array(Message).transform((all) => all.map(({ content }) => content).join('\n')),
])

/** The part of a Responses request that the simulator uses. */
const ResponsesRequest = z.object({
  model: z.string().min(1),
  instructions: z.string().nullish(),
  input: Input,
  max_output_tokens: z.int().positive().nullish(),
  stream: z.boolean().nullish(),
  text: z.object({ format: z.unknown().optional() }).nullish(),
})

/** OpenAI Responses. */
export const openAiResponses: WireFormat = {
  path: '/v1/responses',
  vendor: openAi,
  read: (body) => {
    const request = ResponsesRequest.parse(body)
    return {
      system: request.instructions ?? '',
      user: request.input,
      model: request.model,
      maxTokens: request.max_output_tokens ?? 4096,
      stream: request.stream === true,
      cacheable: { text: request.instructions ?? '', step: 128 },
      schema: request.text?.format,
    }
  },
  answer: (modelAnswer) => buildResponse(modelAnswer, [buildItem(modelAnswer)]),
  failure: (modelAnswer) => ({
    ...buildResponse({ ...modelAnswer, outputTokens: 0 }, []),
    status: 'failed',
    error: { code: 'server_error', message: 'The server had an error' },
  }),
  frames: buildFrames,
}

/** Every event carries its number and its position in the answer. */
function buildFrames(modelAnswer: SimAnswer): StreamFrames {
  let sequence = 0
  const event = (type: string, rest: object): StreamFrame => ({
    event: type,
    data: JSON.stringify({ type, ...rest, sequence_number: sequence++ }),
  })
  const place = { item_id: `msg_${modelAnswer.id}`, output_index: 0, content_index: 0 }
  const isRefusal = modelAnswer.stop === 'refusal'
  const named = isRefusal ? 'refusal' : 'output_text'
  const logprobs = isRefusal ? {} : { logprobs: [] }
  const opened = {
    ...buildResponse(modelAnswer, []),
    status: 'in_progress',
    incomplete_details: null,
  }
  const ended = modelAnswer.stop === 'length' ? 'response.incomplete' : 'response.completed'
  return {
    first: [
      event('response.created', { response: opened }),
      event('response.in_progress', { response: opened }),
      event('response.output_item.added', {
        output_index: 0,
        item: { ...buildItem(modelAnswer), status: 'in_progress', content: [] },
      }),
      event('response.content_part.added', {
        ...place,
        part: buildPart({ ...modelAnswer, text: '' }),
      }),
    ],
    deltas: splitText(modelAnswer.text).map((delta) =>
      event(`response.${named}.delta`, { ...place, delta, ...logprobs }),
    ),
    last: [
      event(`response.${named}.done`, {
        ...place,
        [isRefusal ? 'refusal' : 'text']: modelAnswer.text,
        ...logprobs,
      }),
      event('response.content_part.done', { ...place, part: buildPart(modelAnswer) }),
      event('response.output_item.done', { output_index: 0, item: buildItem(modelAnswer) }),
      event(ended, { response: buildResponse(modelAnswer, [buildItem(modelAnswer)]) }),
    ],
    failure: event('error', {
      code: 'server_error',
      message: 'The server had an error',
      param: null,
    }),
  }
}

function buildResponse(modelAnswer: SimAnswer, output: unknown[]) {
  const input = modelAnswer.inputTokens + modelAnswer.cacheWriteTokens + modelAnswer.cachedTokens
  return {
    access_programs: null,
    id: `resp_${modelAnswer.id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: modelAnswer.stop === 'length' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: modelAnswer.stop === 'length' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: {},
    model: modelAnswer.model,
    output,
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: {
      input_tokens: input,
      input_tokens_details: {
        cached_tokens: modelAnswer.cachedTokens,
        cache_write_tokens: modelAnswer.cacheWriteTokens,
      },
      output_tokens: modelAnswer.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + modelAnswer.outputTokens,
    },
  }
}

function buildItem(modelAnswer: SimAnswer) {
  return {
    id: `msg_${modelAnswer.id}`,
    type: 'message',
    role: 'assistant',
    status: modelAnswer.stop === 'length' ? 'incomplete' : 'completed',
    content: [buildPart(modelAnswer)],
  }
}

function buildPart(modelAnswer: SimAnswer) {
  return modelAnswer.stop === 'refusal'
    ? { type: 'refusal', refusal: modelAnswer.text }
    : { type: 'output_text', text: modelAnswer.text, annotations: [], logprobs: [] }
}

import { z } from 'zod'
import { openAi } from './openai.ts'
import { bitsOf, type Frame, type Frames, type Said, type Wire } from './wire.ts'

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

/** The body of a Responses call, as far as the simulator understands it. */
const ResponsesRequest = z.object({
  model: z.string().min(1),
  instructions: z.string().nullish(),
  input: Input,
  max_output_tokens: z.int().positive().nullish(),
  stream: z.boolean().nullish(),
  text: z.object({ format: z.unknown().optional() }).nullish(),
})

/** OpenAI Responses. */
export const openAiResponses: Wire = {
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
  answer: (said) => response(said, [item(said)]),
  failure: (said) => ({
    ...response({ ...said, outputTokens: 0 }, []),
    status: 'failed',
    error: { code: 'server_error', message: 'The server had an error' },
  }),
  frames,
}

/** Every event carries its number and says where in the answer it belongs. */
function frames(said: Said): Frames {
  let sequence = 0
  const event = (type: string, rest: object): Frame => ({
    event: type,
    data: JSON.stringify({ type, ...rest, sequence_number: sequence++ }),
  })
  const place = { item_id: `msg_${said.id}`, output_index: 0, content_index: 0 }
  const isRefusal = said.stop === 'refusal'
  const named = isRefusal ? 'refusal' : 'output_text'
  const logprobs = isRefusal ? {} : { logprobs: [] }
  const opened = { ...response(said, []), status: 'in_progress', incomplete_details: null }
  const ended = said.stop === 'length' ? 'response.incomplete' : 'response.completed'
  return {
    first: [
      event('response.created', { response: opened }),
      event('response.in_progress', { response: opened }),
      event('response.output_item.added', {
        output_index: 0,
        item: { ...item(said), status: 'in_progress', content: [] },
      }),
      event('response.content_part.added', { ...place, part: part({ ...said, text: '' }) }),
    ],
    deltas: bitsOf(said.text).map((delta) =>
      event(`response.${named}.delta`, { ...place, delta, ...logprobs }),
    ),
    last: [
      event(`response.${named}.done`, {
        ...place,
        [isRefusal ? 'refusal' : 'text']: said.text,
        ...logprobs,
      }),
      event('response.content_part.done', { ...place, part: part(said) }),
      event('response.output_item.done', { output_index: 0, item: item(said) }),
      event(ended, { response: response(said, [item(said)]) }),
    ],
    failure: event('error', {
      code: 'server_error',
      message: 'The server had an error',
      param: null,
    }),
  }
}

function response(said: Said, output: unknown[]) {
  const input = said.inputTokens + said.cacheWriteTokens + said.cachedTokens
  return {
    access_programs: null,
    id: `resp_${said.id}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: said.stop === 'length' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: said.stop === 'length' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: {},
    model: said.model,
    output,
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: {
      input_tokens: input,
      input_tokens_details: {
        cached_tokens: said.cachedTokens,
        cache_write_tokens: said.cacheWriteTokens,
      },
      output_tokens: said.outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + said.outputTokens,
    },
  }
}

function item(said: Said) {
  return {
    id: `msg_${said.id}`,
    type: 'message',
    role: 'assistant',
    status: said.stop === 'length' ? 'incomplete' : 'completed',
    content: [part(said)],
  }
}

function part(said: Said) {
  return said.stop === 'refusal'
    ? { type: 'refusal', refusal: said.text }
    : { type: 'output_text', text: said.text, annotations: [], logprobs: [] }
}

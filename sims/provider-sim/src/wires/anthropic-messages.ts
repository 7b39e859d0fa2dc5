import { z } from 'zod'
import type { Cacheable } from '../cache/prompt-cache.ts'
import { anthropic } from './anthropic.ts'
import { bitsOf, type Frame, type Said, type Wire } from './wire.ts'

const CacheControl = z.object({
  type: z.literal('ephemeral'),
  ttl: z.enum(['5m', '1h']).optional(),
})

const Block = z.object({
  type: z.literal('text'),
  text: z.string(),
  cache_control: CacheControl.nullish(),
})
const Content = z.union([
  z.string().transform((text) => [{ type: 'text' as const, text, cache_control: undefined }]),
  z.array(Block),
])

/** The body of a Messages call, as far as the simulator understands it. */
const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().nonnegative(),
  system: Content.default([]),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: Content })).min(1),
  stream: z.boolean().default(false),
  output_config: z.object({ format: z.unknown().optional() }).optional(),
  // Gone from the API; newer models answer 400.
  temperature: z.undefined().optional(),
  top_p: z.undefined().optional(),
  top_k: z.undefined().optional(),
})

/** Anthropic Messages. */
export const anthropicMessages: Wire = {
  path: '/v1/messages',
  vendor: anthropic,
  read: (body) => {
    const request = MessagesRequest.parse(body)
    const blocks = request.messages.flatMap(({ content }) => content)
    return {
      system: textOf(request.system),
      user: textOf(blocks),
      model: request.model,
      maxTokens: request.max_tokens,
      stream: request.stream,
      cacheable: cacheableOf([...request.system, ...blocks]),
      schema: request.output_config?.format,
    }
  },
  answer: (said) => message(said),
  frames: (said) => ({
    first: [
      frame('message_start', {
        message: { ...message({ ...said, outputTokens: 1 }), content: [], stop_reason: null },
      }),
      frame('content_block_start', {
        index: 0,
        content_block: { type: 'text', text: '', citations: null },
      }),
      frame('ping', {}),
    ],
    deltas: bitsOf(said.text).map((text) =>
      frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    ),
    last: [
      frame('content_block_stop', { index: 0 }),
      frame('message_delta', {
        delta: { ...stopOf(said), container: null },
        usage: { ...inputUsage(said), output_tokens: said.outputTokens, server_tool_use: null },
      }),
      frame('message_stop', {}),
    ],
    failure: {
      event: 'error',
      data: JSON.stringify(anthropic.error('overloaded', { requestId: said.id }).body),
    },
  }),
}

type TextBlock = z.infer<typeof Block>

function textOf(blocks: TextBlock[]): string {
  return blocks.map((block) => block.text).join('\n')
}

/** Everything up to the last block that is marked. */
function cacheableOf(blocks: TextBlock[]): Cacheable | undefined {
  const last = blocks.findLastIndex((block) => block.cache_control)
  if (last === -1) return undefined
  const isLong = blocks[last]?.cache_control?.ttl === '1h'
  return {
    text: textOf(blocks.slice(0, last + 1)),
    ttlSeconds: isLong ? 3600 : undefined,
    step: 1,
  }
}

function message(said: Said) {
  return {
    id: `msg_${said.id}`,
    type: 'message',
    role: 'assistant',
    model: said.model,
    container: null,
    content: said.text === '' ? [] : [{ type: 'text', text: said.text, citations: null }],
    diagnostics: null,
    ...stopOf(said),
    usage: {
      ...inputUsage(said),
      cache_creation: {
        ephemeral_5m_input_tokens: said.cacheWriteTokens,
        ephemeral_1h_input_tokens: 0,
      },
      inference_geo: null,
      output_tokens: said.outputTokens,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'standard',
    },
  }
}

function inputUsage(said: Said) {
  return {
    input_tokens: said.inputTokens,
    cache_creation_input_tokens: said.cacheWriteTokens,
    cache_read_input_tokens: said.cachedTokens,
  }
}

const STOPS = { end: 'end_turn', length: 'max_tokens', refusal: 'refusal' }

function stopOf({ stop }: Said) {
  return {
    stop_reason: STOPS[stop],
    stop_sequence: null,
    stop_details:
      stop === 'refusal' ? { type: 'refusal', category: 'cyber', explanation: null } : null,
  }
}

function frame(type: string, rest: object): Frame {
  return { event: type, data: JSON.stringify({ type, ...rest }) }
}

import { z } from 'zod'
import type { CacheablePrefix } from '../cache/prompt-cache.ts'
import { anthropic } from './anthropic.ts'
import { splitText, type StreamFrame, type SimAnswer, type WireFormat } from './wire.ts'

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

/** The part of a Messages request that the simulator uses. */
const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().nonnegative(),
  system: Content.default([]),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: Content })).min(1),
  stream: z.boolean().default(false),
  output_config: z.object({ format: z.unknown().optional() }).optional(),
  // Removed from the API; newer models respond 400.
  temperature: z.undefined().optional(),
  top_p: z.undefined().optional(),
  top_k: z.undefined().optional(),
})

/** Anthropic Messages. */
export const anthropicMessages: WireFormat = {
  path: '/v1/messages',
  vendor: anthropic,
  read: (body) => {
    const request = MessagesRequest.parse(body)
    const blocks = request.messages.flatMap(({ content }) => content)
    return {
      system: joinText(request.system),
      user: joinText(blocks),
      model: request.model,
      maxTokens: request.max_tokens,
      stream: request.stream,
      cacheable: findCacheablePrefix([...request.system, ...blocks]),
      schema: request.output_config?.format,
    }
  },
  answer: (modelAnswer) => buildMessage(modelAnswer),
  frames: (modelAnswer) => ({
    first: [
      buildFrame('message_start', {
        message: {
          ...buildMessage({ ...modelAnswer, outputTokens: 1 }),
          content: [],
          stop_reason: null,
        },
      }),
      buildFrame('content_block_start', {
        index: 0,
        content_block: { type: 'text', text: '', citations: null },
      }),
      buildFrame('ping', {}),
    ],
    deltas: splitText(modelAnswer.text).map((text) =>
      buildFrame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    ),
    last: [
      buildFrame('content_block_stop', { index: 0 }),
      buildFrame('message_delta', {
        delta: { ...describeStop(modelAnswer), container: null },
        usage: {
          ...buildInputUsage(modelAnswer),
          output_tokens: modelAnswer.outputTokens,
          server_tool_use: null,
        },
      }),
      buildFrame('message_stop', {}),
    ],
    failure: {
      event: 'error',
      data: JSON.stringify(anthropic.error('overloaded', { requestId: modelAnswer.id }).body),
    },
  }),
}

type TextBlock = z.infer<typeof Block>

function joinText(blocks: TextBlock[]): string {
  return blocks.map((block) => block.text).join('\n')
}

/** The text up to the last marked block. */
function findCacheablePrefix(blocks: TextBlock[]): CacheablePrefix | undefined {
  const last = blocks.findLastIndex((block) => block.cache_control)
  if (last === -1) return undefined
  const isLong = blocks[last]?.cache_control?.ttl === '1h'
  return {
    text: joinText(blocks.slice(0, last + 1)),
    ttlSeconds: isLong ? 3600 : undefined,
    step: 1,
  }
}

function buildMessage(modelAnswer: SimAnswer) {
  return {
    id: `msg_${modelAnswer.id}`,
    type: 'message',
    role: 'assistant',
    model: modelAnswer.model,
    container: null,
    content:
      modelAnswer.text === '' ? [] : [{ type: 'text', text: modelAnswer.text, citations: null }],
    diagnostics: null,
    ...describeStop(modelAnswer),
    usage: {
      ...buildInputUsage(modelAnswer),
      cache_creation: {
        ephemeral_5m_input_tokens: modelAnswer.cacheWriteTokens,
        ephemeral_1h_input_tokens: 0,
      },
      inference_geo: null,
      output_tokens: modelAnswer.outputTokens,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      speed: 'standard',
    },
  }
}

function buildInputUsage(modelAnswer: SimAnswer) {
  return {
    input_tokens: modelAnswer.inputTokens,
    cache_creation_input_tokens: modelAnswer.cacheWriteTokens,
    cache_read_input_tokens: modelAnswer.cachedTokens,
  }
}

const STOPS = { end: 'end_turn', length: 'max_tokens', refusal: 'refusal' }

function describeStop({ stop }: SimAnswer) {
  return {
    stop_reason: STOPS[stop],
    stop_sequence: null,
    stop_details:
      stop === 'refusal' ? { type: 'refusal', category: 'cyber', explanation: null } : null,
  }
}

function buildFrame(type: string, rest: object): StreamFrame {
  return { event: type, data: JSON.stringify({ type, ...rest }) }
}

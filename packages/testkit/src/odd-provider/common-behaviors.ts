import { asObject } from './request-parts.ts'
import { replaceChoice, replaceMessage } from './build-good-answer.ts'
import {
  breakInBody,
  deliverAs,
  deliverEvents,
  deliverGzipBomb,
  deliverHuge,
  hang,
  hangInBody,
  resetConnection,
} from './deliver.ts'
import type { Behavior, JsonObject, OddReply } from './types.ts'

const TRANSPORT = 'any server or network between'
const THOUGHTS = 'The kind names a small service. {So} I would say it runs one.'

/** Nesting depth at which a recursive JSON reader fails. */
const DEPTH = 200_000

/** Behaviors of any product, by name. */
export const COMMON_BEHAVIORS: Record<string, Behavior> = {
  plain: { source: 'the product as it is documented' },

  // Wrapping of the text.
  'think-tags': {
    source: 'https://github.com/vllm-project/vllm/issues/21130',
    write: (text) => `<think>\n${THOUGHTS}\n</think>\n\n${text}`,
  },
  'closing-think-tag': {
    source: 'https://github.com/open-webui/open-webui/issues/9808',
    write: (text) => `${THOUGHTS}\n</think>\n\n${text}`,
  },
  fenced: {
    source: 'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2403',
    write: (text) => `\`\`\`json\n${text}\n\`\`\``,
  },
  prose: {
    source: 'https://github.com/waybarrios/vllm-mlx/issues/133',
    write: (text) => `Here is the JSON object:\n\n${text}\n\nLet me know if you need more.`,
  },
  'list-of-one': {
    source: 'https://github.com/browser-use/browser-use/issues/1458',
    write: (text) => `[${text}]`,
  },
  'trailing-comma': {
    source: 'https://github.com/waybarrios/vllm-mlx/issues/133',
    write: (text) => `${text.slice(0, -1)},}`,
  },
  'byte-order-mark': { source: TRANSPORT, write: (text) => `\uFEFF${text}` },

  // Position of the text.
  parts: openAi('https://github.com/vercel/ai/pull/15890', (body, text) =>
    replaceMessage(body, { content: [{ type: 'text', text }] }),
  ),
  'tool-call': openAi('https://docs.litellm.ai/docs/completion/json_mode', (body, text) =>
    replaceChoice(replaceMessage(body, { content: null, tool_calls: [toolCall(text)] }), {
      finish_reason: 'tool_calls',
    }),
  ),

  // Usage counts.
  'no-usage': {
    source: 'https://github.com/run-llama/llama_index/pull/22812',
    shape: (body) => Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'usage')),
  },
  'null-usage': usage('https://github.com/run-llama/llama_index/pull/22812', (value) =>
    Object.fromEntries(Object.keys(value).map((name) => [name, null])),
  ),
  'textual-usage': usage('gateways that keep counts as text', (value) =>
    Object.fromEntries(Object.entries(value).map(([name, count]) => [name, String(count)])),
  ),
  'negative-usage': usage('https://github.com/vllm-project/vllm/issues/4667', (value) =>
    Object.fromEntries(Object.keys(value).map((name) => [name, -1])),
  ),

  // Faults of the network and of proxies.
  hang: { source: TRANSPORT, deliver: hang },
  'hang-in-body': { source: TRANSPORT, deliver: hangInBody },
  'break-in-body': { source: TRANSPORT, deliver: breakInBody },
  reset: { source: TRANSPORT, deliver: resetConnection },
  huge: { source: TRANSPORT, deliver: deliverHuge },
  'gzip-bomb': { source: TRANSPORT, deliver: deliverGzipBomb },
  events: {
    source: 'https://github.com/quangdang46/openproxy/issues/306',
    deliver: deliverEvents,
  },
  'text-type': { source: TRANSPORT, deliver: deliverAs('text/plain; charset=utf-8') },
  'deep-text': { source: TRANSPORT, write: () => '{"capabilities":'.repeat(DEPTH) },
  'deep-body': createFaultBehavior(TRANSPORT, { status: 200, body: '{"choices":'.repeat(DEPTH) }),
  'empty-body': createFaultBehavior(TRANSPORT, { status: 200, body: '' }),
  'null-body': createFaultBehavior('https://github.com/BerriAI/litellm/issues/32221', {
    status: 200,
    body: 'null',
  }),
  'server-error': createFaultBehavior(TRANSPORT, { status: 500, body: 'Internal Server Error' }),
}

/** A behavior that answers every request with one reply. */
export function createFaultBehavior(source: string, reply: OddReply): Behavior {
  return { source, fault: () => reply }
}

function openAi(source: string, shape: (body: JsonObject, text: string) => JsonObject): Behavior {
  return { source, shape }
}

function usage(source: string, change: (usage: JsonObject) => JsonObject): Behavior {
  return { source, shape: (body) => ({ ...body, usage: change(asObject(body['usage'])) }) }
}

function toolCall(text: string): JsonObject {
  return {
    id: 'call_1',
    type: 'function',
    function: { name: 'json_tool_call', arguments: text },
  }
}

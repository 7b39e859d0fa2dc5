import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceMessage } from '../build-good-answer.ts'
import { findKeyword, hasRole, readFormat, readJsonSchema, readMessages } from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

/** Errors of releases before 0.10; later releases have the same members below `error`. */
function oldError(status: number, message: string, type = 'BadRequestError'): OddReply {
  return { status, body: { object: 'error', message, type, param: null, code: status } }
}

function newError(status: number, message: string, type = 'BadRequestError'): OddReply {
  return { status, body: { error: { message, type, param: null, code: status } } }
}

const THOUGHTS = 'The user wants a JSON object. {"draft": true} is not it.'

/** vLLM: https://github.com/vllm-project/vllm, `vllm/entrypoints/openai`. Unknown parameters are ignored. */
export const vllm: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, body: { detail: 'Not Found' } }),
  refuse: refuseRoles,
  shape: (body) => ({
    ...replaceMessage(body, { reasoning_content: null, tool_calls: [] }),
    prompt_logprobs: null,
    kv_transfer_params: null,
  }),
  behaviors: {
    'reasoning-content': {
      source: 'https://docs.vllm.ai/en/latest/features/reasoning_outputs.html',
      shape: (body) => replaceMessage(body, { reasoning_content: THOUGHTS }),
    },
    reasoning: {
      source: 'https://github.com/vllm-project/vllm/issues/29408',
      shape: (body) => replaceMessage(body, { reasoning: THOUGHTS }),
    },
    'answer-in-reasoning': {
      source: 'https://github.com/vllm-project/vllm/issues/48863',
      shape: (body, text) => replaceMessage(body, { content: null, reasoning_content: text }),
    },
    'answer-in-new-reasoning': {
      source: 'https://github.com/vllm-project/vllm/issues/50948',
      shape: (body, text) => replaceMessage(body, { content: null, reasoning: text }),
    },
    'no-system-role': {
      source: 'https://github.com/vllm-project/vllm/pull/2964',
      refuse: (request) =>
        hasRole(request, 'system') ? oldError(400, 'System role not supported') : undefined,
    },
    'no-schema-bounds': {
      source: 'https://github.com/vllm-project/vllm/issues/26421',
      refuse: refuseBounds,
    },
    'no-max-completion-tokens': {
      source: 'https://github.com/voideditor/void/issues/128',
      refuse: ({ body }) =>
        'max_completion_tokens' in body
          ? oldError(
              400,
              "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 8192}]",
            )
          : undefined,
    },

    'too-long': createFaultBehavior(
      'https://github.com/ogx-ai/ogx/issues/4534',
      oldError(
        400,
        "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.",
      ),
    ),
    'too-long-new': createFaultBehavior(
      'https://github.com/vllm-project/vllm/issues/33418',
      newError(
        400,
        "This model's maximum context length is 8192 tokens. However, your request has 9011 input tokens. Please reduce the length of the input messages. (parameter=input_tokens, value=9011)",
      ),
    ),
    'too-long-negative': createFaultBehavior(
      'https://github.com/vllm-project/vllm/issues/4667',
      oldError(400, 'max_tokens must be at least 1, got -186.'),
    ),
    'unknown-model': createFaultBehavior(
      'https://github.com/vllm-project/vllm/issues/3485',
      oldError(404, 'The model `served-name` does not exist.', 'NotFoundError'),
    ),
    'unknown-path': createFaultBehavior('FastAPI', { status: 404, body: { detail: 'Not Found' } }),
    'wrong-key': createFaultBehavior(
      'vllm/entrypoints/openai/api_server.py, authentication middleware',
      {
        status: 401,
        body: { error: 'Unauthorized' },
      },
    ),
    'engine-dead': createFaultBehavior(
      'https://github.com/vllm-project/vllm/issues/44281',
      newError(
        500,
        'EngineCore encountered an issue. See stack trace for the root cause.',
        'InternalServerError',
      ),
    ),
  },
}

function refuseRoles(request: OddRequest): OddReply | undefined {
  const known = ['system', 'developer', 'user', 'assistant', 'tool']
  const wrong = readMessages(request).find(({ role }) => !known.includes(String(role)))
  return wrong ? newError(400, `Unexpected message role: ${String(wrong['role'])}`) : undefined
}

function refuseBounds(request: OddRequest): OddReply | undefined {
  if (readFormat(request) !== 'json_schema') return undefined
  const keywords = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'maximum']
  return findKeyword(readJsonSchema(request)['schema'], keywords)
    ? newError(400, 'The provided JSON schema contains features not supported by xgrammar.')
    : undefined
}

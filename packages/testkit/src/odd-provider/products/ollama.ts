import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceMessage } from '../build-good-answer.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import { readFormat } from '../request-parts.ts'
import type { Product, OddReply } from '../types.ts'

const error = (status: number, message: string, type = 'api_error'): OddReply =>
  createOpenAiError(status, message, { type })

const unknownPath: OddReply = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: '404 page not found',
}

/** Ollama below /v1: https://github.com/ollama/ollama, `openai/openai.go`. Unknown parameters are ignored. */
export const ollama: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => unknownPath,
  shape: (body) => ({ ...body, system_fingerprint: 'fp_ollama' }),
  behaviors: {
    reasoning: {
      source: 'ollama, openai/openai.go',
      shape: (body) => replaceMessage(body, { reasoning: 'A short thought about {the} kind.' }),
    },
    'fenced-without-format': {
      source: 'ollama, api/types.go: a format that is neither "json" nor a schema is refused',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(400, 'invalid format: expected "json" or a JSON schema', 'invalid_request_error')
          : undefined,
      write: (text) => `\`\`\`\n${text}\n\`\`\``,
    },
    // Silently truncates the prompt to the context of the model. Only the count of prompt tokens shows it.
    'cuts-prompt': {
      source: 'https://github.com/ollama/ollama/issues/8099',
      shape: (body) => ({
        ...body,
        usage: { prompt_tokens: 4096, completion_tokens: 100, total_tokens: 4196 },
      }),
    },

    'unknown-model': createFaultBehavior(
      'https://github.com/netease-youdao/QAnything/issues/555',
      error(404, 'model "served-name" not found, try pulling it first'),
    ),
    'unknown-path': createFaultBehavior(
      'https://github.com/skye-harris/hass_local_openai_llm/issues/15',
      unknownPath,
    ),
    'too-long': createFaultBehavior(
      'https://github.com/ollama/ollama/issues/17889',
      error(400, 'the input length exceeds the context length', 'invalid_request_error'),
    ),
    'no-memory': createFaultBehavior(
      'https://github.com/continuedev/continue/issues/12795',
      error(500, 'model requires more system memory (9.3 GiB) than is available (6.1 GiB)'),
    ),
    busy: createFaultBehavior(
      'ollama, server/sched.go, ErrMaxQueue',
      error(503, 'server busy, please try again.  maximum pending requests exceeded'),
    ),
  },
}

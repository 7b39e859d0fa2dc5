import { fault } from '../common-behaviors.ts'
import { withMessage } from '../good-answer.ts'
import { openAiError } from '../openai-error.ts'
import { readFormat } from '../request-parts.ts'
import type { Product, Reply } from '../types.ts'

const error = (status: number, message: string, type = 'api_error'): Reply =>
  openAiError(status, message, { type })

const unknownPath: Reply = {
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
      shape: (body) => withMessage(body, { reasoning: 'A short thought about {the} kind.' }),
    },
    'fenced-without-format': {
      source: 'ollama, api/types.go: a format of another form is refused',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(400, 'invalid format: expected "json" or a JSON schema', 'invalid_request_error')
          : undefined,
      write: (text) => `\`\`\`\n${text}\n\`\`\``,
    },
    // The prompt is cut to the context of the model without a word: the count of prompt tokens is all that shows it.
    'cuts-prompt': {
      source: 'https://github.com/ollama/ollama/issues/8099',
      shape: (body) => ({
        ...body,
        usage: { prompt_tokens: 4096, completion_tokens: 100, total_tokens: 4196 },
      }),
    },

    'unknown-model': fault(
      'https://github.com/netease-youdao/QAnything/issues/555',
      error(404, 'model "served-name" not found, try pulling it first'),
    ),
    'unknown-path': fault(
      'https://github.com/skye-harris/hass_local_openai_llm/issues/15',
      unknownPath,
    ),
    'too-long': fault(
      'https://github.com/ollama/ollama/issues/17889',
      error(400, 'the input length exceeds the context length', 'invalid_request_error'),
    ),
    'no-memory': fault(
      'https://github.com/continuedev/continue/issues/12795',
      error(500, 'model requires more system memory (9.3 GiB) than is available (6.1 GiB)'),
    ),
    busy: fault(
      'ollama, server/sched.go, ErrMaxQueue',
      error(503, 'server busy, please try again.  maximum pending requests exceeded'),
    ),
  },
}

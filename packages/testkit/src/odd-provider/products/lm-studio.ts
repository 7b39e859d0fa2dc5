import { createFaultBehavior } from '../common-behaviors.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import { readFormat } from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

const stringError = (status: number, message: string): OddReply => ({
  status,
  body: { error: message },
})

const unknownPath = (method: string, path: string): OddReply =>
  stringError(200, `Unexpected endpoint or method. (${method} ${path}). Returning 200 anyway`)

/** LM Studio: its bug tracker, https://github.com/lmstudio-ai/lmstudio-bug-tracker. Unknown parameters are ignored. */
export const lmStudio: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath,
  refuse: refuseJsonObject,
  shape: (body) => ({ ...body, stats: {}, system_fingerprint: 'qwen3-8b' }),
  behaviors: {
    'no-json-schema': {
      source: 'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/307',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? stringError(400, "'response_format.type' must be 'text'")
          : undefined,
    },

    'unknown-path': createFaultBehavior(
      'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/618',
      unknownPath('POST', '/chat/completions'),
    ),
    'no-model': createFaultBehavior(
      'public logs that quote it, such as continuedev/continue',
      createOpenAiError(
        400,
        "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
        { param: 'model' },
      ),
    ),
    'too-long': createFaultBehavior(
      'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546',
      stringError(
        400,
        'Trying to keep the first 11149 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input. Error Data: n/a, Additional Data: n/a',
      ),
    ),
    crashed: createFaultBehavior(
      'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1620',
      stringError(
        400,
        'The model has crashed without additional information. (Exit code: 18446744072635810000)',
      ),
    ),
  },
}

/** https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189 */
function refuseJsonObject(request: OddRequest): OddReply | undefined {
  return readFormat(request) === 'json_object'
    ? stringError(400, "'response_format.type' must be 'json_schema' or 'text'")
    : undefined
}

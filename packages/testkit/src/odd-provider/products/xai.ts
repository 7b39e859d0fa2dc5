import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceMessage } from '../build-good-answer.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

const INVALID = 'Client specified an invalid argument'
const FORBIDDEN = 'The caller does not have permission to execute the specified operation'

/** The message is in `error`, and `code` is a sentence. */
function error(status: number, message: string, code = INVALID): OddReply {
  return { status, body: { code, error: message } }
}

/** xAI: https://docs.x.ai/docs/api-reference. */
export const xai: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, body: '' }),
  refuse: refuseArguments,
  // Reasoning tokens are not part of the completion tokens.
  shape: (body) => ({
    ...replaceMessage(body, { reasoning_content: 'A widget, {so} it seems.', refusal: null }),
    usage: {
      prompt_tokens: 800,
      completion_tokens: 100,
      total_tokens: 1350,
      completion_tokens_details: { reasoning_tokens: 450 },
    },
  }),
  behaviors: {
    'wrong-key': createFaultBehavior(
      'https://github.com/hotovo/aider-desk/issues/653',
      error(
        400,
        'Incorrect API key provided: sk***gA. You can obtain an API key from https://console.x.ai.',
      ),
    ),
    credits: createFaultBehavior(
      'https://github.com/griptape-ai/griptape-nodes-engine/issues/1079',
      error(
        403,
        "Your newly created teams doesn't have any credits yet. You can purchase credits on https://console.x.ai/team/c853730f.",
        FORBIDDEN,
      ),
    ),
    'spending-limit': createFaultBehavior(
      'https://github.com/warpdotdev/warp/issues/14868',
      error(
        403,
        'Your team 8c268de0 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
        FORBIDDEN,
      ),
    ),
    'unknown-model': createFaultBehavior(
      'https://docs.x.ai/docs/key-information/debugging',
      error(
        404,
        'The model served-name does not exist or your team does not have access to it.',
        'Some requested entity was not found',
      ),
    ),
  },
}

/** https://github.com/BerriAI/litellm/issues/14056 */
function refuseArguments({ body }: OddRequest): OddReply | undefined {
  const wrong = ['presence_penalty', 'frequency_penalty', 'stop'].find((name) => name in body)
  return wrong ? error(400, `Argument not supported on this model: ${wrong}`) : undefined
}

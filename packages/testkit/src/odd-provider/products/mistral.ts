import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceMessage } from '../build-good-answer.ts'
import { findUnknownParameter, hasRole } from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

function error(
  status: number,
  message: unknown,
  type = 'invalid_request_error',
  code: string | null = null,
): OddReply {
  return {
    status,
    body: { object: 'error', message, type, param: null, code, raw_status_code: status },
  }
}

/** Mistral: https://docs.mistral.ai/api. Refuses unlisted parameters. */
export const mistral: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, body: { message: 'no Route matched with those values' } }),
  refuse: refuseRequest,
  behaviors: {
    'thinking-parts': {
      source: 'https://docs.mistral.ai/capabilities/reasoning',
      shape: (body, text) =>
        replaceMessage(body, {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Is {it} a widget?' }] },
            { type: 'text', text },
          ],
        }),
    },

    'wrong-key': createFaultBehavior('https://docs.mistral.ai/api', {
      status: 401,
      body: { detail: 'Unauthorized' },
    }),
    'unknown-model': createFaultBehavior(
      'https://github.com/tmc/langchaingo/issues/1233',
      error(400, 'Invalid model: served-name', 'invalid_model', '1500'),
    ),
    limited: createFaultBehavior(
      'https://github.com/raycast/extensions/issues/31107',
      error(429, 'Rate limit exceeded', 'rate_limited', '1300'),
    ),
    'no-capacity': createFaultBehavior(
      'https://github.com/continuedev/continue/issues/6185',
      error(429, 'Service tier capacity exceeded for this model.'),
    ),
    'too-long': createFaultBehavior(
      'https://docs.mistral.ai/api',
      error(
        400,
        'Prompt contains 40961 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
        'invalid_request_prompt',
        '3051',
      ),
    ),
  },
}

/** https://github.com/editor-code-assistant/eca/issues/315 */
function refuseRequest(request: OddRequest): OddReply | undefined {
  const name = findUnknownParameter(request, {
    except: [
      'max_completion_tokens',
      'user',
      'store',
      'logit_bias',
      'logprobs',
      'top_logprobs',
      'prompt_cache_retention',
      'prompt_cache_options',
      'safety_identifier',
      'verbosity',
      'service_tier',
      'seed',
    ],
  })
  if (name === undefined) {
    return hasRole(request, 'developer') ? error(422, { detail: [] }) : undefined
  }
  const input = request.body[name]
  const detail = [
    { type: 'extra_forbidden', loc: ['body', name], msg: 'Extra inputs are not permitted', input },
  ]
  return error(422, { detail })
}

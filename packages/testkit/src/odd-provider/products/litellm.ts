import { createFaultBehavior } from '../common-behaviors.ts'
import { readFormat } from '../request-parts.ts'
import type { Product, OddReply } from '../types.ts'

/** The proxy sends codes as strings, and a missing type or parameter as "None" or null. */
function error(status: number, message: string, type: string | null = null): OddReply {
  return { status, body: { error: { message, type, param: null, code: String(status) } } }
}

const NESTED = `. Received Model Group=served-name\nAvailable Model Group Fallbacks=None`

/** LiteLLM proxy: https://github.com/BerriAI/litellm, `litellm/proxy`. */
export const litellm: Product = {
  wire: 'openai',
  base: '/v1',
  unknownPath: () => ({ status: 404, body: { detail: 'Not Found' } }),
  behaviors: {
    'no-response-format': {
      source: 'https://github.com/BerriAI/litellm/pull/33738',
      refuse: (request) =>
        readFormat(request) === 'text'
          ? undefined
          : error(
              400,
              `litellm.UnsupportedParamsError: sagemaker_chat does not support parameters: ['response_format'], for model=served-name. To drop these, set \`litellm.drop_params=True\` or for proxy:\n\n\`litellm_settings:\n drop_params: true\`\n${NESTED}`,
            ),
    },
    'nested-no-schema': {
      source: 'https://github.com/sherifkozman/the-llm-council/pull/55',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(
              400,
              `litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"output_config.format.schema: For 'number' type, properties maximum, minimum are not supported"},"request_id":"req_011CZv3"}${NESTED}`,
            )
          : undefined,
    },
    'no-temperature': {
      source: 'https://github.com/BerriAI/litellm/pull/33738',
      refuse: ({ body }) =>
        body['temperature'] !== undefined && body['temperature'] !== 1
          ? error(
              400,
              "litellm.UnsupportedParamsError: gpt-5-nano doesn't support temperature=0. Only temperature=1 is supported. To drop unsupported params set `litellm.drop_params = True`",
              'invalid_request_error',
            )
          : undefined,
    },

    'too-long': createFaultBehavior(
      'https://docs.litellm.ai/docs/exception_mapping',
      error(
        400,
        `litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - Error code: 400 - {'error': {'message': "This model's maximum context length is 4097 tokens. However, your messages resulted in 5123 tokens.", 'type': 'invalid_request_error', 'param': 'messages', 'code': 'context_length_exceeded'}}${NESTED}`,
      ),
    ),
    'wrong-key': createFaultBehavior(
      'litellm, litellm/proxy/auth/user_api_key_auth.py',
      error(
        401,
        'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...wxyz, Key Hash (Token) =88dc28. Unable to find token in cache or `LiteLLM_VerificationTokenTable`',
        'token_not_found_in_db',
      ),
    ),
    'nested-wrong-key': createFaultBehavior(
      'https://github.com/hotovo/aider-desk/issues/653',
      error(
        401,
        `litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided: sk-12***. You can find your API key at https://platform.openai.com/account/api-keys.${NESTED}`,
      ),
    ),
    budget: createFaultBehavior(
      'https://github.com/BerriAI/litellm/pull/10022',
      error(
        400,
        'Budget has been exceeded! Current cost: 30.093831, Max budget: 30.0',
        'budget_exceeded',
      ),
    ),
    'budget-as-key': createFaultBehavior('https://github.com/BerriAI/litellm/issues/4208', {
      status: 400,
      body: {
        error: {
          message: 'Budget has been exceeded! Current cost: 0.0010747, Max budget: 0.0',
          type: 'auth_error',
          param: null,
          code: 400,
        },
      },
    }),
    'no-deployment': createFaultBehavior(
      'https://github.com/BerriAI/litellm/issues/5177',
      error(
        429,
        'No deployments available for selected model, Try again in 1 seconds. Passed model=served-name. Try again in 1 seconds.',
        'None',
      ),
    ),
    'unknown-model': createFaultBehavior('litellm, litellm/proxy/route_llm_request.py', {
      status: 400,
      body: {
        error: {
          message:
            "{'error': '/chat/completions: Invalid model name passed in model=served-name. Call `/v1/models` to view available models for your key.'}",
          type: 'None',
          param: 'None',
          code: '400',
        },
      },
    }),
  },
}

import { createFaultBehavior } from '../common-behaviors.ts'
import { replaceChoice, replaceMessage } from '../build-good-answer.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import {
  findUnknownParameter,
  readFormat,
  readJsonSchema,
  readPrompt,
  asObject,
} from '../request-parts.ts'
import type { OddRequest, Product, OddReply } from '../types.ts'

const error = (status: number, message: string, code = String(status)): OddReply => ({
  status,
  body: { error: { code, message } },
})

const WRONG_KEY = error(
  401,
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
)

const FILTERED = {
  hate: { filtered: false, severity: 'safe' },
  violence: { filtered: true, severity: 'medium' },
}

/** Azure OpenAI: https://learn.microsoft.com/azure/ai-services/openai/reference. */
export const azure: Product = {
  wire: 'openai',
  base: '/openai/v1',
  otherPath: /^\/openai\/deployments\/[^/]+\/chat\/completions$/,
  unknownPath: () => error(404, 'Resource not found'),
  refuse: refuseRequest,
  shape: (body) => ({
    ...replaceChoice(body, { content_filter_results: {} }),
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  }),
  behaviors: {
    // Requires the key and API version of the classic paths.
    deployment: {
      source: 'https://learn.microsoft.com/azure/ai-services/openai/reference#chat-completions',
      refuse: ({ path, query, headers }) => {
        if (!/^\/openai\/deployments\/[^/]+\/chat\/completions$/.test(path)) {
          return error(404, 'Resource not found')
        }
        if (!headers['api-key']) return WRONG_KEY
        return query.get('api-version') ? undefined : error(404, 'Resource not found')
      },
    },
    'no-max-tokens': {
      source: 'https://github.com/owndev/Open-WebUI-Functions/issues/136',
      refuse: ({ body }) =>
        'max_tokens' in body
          ? createOpenAiError(
              400,
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
              { param: 'max_tokens', code: 'unsupported_parameter' },
            )
          : undefined,
    },
    'no-max-completion-tokens': {
      source: 'https://github.com/openai/openai-python/issues/1724',
      refuse: ({ body }) =>
        'max_completion_tokens' in body
          ? createOpenAiError(400, 'Unrecognized request argument supplied: max_completion_tokens')
          : undefined,
    },
    'no-temperature': {
      source: 'https://github.com/tmc/langchaingo/issues/1355',
      refuse: ({ body }) =>
        body['temperature'] !== undefined && body['temperature'] !== 1
          ? createOpenAiError(
              400,
              "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
              { param: 'temperature', code: 'unsupported_value' },
            )
          : undefined,
    },
    'old-version': {
      source: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? error(
              400,
              'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
              'BadRequest',
            )
          : undefined,
    },
    'no-json-schema': {
      source: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/structured-outputs',
      refuse: (request) =>
        readFormat(request) === 'json_schema'
          ? createOpenAiError(
              400,
              "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs",
            )
          : undefined,
    },

    'unknown-deployment': createFaultBehavior(
      'https://github.com/chatboxai/chatbox/issues/861',
      error(
        404,
        'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
        'DeploymentNotFound',
      ),
    ),
    'unknown-path': createFaultBehavior(
      'https://learn.microsoft.com/azure/ai-services/openai',
      error(404, 'Resource not found'),
    ),
    'wrong-key': createFaultBehavior('https://github.com/SciSharp/BotSharp/issues/386', WRONG_KEY),
    'content-filter': createFaultBehavior(
      'https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter',
      {
        status: 400,
        body: {
          error: {
            message:
              "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
            type: null,
            param: 'prompt',
            code: 'content_filter',
            status: 400,
            innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: FILTERED },
          },
        },
      },
    ),
    'content-filter-in-200': {
      source: 'https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter',
      shape: (body) =>
        replaceChoice(replaceMessage(body, { content: null }), {
          finish_reason: 'content_filter',
          content_filter_results: FILTERED,
        }),
    },
    'too-long': createFaultBehavior(
      'https://github.com/langchain-ai/langchain/issues/24058',
      createOpenAiError(
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9457 tokens. Please reduce the length of the messages.",
        { param: 'messages', code: 'context_length_exceeded' },
      ),
    ),
    limited: createFaultBehavior(
      'https://learn.microsoft.com/azure/ai-services/openai/quotas-limits',
      {
        ...error(
          429,
          'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 1 second.',
        ),
        headers: { 'retry-after': '1' },
      },
    ),
  },
}

/** Refuses unknown parameters, JSON mode without the word "json" in the prompt, and a strict schema that allows other members. */
function refuseRequest(request: OddRequest): OddReply | undefined {
  const unknown = findUnknownParameter(request)
  if (unknown) return createOpenAiError(400, `Unrecognized request argument supplied: ${unknown}`)
  if (readFormat(request) === 'json_object' && !/json/i.test(readPrompt(request))) {
    return createOpenAiError(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    )
  }
  const { strict, schema } = readJsonSchema(request)
  return strict === true && asObject(schema)['additionalProperties'] !== false
    ? createOpenAiError(
        400,
        "Invalid schema for response_format 'capability': In context=(), 'additionalProperties' is required to be supplied and to be false.",
        { param: 'response_format' },
      )
    : undefined
}

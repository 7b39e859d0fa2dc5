import type { Dialect } from '@capstan/shared/inference/dialect'

// Errors of many products for a refused request part.

export const error = (message: string, more: object = {}) => ({ error: { message, ...more } })
export const flat = (message: string, code = 400) => {
  return { object: 'error', message, type: 'BadRequestError', param: null, code }
}
const OLD_MODEL =
  "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."

export type Row = [product: string, status: number, body: unknown, next: Partial<Dialect>]

export const CHAT_ROWS: Row[] = [
  [
    'an Azure reasoning deployment',
    400,
    error(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { type: 'invalid_request_error', param: 'max_tokens', code: 'unsupported_parameter' },
    ),
    { limit: 'max_completion_tokens' },
  ],
  [
    'a gateway in front of it',
    400,
    error(
      '[openai/gpt] [400]: {"error": {"message": "Unsupported parameter: \'max_tokens\' is not supported with this model. Use \'max_completion_tokens\' instead.", "code": "unsupported_parameter"}}',
    ),
    { limit: 'max_completion_tokens' },
  ],
  [
    'an old Azure API version',
    400,
    error('Unrecognized request argument supplied: max_tokens', {
      type: 'invalid_request_error',
      param: null,
    }),
    { limit: 'max_completion_tokens' },
  ],
  [
    'OpenAI, of a newer name',
    400,
    error("Unknown parameter: 'max_tokens'.", { param: 'max_tokens', code: 'unknown_parameter' }),
    { limit: 'max_completion_tokens' },
  ],
  [
    'a pydantic server',
    422,
    {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'max_tokens'],
          msg: 'Extra inputs are not permitted',
          input: 1500,
        },
      ],
    },
    { limit: 'max_completion_tokens' },
  ],
  [
    'vLLM of 2024',
    400,
    flat(
      "[{'type': 'extra_forbidden', 'loc': ('body', 'max_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 1500}]",
    ),
    { limit: 'max_completion_tokens' },
  ],
  [
    'a Go server',
    400,
    error('json: unknown field "max_tokens"'),
    { limit: 'max_completion_tokens' },
  ],
  [
    'the case no-max-tokens',
    400,
    error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", {
      param: 'max_tokens',
      code: 'unsupported_parameter',
    }),
    { limit: 'max_completion_tokens' },
  ],
  [
    'DeepSeek',
    400,
    error('This response_format type is unavailable now', { type: 'invalid_request_error' }),
    { output: 'json_object' },
  ],
  [
    'DeepSeek, of a body it cannot read',
    422,
    'Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 12992',
    { output: 'json_object' },
  ],
  [
    'the case no-json-schema',
    400,
    error('This type of response_format is not available', {
      type: 'invalid_request_error',
      code: 'invalid_request_error',
    }),
    { output: 'json_object' },
  ],
  ['OpenAI, of an older model', 400, error(OLD_MODEL, { param: null }), { output: 'json_object' }],
  [
    'Azure, of an old API version',
    400,
    error(
      'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
      { code: 'BadRequest' },
    ),
    { output: 'json_object' },
  ],
  [
    'Groq',
    400,
    error(
      'This model does not support response format `json_schema`. See supported models at https://console.groq.com/docs',
      { type: 'invalid_request_error' },
    ),
    { output: 'json_object' },
  ],
  [
    'a Rust server',
    422,
    'Failed to deserialize the JSON body into the target type: response_format.type: unknown variant `json_schema`, expected one of `json_object`, `text` at line 1 column 90',
    { output: 'json_object' },
  ],
  [
    'a pydantic server with two kinds',
    422,
    {
      detail: [
        {
          type: 'literal_error',
          loc: ['body', 'response_format', 'type'],
          msg: "Input should be 'text' or 'json_object'",
          input: 'json_schema',
        },
      ],
    },
    { output: 'json_object' },
  ],
  [
    'a server that knows only text',
    400,
    error("'response_format.type' must be 'text'"),
    { output: 'text' },
  ],
  [
    'a Rust server without the parameter',
    422,
    'Failed to deserialize the JSON body into the target type: unknown field `response_format`, expected one of `model`, `messages`, `max_tokens`, `stream` at line 1 column 9',
    { output: 'text' },
  ],
  [
    'LiteLLM',
    400,
    error(
      "litellm.UnsupportedParamsError: groq does not support parameters: ['response_format'], for model=llama. To drop these, set `litellm.drop_params=True`",
      { type: null, param: null, code: '400' },
    ),
    { output: 'text' },
  ],
  [
    'LiteLLM with a dump',
    400,
    error(
      "litellm.UnsupportedParamsError: ollama does not support parameters: {'response_format': {'type': 'json_schema', 'json_schema': {'strict': True}}}, for model=x.",
    ),
    { output: 'text' },
  ],
  [
    'Mistral',
    422,
    {
      object: 'error',
      message: {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'response_format'],
            msg: 'Extra inputs are not permitted',
            input: { type: 'json_schema' },
          },
        ],
      },
      type: 'invalid_request_error',
    },
    { output: 'text' },
  ],
  [
    'OpenAI without structured output',
    400,
    error("Unsupported parameter: 'response_format' is not supported with this model.", {
      param: 'response_format',
    }),
    { output: 'text' },
  ],
  [
    'a Bedrock gateway',
    400,
    error(
      'Malformed input request: #: extraneous key [response_format] is not permitted, please reformat your input and try again.',
    ),
    { output: 'text' },
  ],
  [
    'Cerebras, of the strict mode',
    422,
    error("'response_format.json_schema.strict' is not supported", { param: 'response_format' }),
    { output: 'schema' },
  ],
  [
    'a pydantic server, of the strict mode',
    422,
    {
      detail: [
        {
          loc: ['body', 'response_format', 'json_schema', 'strict'],
          msg: 'extra fields not permitted',
          type: 'value_error.extra',
        },
      ],
    },
    { output: 'schema' },
  ],
  [
    'Gemini, of a keyword',
    400,
    [
      error(
        'Invalid JSON payload received. Unknown name "additionalProperties" at \'generation_config.response_schema\': Cannot find field.',
        { code: 400, status: 'INVALID_ARGUMENT' },
      ),
    ],
    { output: 'schema' },
  ],
  [
    'OpenAI, of a schema',
    400,
    error(
      "Invalid schema for response_format 'capability': In context=(), 'required' is required to be supplied",
      { param: 'response_format', type: 'invalid_request_error' },
    ),
    { output: 'schema' },
  ],
  [
    'llama.cpp, of a schema',
    400,
    error('Failed to parse grammar', { type: 'invalid_request_error', code: 400 }),
    { output: 'schema' },
  ],
  [
    'vLLM, of a grammar',
    400,
    flat('The provided JSON schema contains features not supported by xgrammar.'),
    { output: 'schema' },
  ],
  ['vLLM with Gemma', 400, flat('System role not supported'), { system: 'user' }],
  [
    'llama.cpp with Gemma',
    500,
    error('Jinja Exception: System role not supported', { code: 500, type: 'server_error' }),
    { system: 'user' },
  ],
  [
    'TGI with Gemma',
    422,
    {
      error: 'Template error: invalid operation: System role not supported (in <string>:1)',
      error_type: 'template_error',
    },
    { system: 'user' },
  ],
  [
    'vLLM with Mistral',
    400,
    flat('Conversation roles must alternate user/assistant/user/assistant/...'),
    { system: 'user' },
  ],
  [
    'LM Studio with Mistral',
    400,
    {
      error:
        'Error rendering prompt with jinja template: "Only user and assistant roles are supported!".',
    },
    { system: 'user' },
  ],
  [
    'OpenAI o1',
    400,
    error("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {
      param: 'messages[0].role',
      code: 'unsupported_value',
    }),
    { system: 'user' },
  ],
  [
    'Google, of Gemma',
    400,
    [
      error('Developer instruction is not enabled for models/gemma-3-27b-it', {
        code: 400,
        status: 'INVALID_ARGUMENT',
      }),
    ],
    { system: 'user' },
  ],
  [
    'a pydantic server, of two parts',
    422,
    {
      detail: [
        { loc: ['body', 'max_tokens'], msg: 'extra fields not permitted' },
        { loc: ['body', 'response_format'], msg: 'extra fields not permitted' },
      ],
    },
    { limit: 'max_completion_tokens', output: 'text' },
  ],
  [
    'a server that implements nothing of it',
    501,
    error('response_format is not implemented'),
    { output: 'json_object' },
  ],
  [
    'OpenRouter',
    404,
    error('No endpoints found that support response_format', { code: 404 }),
    { output: 'json_object' },
  ],
  [
    'a gateway, in a good answer',
    200,
    error('response_format json_schema is not supported by the upstream model', { code: 400 }),
    { output: 'json_object' },
  ],
]

export const MESSAGES_ROWS: Row[] = [
  [
    'an older gateway',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'output_config: Extra inputs are not permitted',
      },
    },
    { output: 'text' },
  ],
  [
    'Bedrock',
    400,
    { message: 'output_config.format: Extra inputs are not permitted' },
    { output: 'text' },
  ],
  [
    'LiteLLM',
    400,
    {
      error: {
        message:
          "litellm.UnsupportedParamsError: bedrock does not support parameters: ['output_config']",
      },
    },
    { output: 'text' },
  ],
  [
    'a model without it',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'This model does not support structured outputs',
      },
    },
    { output: 'text' },
  ],
  [
    'a gateway that takes no list',
    422,
    {
      detail: [
        { loc: ['body', 'system'], msg: 'Input should be a valid string', type: 'string_type' },
      ],
    },
    { system: 'user' },
  ],
  [
    'a gateway without a cache',
    400,
    { type: 'error', error: { message: 'system.0.cache_control: Extra inputs are not permitted' } },
    { system: 'user' },
  ],
  [
    'a schema that it cannot read',
    400,
    {
      type: 'error',
      error: {
        message:
          "output_config.format.schema: For 'array' type, property 'minItems' is not supported",
      },
    },
    { output: 'text' },
  ],
]

import { createOpenAiError } from '../create-openai-error.ts'
import { asObject, hasRole, readFormat } from '../request-parts.ts'
import type { Behavior, OddRequest, OddReply } from '../types.ts'
import type { FurtherServer } from './further-server.ts'

/** Refuses a part of the default request with a message that names it. */
function createNamingRefusal(source: string, refuse: Behavior['refuse']): FurtherServer {
  return {
    wire: 'openai',
    behavior: { source, ...(refuse && { refuse }) },
    succeeds: 'always',
    reasons: [],
  }
}

/** Refuses it with a message that hardly names it. */
function createVagueRefusal(source: string, refuse: Behavior['refuse']): FurtherServer {
  return { ...createNamingRefusal(source, refuse), succeeds: 'maybe', reasons: ['provider_error'] }
}

function withoutSchema(reply: OddReply): (request: OddRequest) => OddReply | undefined {
  return (request) => (readFormat(request) === 'json_schema' ? reply : undefined)
}

export const ODD_REFUSALS: Record<string, FurtherServer> = {
  // The refusal is text inside another refusal.
  'error-in-cause': createNamingRefusal(
    'https://github.com/nashsu/llm_wiki/issues/670',
    withoutSchema({
      status: 400,
      body: {
        error: {
          cause: JSON.stringify({
            error: {
              message:
                "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
              type: 'invalid_request_error',
              param: 'response_format',
              code: 'unsupported_value',
            },
          }),
          code: 400,
          message: '模型服务调用失败',
          status: 'FAILED_RESPONSE',
        },
        requestId: 'a1b2',
        result: null,
      },
    }),
  ),
  'extra-field': createNamingRefusal(
    'https://github.com/BerriAI/litellm/issues/7533',
    ({ body }) => {
      const { strict } = asObject(asObject(body['response_format'])['json_schema'])
      return strict === undefined
        ? undefined
        : {
            status: 400,
            body: {
              error: {
                object: 'error',
                type: 'invalid_request_error',
                message:
                  "Extra inputs are not permitted, field: 'response_format.json_schema.strict', value: True",
              },
            },
          }
    },
  ),
  'list-of-fields': createNamingRefusal(
    'https://github.com/danny-avila/LibreChat/issues/1336',
    ({ body }) =>
      'response_format' in body
        ? {
            status: 400,
            body: [
              {
                loc: ['body', 'response_format'],
                msg: 'extra fields not permitted',
                type: 'value_error.extra',
              },
            ],
          }
        : undefined,
  ),
  'no-conversation-start': createNamingRefusal(
    'https://github.com/EricLBuehler/mistral.rs/issues/45',
    (request) =>
      hasRole(request, 'system')
        ? createOpenAiError(
            422,
            'invalid operation: Conversation roles must alternate user/assistant/user/assistant/... (in chat_template:1)',
          )
        : undefined,
  ),
  'errors-list': createVagueRefusal(
    'https://github.com/spring-ai-community/spring-ai-watsonx-ai/issues/19',
    withoutSchema({
      status: 400,
      body: {
        errors: [
          {
            code: 'invalid_input_argument',
            message:
              'Invalid input argument for Model \'mistralai/mistral-medium-2505\': {"object":"error","message":"","type":"BadRequestError","param":null,"code":400}',
            more_info: 'https://cloud.ibm.com/apidocs/watsonx-ai#text-chat',
          },
        ],
        trace: 'd0137e9fd349b8f4',
        status_code: 400,
      },
    }),
  ),
  'bare-400': createVagueRefusal(
    'https://github.com/maotoumao/Cebian/issues/54',
    withoutSchema({ status: 400, body: '' }),
  ),
  'bare-500': createVagueRefusal(
    'https://github.com/EricLBuehler/mistral.rs/issues/506',
    (request) => (hasRole(request, 'system') ? { status: 500, body: '' } : undefined),
  ),
}

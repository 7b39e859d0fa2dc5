import type { ItemReason } from '@capstan/shared/contract/problem'
import { createFaultBehavior } from '../common-behaviors.ts'
import { createOpenAiError } from '../create-openai-error.ts'
import type { OddReply } from '../types.ts'
import type { FurtherServer } from './further-server.ts'

function createFailing(
  source: string,
  reply: OddReply,
  reasons: readonly ItemReason[],
): FurtherServer {
  return {
    wire: 'openai',
    behavior: createFaultBehavior(source, reply),
    succeeds: 'never',
    reasons,
  }
}

const MODEL: readonly ItemReason[] = ['provider_not_configured', 'provider_error']

export const ODD_FAULTS: Record<string, FurtherServer> = {
  'null-choices': createFailing(
    'https://github.com/decolua/9router/issues/2727',
    {
      status: 200,
      body: { id: null, object: 'chat.completion', model: null, choices: null, usage: null },
    },
    ['provider_error', 'invalid_output'],
  ),
  'error-in-error': createFailing(
    'https://github.com/tailcallhq/forgecode/issues/571',
    {
      status: 200,
      body: {
        error: {
          error: {
            message:
              'More credits are required to run this request. 128000 token capacity required, 19484 available. To increase, visit https://openrouter.ai/settings/keys and create a key with a higher limit',
            code: 402,
          },
          code: 402,
        },
      },
    },
    ['quota_exhausted'],
  ),
  'no-channel': createFailing(
    'https://github.com/ConardLi/easy-dataset/issues/80',
    {
      status: 503,
      body: {
        error: {
          message:
            '当前分组 default 下对于模型 served-name 无可用渠道 (request id: 20250318131155384)',
          type: 'new_api_error',
        },
      },
    },
    MODEL,
  ),
  'function-not-found': createFailing(
    'https://github.com/Alishahryar1/free-claude-code/issues/956',
    {
      status: 404,
      body: {
        status: 404,
        title: 'Not Found',
        detail: "Function '12345678-b123': Not found for account 'Ab1EzDFj7NoQ'",
      },
    },
    MODEL,
  ),
  'model-20012': createFailing(
    'https://github.com/ErlichLiu/DeepClaude/issues/111',
    {
      status: 400,
      body: {
        code: 20012,
        message: 'Model does not exist. Please check it carefully.',
        data: null,
      },
    },
    MODEL,
  ),
  'balance-429': createFailing(
    'https://github.com/continuedev/continue/issues/11443',
    createOpenAiError(
      429,
      'Your account org-ea6a80cc <ak-f8tyo15z> is suspended due to insufficient balance, please recharge your account or check your plan and billing details',
      { type: 'exceeded_current_quota_error' },
    ),
    ['quota_exhausted'],
  ),
  'inactive-403': createFailing(
    'https://github.com/MoonshotAI/Kimi-K2/issues/5',
    createOpenAiError(
      403,
      'Your account org-1 is not active, organization org-1 exceeded current quota, please check your plan and billing details',
      { type: 'exceeded_current_quota_error' },
    ),
    ['quota_exhausted'],
  ),
  'reason-401': createFailing(
    'https://github.com/gpustack/gpustack/issues/1479',
    {
      status: 401,
      body: { code: 401, reason: 'Unauthorized', message: 'Invalid authentication credentials' },
    },
    ['provider_auth'],
  ),
  'title-403': createFailing(
    'https://github.com/dmMaze/BallonsTranslator/issues/1233',
    { status: 403, body: { status: 403, title: 'Forbidden', detail: 'Authorization failed' } },
    ['provider_auth'],
  ),
  'tokens-413': createFailing(
    'https://github.com/eslint/tsc-meetings/pull/593',
    {
      status: 413,
      body: {
        error: {
          code: 'tokens_limit_reached',
          message: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
          details: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
        },
      },
    },
    ['context_too_long'],
  ),
  'stream-only': createFailing(
    'https://github.com/OpenBMB/UltraRAG/issues/287',
    createOpenAiError(
      400,
      'parameter.enable_thinking must be set to false for non-streaming calls',
      {
        code: 'invalid_parameter_error',
      },
    ),
    ['provider_error'],
  ),
}

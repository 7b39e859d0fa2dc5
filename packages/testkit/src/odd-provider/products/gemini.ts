import { createFaultBehavior } from '../common-behaviors.ts'
import { findUnknownParameter } from '../request-parts.ts'
import type { JsonObject, OddRequest, Product, OddReply } from '../types.ts'

/** Errors are lists with one element. */
function error(
  status: number,
  message: string,
  code = 'INVALID_ARGUMENT',
  details?: JsonObject[],
): OddReply {
  return {
    status,
    body: [{ error: { code: status, message, status: code, ...(details && { details }) } }],
  }
}

function quota(quotaId: string, retryDelay: string): OddReply {
  return error(
    429,
    `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 20\nPlease retry in ${retryDelay}.`,
    'RESOURCE_EXHAUSTED',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId, quotaValue: '20' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ],
  )
}

/** Gemini's OpenAI compatibility: https://ai.google.dev/gemini-api/docs/openai. */
export const gemini: Product = {
  wire: 'openai',
  base: '/v1beta/openai',
  unknownPath: () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '' }),
  refuse: refuseUnknown,
  behaviors: {
    'wrong-key': createFaultBehavior(
      'https://github.com/google-gemini/gemini-cli/issues/4701',
      error(400, 'API key not valid. Please pass a valid API key.'),
    ),
    'minute-limited': createFaultBehavior(
      'https://github.com/ogkalu2/comic-translate/issues/403',
      quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '1s'),
    ),
    'day-limited': createFaultBehavior(
      'https://github.com/ogkalu2/comic-translate/issues/403',
      quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '58.821668433s'),
    ),
    'unknown-model': createFaultBehavior(
      'https://ai.google.dev/gemini-api/docs/troubleshooting',
      error(
        404,
        'models/served-name is not found for API version v1main, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
        'NOT_FOUND',
      ),
    ),
    'wrong-place': createFaultBehavior(
      'https://ai.google.dev/gemini-api/docs/troubleshooting',
      error(400, 'User location is not supported for the API use.', 'FAILED_PRECONDITION'),
    ),
    overloaded: createFaultBehavior(
      'https://ai.google.dev/gemini-api/docs/troubleshooting',
      error(503, 'The model is overloaded. Please try again later.', 'UNAVAILABLE'),
    ),
  },
}

/** https://github.com/MinLL/SkyrimNet-GamePlugin/issues/77 */
function refuseUnknown(request: OddRequest): OddReply | undefined {
  const name = findUnknownParameter(request, {
    except: [
      'frequency_penalty',
      'prompt_cache_key',
      'prompt_cache_retention',
      'prompt_cache_options',
      'safety_identifier',
    ],
  })
  if (name === undefined) return undefined
  const description = `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`
  return error(400, description, 'INVALID_ARGUMENT', [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ description }] },
  ])
}

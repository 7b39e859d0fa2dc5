import { combinePatterns } from './combine-patterns.ts'
import type { EndpointDescription } from './endpoint-description.ts'
import type { CallFailure } from './call-failure.ts'
import type { FaultClass } from './fault-class.ts'

const CONTENT_FILTER = combinePatterns(
  /content_filter/,
  /content_policy/,
  /content management policy/,
  /responsibleaipolicy/,
  /data_inspection/,
  /prohibited_content/,
  /moderation_blocked/,
  /flagged by (?:our )?(?:moderation|content|safety)/,
  /input was flagged/,
  /content (?:policy|filter)/,
  /inappropriate content/,
  /requires moderation/,
)

const TOO_LONG = combinePatterns(
  /context[ _-]?(?:length|window|size|limit|overflow)/,
  /exceed_context/,
  /string_above_max_length/,
  /request_too_large/,
  /maximum (?:prompt|input|model|sequence|token) length/,
  /(?:prompt|inputs?|question|messages?|request) (?:is |are )?too (?:long|large)/,
  /too many (?:input )?tokens/,
  /`inputs`[^|]{0,80}(?:tokens|<=)/,
  /(?:reduce|shorten) (?:the length of|your) (?:the )?(?:prompt|messages?|input|completion)/,
  /(?:input|prompt)[^.|]{0,20}(?:token count|length|tokens)[^.|]{0,30}exceed/,
  /(?:token|prompt|input) (?:count|limit)[^.|]{0,40}exceed/,
  /exceeds? (?:the |this |its )?(?:maximum|available|model'?s?|limit of|max)[^.|]{0,40}(?:tokens?|context|length)/,
  /exceeded model token limit/,
  /longer than the (?:maximum|model|context)/,
  /tokens in request more than/,
  // The prompt exceeds the context, so the remaining tokens are negative.
  /max_\w*tokens must be at least[^.|]{0,20}got -\d/,
  /too large for model/,
  /range of input length/,
)

const KEY_CODE = combinePatterns(
  /invalid_api_key/,
  /api_key_invalid/,
  /authentication/,
  /unauthori[sz]ed/,
  /unauthenticated/,
  /invalid_(?:access_)?token/,
  /invalid_key/,
  /expired_token/,
  /\bauth_error/,
  /access_?denied/,
  /permission_(?:denied|error)/,
  /invalid_subscription/,
  /missing_api_key/,
)
const KEY_TEXT = combinePatterns(
  /(?:api|subscription|access|auth\w*|bearer|secret|virtual|proxy)[ _-]?(?:key|token)s?\b[^.|]{0,60}\b(?:not valid|invalid|incorrect|expired|missing|required|not found|not exist|revoked|disabled|deleted|wrong|unknown|malformed|not provided|passed in)/,
  /\b(?:invalid|incorrect|wrong|missing|expired|unknown|bad|no|without|revoked|unrecogni[sz]ed|valid)\b[^.|]{0,30}\b(?:api|subscription|access|auth\w*|bearer|secret|virtual|proxy)[ _-]?(?:key|token)/,
  /invalid subscription key/,
  /authentication (?:failed|fails|failure|error|required)/,
  /not authenticated/,
  /\bunauthori[sz]ed\b/,
  /credentials? (?:are |is |were )?(?:invalid|missing|not|found|wrong|expired)/,
  /invalid (?:credentials?|authentication)/,
  /login fail/,
  /(?:jwt|session|the|your) token (?:has |is )?(?:expired|invalid)/,
  /token expired/,
  /user not found/,
  /令牌/,
)

/** Gateways with shared keys send this with status 503 when no key has the model. */
const NO_KEY_FOR_MODEL = /no (?:available )?channels?\b|无可用渠道/
const MODEL_CODE = combinePatterns(
  /model_?not_?(?:found|exist|supported)/,
  /deploymentnotfound/,
  /invalid_model/,
  /unknown_model/,
  /model_deprecated/,
  /model_not_available/,
)
const MODEL_TEXT = combinePatterns(
  /\b(?:model|deployment|engine)\b[^.|]{0,80}?\b(?:do(?:es)? not have|not exist|not found|not available|not loaded|unknown|cannot be found|could not be found|has been deprecated|no longer)/,
  /(?:unknown|invalid|no such|unrecogni[sz]ed|unsupported|unable to access|requested) model\b(?![ _](?:param|option|setting|kwarg))/,
  /model (?:name|id|identifier)[^.|]{0,40}(?:invalid|unknown|not)/,
  /not a valid (?:model|deployment)\b/,
  /models?[:/] ?\S+ is not found/,
  /no models? (?:is |are )?(?:currently )?loaded/,
  /try pulling/,
  /no endpoints found/,
  /no allowed providers/,
  NO_KEY_FOR_MODEL,
)

const PATH_TEXT = combinePatterns(
  /unexpected endpoint/,
  /no such (?:path|route|endpoint|url)/,
  /(?:path|route|endpoint|url|page|resource) (?:was |is )?not (?:found|supported)/,
  /unknown (?:request )?(?:url|endpoint|path|route)/,
  /unrecogni[sz]ed (?:request )?(?:url|endpoint|path)/,
  /invalid url\b/,
  /cannot (?:post|get) \//,
  /no matching route/,
  /no route (?:matched|found|for)/,
  /not found on this server/,
  /method or (?:path|endpoint)/,
)

/** Classes of invalid requests and rejected callers. The first match applies. */
export const REQUEST_CLASSES: FaultClass[] = [
  {
    kind: 'content_filter',
    reason: 'refused',
    policy: 'fail',
    matches: ({ words, status = 0 }) => status < 500 && CONTENT_FILTER.test(words),
    title: 'refused the content',
    hint: () =>
      'A content filter of the provider blocked this type. Relax the filter, use another model, or exclude the type.',
  },
  {
    kind: 'body_too_large',
    reason: 'context_too_long',
    policy: 'fail',
    matches: ({ status, form }) => status === 413 && form !== 'json',
    title: 'rejected the request as too large',
    hint: () =>
      'A proxy limits the size of requests. Increase its limit (nginx: client_max_body_size).',
  },
  {
    kind: 'context_length',
    reason: 'context_too_long',
    policy: 'fail',
    matches: ({ status, words, form }) =>
      status === 413 || (form !== 'page' && isAnswered(status) && TOO_LONG.test(words)),
    title: 'rejected the prompt as too long',
    hint: () =>
      'Use a model with a larger context, or increase the context length in the settings of the server.',
  },
  {
    kind: 'refused_by_proxy',
    reason: 'provider_auth',
    policy: 'pause-scan',
    matches: ({ status, form }) =>
      status === 407 || status === 511 || (form === 'page' && (status === 401 || status === 403)),
    title: 'is behind a proxy that refused the call',
    hint: ({ urlVariable, keyVariable }, { url }) =>
      `The refusal is a web page, so it comes from a proxy, firewall or sign-in page. Check HTTPS_PROXY and NO_PROXY, ${urlVariable}${formatRequestUrl(url)}, and then ${keyVariable}.`,
    showsUrl: true,
  },
  {
    kind: 'unknown_model',
    reason: 'provider_not_configured',
    policy: 'pause-scan',
    matches: isUnknownModel,
    title: 'does not know the model',
    hint: ({ modelChoice }) =>
      `Set ${modelChoice} to a model that this key can use; GET /v1/models of the endpoint lists them.`,
  },
  {
    kind: 'key_refused',
    reason: 'provider_auth',
    policy: 'pause-scan',
    matches: ({ status, codes, words }) =>
      status === 401 ||
      status === 403 ||
      (isAnswered(status) && (KEY_CODE.test(codes) || KEY_TEXT.test(words))),
    title: 'refused the key',
    hint: hintAtKey,
  },
  {
    kind: 'unknown_batch',
    reason: 'provider_not_configured',
    policy: 'pause-scan',
    matches: ({ status, url = '', words }) =>
      status === 404 && /\/(?:batches|files)\//.test(url) && /\b(?:batch|file)\b/.test(words),
    title: 'does not know the batch or its file',
  },
  {
    kind: 'wrong_method',
    reason: 'provider_not_configured',
    policy: 'pause-scan',
    matches: ({ status }) => status === 405,
    title: 'does not accept POST at this path',
    hint: hintAtPath,
    showsUrl: true,
  },
  {
    kind: 'wrong_path',
    reason: 'provider_not_configured',
    policy: 'pause-scan',
    matches: ({ status, words, form }) =>
      status === 404 ||
      (form !== 'page' && isAnswered(status) && status < 500 && PATH_TEXT.test(words)),
    title: 'has no such path',
    hint: hintAtPath,
    showsUrl: true,
  },
]

/** Writes the hint to check the URL of the endpoint. */
export function hintAtPath(
  { urlVariable, afterChange }: EndpointDescription,
  { url = '' }: CallFailure,
): string {
  const usual = /\/v1(?:\/.*)?\/v1\b/.test(url)
    ? 'it has /v1 twice'
    : /\/v\d/.test(url)
      ? 'its path'
      : 'it usually ends in /v1'
  return `Check ${urlVariable}, ${usual}${formatRequestUrl(url)}; ${afterChange}.`
}

function formatRequestUrl(url = ''): string {
  return url === '' ? '' : ` (request URL: ${url})`
}

function hintAtKey({ keyVariable, afterChange }: EndpointDescription): string {
  return `Check ${keyVariable}, ${afterChange}.`
}

/** True below 500, and for 500 to 502, which gateways use for any error of a provider. */
function isAnswered(status: number | undefined): status is number {
  return status !== undefined && status <= 502
}

function isUnknownModel({ status, codes, words, form }: CallFailure): boolean {
  if (status === undefined || status === 401 || form === 'page') return false
  if (MODEL_CODE.test(codes)) return true
  if (status === 404 && /\bmodels?\b[:\s'"`]|deployment/.test(words)) return true
  return NO_KEY_FOR_MODEL.test(words) || (status < 500 && MODEL_TEXT.test(words))
}

import type { ItemReason } from '@capstan/shared/contract/problem'
import type { OddScan } from './odd-stack.ts'

/** Expected result of a scan of six types. */
export interface ProviderFaultRow extends OddScan {
  /**
   * `paused`: one pause with the reason; `failed`: each type fails with it; `stops`: either;
   * `waits`: the scan shows until when; `succeeded`: the fault ends after some calls.
   */
  ends: 'paused' | 'failed' | 'stops' | 'waits' | 'succeeded'
  reasons: readonly ItemReason[]
  /** Text of the provider that the scan must show. */
  words?: RegExp
  /** Text that the hint must contain. */
  hint?: RegExp
  /** Maximum number of calls. */
  calls: number
}

export const TYPES = 6
/** At most four calls are in flight at an unknown endpoint. */
const IN_FLIGHT = 4

type Change = Partial<ProviderFaultRow>

/** Rows of one kind. Each name is a model; its own change overrides that of the kind. */
function rows(
  kind: Omit<ProviderFaultRow, 'model' | 'provider' | 'types'>,
  names: Record<string, Change>,
) {
  return Object.entries(names).map(([model, change]): ProviderFaultRow => {
    const provider = model.startsWith('anthropic-gateway/') ? 'anthropic' : 'openai'
    return { model, provider, types: TYPES, ...kind, ...change }
  })
}

/** The calls in flight at the first fault, and no other. */
const AT_ONCE = IN_FLIGHT + 1
/** Five identical faults, and the calls in flight by then. */
const AFTER_FIVE = 5 + IN_FLIGHT

const REFUSED_KEYS = rows(
  { ends: 'paused', reasons: ['provider_auth'], hint: /API_KEY/, calls: AT_ONCE },
  {
    'vllm/wrong-key': { words: /Unauthorized/ },
    'llama-cpp/wrong-key': { words: /Invalid API Key/ },
    'litellm/wrong-key': { words: /Invalid proxy server token/ },
    'litellm/nested-wrong-key': { words: /Incorrect API key provided/ },
    'openrouter/wrong-key': { words: /No auth credentials found/ },
    'openrouter/wrong-key-in-200': { words: /User not found/ },
    'azure/wrong-key': { words: /invalid subscription key/ },
    'deepseek/wrong-key': { words: /Authentication Fails/ },
    'groq/wrong-key': { words: /Invalid API Key/ },
    'mistral/wrong-key': { words: /Unauthorized/ },
    'gemini/wrong-key': { words: /API key not valid/ },
    'xai/wrong-key': { words: /Incorrect API key provided/ },
    'company-gateway/no-subscription': { words: /missing subscription key/ },
    'anthropic-gateway/wrong-key': { words: /invalid x-api-key/ },
    'anthropic-gateway/openai-wrong-key': { words: /Invalid proxy server token/ },
  },
)

const USED_UP = rows(
  { ends: 'paused', reasons: ['quota_exhausted'], calls: AT_ONCE },
  {
    'openrouter/credits': { words: /Insufficient credits/ },
    'openrouter/credits-in-200': { words: /Insufficient credits/ },
    'openrouter/fewer-tokens': { words: /requires more credits/ },
    'litellm/budget': { words: /Budget has been exceeded/ },
    'litellm/budget-as-key': { words: /Budget has been exceeded/ },
    'deepseek/balance': { words: /Insufficient Balance/ },
    'xai/credits': { words: /doesn't have any credits/ },
    'xai/spending-limit': { words: /monthly spending limit/ },
    'company-gateway/out-of-quota': { words: /call volume quota/ },
    'anthropic-gateway/credits': { words: /credit balance is too low/ },
  },
)

const UNKNOWN_MODELS = rows(
  { ends: 'paused', reasons: ['provider_not_configured'], hint: /CAPSTAN_MODEL/, calls: AT_ONCE },
  {
    'vllm/unknown-model': { words: /does not exist/ },
    'ollama/unknown-model': { words: /try pulling it/ },
    'lm-studio/no-model': { words: /No models loaded/, hint: /model/i },
    'litellm/unknown-model': { words: /Invalid model name/ },
    'openrouter/unknown-model': { words: /not a valid model ID/ },
    'azure/unknown-deployment': { words: /deployment for this resource does not exist/ },
    'deepseek/unknown-model': { words: /Model Not Exist/ },
    'groq/unknown-model': { words: /does not exist/ },
    'groq/retired-model': { words: /decommissioned/ },
    'mistral/unknown-model': { words: /Invalid model/ },
    'gemini/unknown-model': { words: /is not found for API version/ },
    'xai/unknown-model': { words: /does not exist/ },
    'anthropic-gateway/unknown-model': { words: /served-name/ },
  },
)

const WRONG_PLACES = rows(
  {
    ends: 'paused',
    reasons: ['provider_not_configured', 'provider_error'],
    hint: /OPENAI_BASE_URL/,
    calls: AFTER_FIVE,
  },
  {
    'vllm/unknown-path': {},
    'ollama/unknown-path': {},
    'lm-studio/unknown-path': { words: /Unexpected endpoint or method/ },
    'llama-cpp/unknown-path': {},
    'azure/unknown-path': {},
    'company-gateway/login-page': {},
    'company-gateway/redirect': {},
    'company-gateway/redirect-307': {},
    'company-gateway/blocked-page': {
      reasons: ['provider_auth', 'provider_not_configured', 'provider_error'],
      hint: /OPENAI_/,
    },
    'vllm/events': { hint: /./ },
  },
)

/** No call was ever answered, and no message names a setting as the cause. */
const DEAD = rows(
  { ends: 'paused', reasons: ['provider_error'], calls: AFTER_FIVE },
  {
    'ollama/no-memory': { words: /more system memory/ },
    'vllm/engine-dead': { words: /EngineCore/ },
    'lm-studio/crashed': { words: /model has crashed/ },
    'tgi/generation-failed': { words: /CUDA out of memory/ },
    'gemini/wrong-place': {
      words: /User location is not supported/,
      reasons: ['provider_error', 'provider_auth', 'provider_not_configured'],
    },
    'vllm/server-error': { words: /Internal Server Error/ },
    'vllm/empty-body': {},
    'vllm/null-body': {},
    'vllm/reset': {},
    'vllm/break-in-body': {},
    'company-gateway/bad-gateway-page': {},
    'openrouter/choice-error': { words: /Upstream idle timeout/ },
  },
)

const TOO_LONG = rows(
  { ends: 'failed', reasons: ['context_too_long'], calls: TYPES },
  {
    'vllm/too-long': { words: /maximum context length/ },
    'vllm/too-long-new': { words: /maximum context length/ },
    'vllm/too-long-negative': {},
    'ollama/too-long': {},
    'lm-studio/too-long': { words: /context length of only/ },
    'llama-cpp/too-long': { words: /available context size/ },
    'llama-cpp/too-long-500': {},
    'llama-cpp/too-long-200': {},
    'tgi/too-long': { words: /must be <= 4096/ },
    'tgi/too-long-200': {},
    'litellm/too-long': {},
    'azure/too-long': {},
    'groq/too-large': {},
    'mistral/too-long': {},
    'anthropic-gateway/too-long': { words: /prompt is too long/ },
    'anthropic-gateway/window-exceeded': {},
  },
)

const REFUSED = rows(
  { ends: 'failed', reasons: ['refused'], calls: TYPES },
  {
    'azure/content-filter': { words: /content management policy/ },
    'azure/content-filter-in-200': {},
    'openrouter/moderated': { words: /flagged/ },
  },
)

/** Unusable answers. After the maximum number of repairs no further call is made for a type. */
const UNUSABLE = rows(
  { ends: 'stops', reasons: ['invalid_output', 'provider_error'], calls: 4 * TYPES },
  {
    'vllm/huge': { ends: 'failed', reasons: ['invalid_output'], calls: TYPES },
    // Its 200 MiB may take longer than the call timeout on a loaded machine.
    'vllm/gzip-bomb': { ends: 'failed', reasons: ['invalid_output'], calls: TYPES + 2 },
    'vllm/deep-text': { reasons: ['invalid_output'] },
    'vllm/deep-body': {},
    'groq/json-not-valid': {},
    'openrouter/partial-error': {},
  },
)

/** A long limit: no call is made before its end, which the scan shows. */
const LONG_LIMITS = rows(
  { ends: 'waits', reasons: ['rate_limited', 'quota_exhausted'], calls: AT_ONCE },
  {
    'company-gateway/daily-quota': { words: /Daily requests of this model/ },
    'groq/day-limited': { words: /tokens per day/ },
    'gemini/day-limited': { words: /exceeded your current quota/ },
  },
)

/** Faults that end after two calls. */
const PASSING = rows(
  { ends: 'succeeded', reasons: [], calls: TYPES + 3 + IN_FLIGHT },
  {
    'llama-cpp/loading:2': {},
    'ollama/busy:2': {},
    'tgi/overloaded:2': {},
    'litellm/no-deployment:2': {},
    'openrouter/limited:2': {},
    'openrouter/limited-in-200:2': {},
    'openrouter/choice-error:2': {},
    'azure/limited:2': {},
    'mistral/limited:2': {},
    'mistral/no-capacity:2': {},
    'gemini/minute-limited:2': {},
    'gemini/overloaded:2': {},
    'vllm/server-error:2': {},
    'vllm/break-in-body:2': {},
    'company-gateway/bad-gateway-page:2': {},
    'anthropic-gateway/error-in-200:2': {},
    'deepseek/no-resource:2': {},
    'vllm/hang:2': {},
    'vllm/hang-in-body:2': {},
  },
)

export const PROVIDER_FAULT_ROWS: ProviderFaultRow[] = [
  ...DEAD,
  ...PASSING,
  ...LONG_LIMITS,
  ...UNUSABLE,
  ...REFUSED_KEYS,
  ...USED_UP,
  ...UNKNOWN_MODELS,
  ...WRONG_PLACES,
  ...TOO_LONG,
  ...REFUSED,
]

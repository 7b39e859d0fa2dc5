import { findTightest, type RateView } from './rate-view.ts'
import type { ErrorDetails, ErrorKind, Vendor } from './wire.ts'

interface ErrorForm {
  status: number
  type: string
  code: string | null
  message: string
}

const INVALID = { status: 400, type: 'invalid_request_error' }
const SERVER = { type: 'server_error', code: null }
const QUOTA = {
  status: 429,
  type: 'insufficient_quota',
  code: 'insufficient_quota',
  message: 'You exceeded your current quota, please check your plan and billing details.',
}

const ERRORS: Record<ErrorKind, ErrorForm> = {
  auth: { ...INVALID, status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided' },
  forbidden: {
    ...INVALID,
    status: 403,
    code: 'model_not_allowed',
    message: 'Project does not have access to this model.',
  },
  rate: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached',
  },
  ramp: {
    status: 503,
    type: 'server_error',
    code: 'slow_down',
    message: 'Slow down: a sudden increase in your request rate is impacting reliability.',
  },
  concurrency: {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Too many concurrent requests',
  },
  quota: QUOTA,
  spend: QUOTA,
  'contract-spend': QUOTA,
  'user-spend': { ...QUOTA, code: 'billing_hard_limit_reached', message: 'Billing hard limit.' },
  invalid: { ...INVALID, code: null, message: 'The request is not valid' },
  'not-found': {
    ...INVALID,
    status: 404,
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  'too-long': {
    ...INVALID,
    code: 'context_length_exceeded',
    message: "This model's maximum context length is 128000 tokens.",
  },
  'too-large': { ...INVALID, status: 413, code: null, message: 'Maximum content size exceeded' },
  overloaded: { ...SERVER, status: 503, message: 'The engine is currently overloaded' },
  unavailable: { ...SERVER, status: 503, message: 'Service unavailable' },
  'gateway-timeout': { ...SERVER, status: 504, message: 'Gateway timeout' },
  server: { ...SERVER, status: 500, message: 'The server had an error' },
}

/** Common to all endpoints of OpenAI: error format and headers. */
export const openAi: Vendor = {
  name: 'openai',
  reservesMaxTokens: true,
  error: (kind, details) => {
    const { status, type, code, message } = ERRORS[kind]
    const isTokens = kind === 'rate' && details.bucket?.includes('tokens') === true
    return {
      status,
      body: {
        error: {
          message: kind === 'rate' ? writeRateMessage(details) : (details.message ?? message),
          type: isTokens ? 'tokens' : type,
          param: null,
          code,
        },
      },
    }
  },
  headers: (requestId, rates) => ({
    'x-request-id': `req_${requestId}`,
    'openai-version': '2020-10-01',
    'openai-organization': 'simulated',
    ...buildLimitHeaders(rates),
  }),
}

function writeRateMessage({ message, bucket, model, retryAfterMs }: ErrorDetails): string {
  if (message !== undefined) return message
  const unit = bucket?.includes('tokens') ? 'tokens per min (TPM)' : 'requests per min (RPM)'
  const again =
    retryAfterMs === undefined ? '' : ` Please try again in ${formatOpenAiDuration(retryAfterMs)}.`
  return `Rate limit reached for ${model} in organization simulated on ${unit}.${again}`
}

function buildLimitHeaders(rates: RateView[]): Record<string, string> {
  const headers: Record<string, string> = {}
  const requests = rates.find(({ name }) => name === 'requests')
  const tokens = findTightest(rates)
  for (const [name, shown] of [
    ['requests', requests],
    ['tokens', tokens],
  ] as const) {
    if (!shown) continue
    headers[`x-ratelimit-limit-${name}`] = String(Math.round(shown.limit))
    headers[`x-ratelimit-remaining-${name}`] = String(Math.floor(shown.remaining))
    headers[`x-ratelimit-reset-${name}`] = formatOpenAiDuration(shown.resetMs)
  }
  return headers
}

/** Durations as the service writes them: `120ms`, `1.5s`, `6m0s`, `1h2m3s`. */
export function formatOpenAiDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  if (ms < 60_000) return `${Math.ceil(ms) / 1000}s`
  const seconds = Math.ceil(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`
}

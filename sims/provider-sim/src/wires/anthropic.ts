import { findTightest, type RateView } from './rate-view.ts'
import type { ErrorDetails, ErrorKind, Vendor } from './wire.ts'

interface ErrorForm {
  status: number
  type: string
  /** Value of `error.details.error_code`. */
  code?: string
  message: string
}

const RATE = { status: 429, type: 'rate_limit_error' }

const ERRORS: Record<ErrorKind, ErrorForm> = {
  auth: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  forbidden: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  },
  rate: { ...RATE, message: "This request would exceed your organization's rate limit" },
  ramp: {
    ...RATE,
    code: 'ramp_limit_exceeded',
    message: "This request would exceed your organization's usage increase limit.",
  },
  concurrency: {
    ...RATE,
    message: 'Number of concurrent connections has exceeded your rate limit.',
  },
  quota: {
    status: 402,
    type: 'billing_error',
    message: 'Your credit balance is too low to access the Anthropic API.',
  },
  spend: {
    ...RATE,
    code: 'enforced_spend_limit_reached',
    message: 'Your organization has reached the monthly usage threshold of its tier.',
  },
  'contract-spend': {
    ...RATE,
    code: 'contract_spend_limit_reached',
    message: 'Your organization has reached the spend limit of its contract.',
  },
  'user-spend': {
    status: 400,
    type: 'invalid_request_error',
    message:
      'You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.',
  },
  invalid: { status: 400, type: 'invalid_request_error', message: 'The request is not valid' },
  'not-found': { status: 404, type: 'not_found_error', message: 'Not found' },
  'too-long': {
    status: 400,
    type: 'invalid_request_error',
    message: 'prompt is too long: 214000 tokens > 200000 maximum',
  },
  'too-large': {
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum size',
  },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  unavailable: { status: 503, type: 'api_error', message: 'Service unavailable' },
  'gateway-timeout': { status: 504, type: 'timeout_error', message: 'Request timed out' },
  server: { status: 500, type: 'api_error', message: 'Internal server error' },
}

/** Common to all endpoints of Anthropic: error format and headers. */
export const anthropic: Vendor = {
  name: 'anthropic',
  reservesMaxTokens: false,
  error: (kind, facts) => {
    const form = ERRORS[kind]
    return {
      status: form.status,
      body: {
        type: 'error',
        error: {
          ...(form.code === undefined ? {} : { details: { error_code: form.code } }),
          type: form.type,
          message: describeError(kind, facts),
        },
        request_id: `req_${facts.requestId}`,
      },
    }
  },
  headers: (requestId, view, nowMs) => ({
    'request-id': `req_${requestId}`,
    'anthropic-organization-id': 'b5f1e0c2-0000-4000-8000-51a1a7ed0000',
    ...limitHeaders(view, nowMs),
  }),
}

function describeError(kind: ErrorKind, { message, bucket, model }: ErrorDetails): string {
  if (message !== undefined) return message
  if (kind === 'rate' && bucket) {
    return `${ERRORS.rate.message} (${bucket.replace('-', ' ')} per minute) for ${model}.`
  }
  return kind === 'not-found' && model !== undefined ? `model: ${model}` : ERRORS[kind].message
}

function limitHeaders(view: RateView[], nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const { name, limit, remaining, resetMs } of selectShownLimits(view)) {
    const prefix = `anthropic-ratelimit-${name}`
    headers[`${prefix}-limit`] = String(Math.round(limit))
    // The real service rounds the remaining tokens to the nearest thousand.
    const step = name === 'requests' ? 1 : 1000
    const left = step === 1 ? Math.floor(remaining) : Math.round(remaining / step) * step
    headers[`${prefix}-remaining`] = String(left)
    headers[`${prefix}-reset`] = formatTimestamp(nowMs + resetMs)
  }
  return headers
}

/** The `tokens` headers show the tightest limit, besides the headers for input and output. */
function selectShownLimits(view: RateView[]): RateView[] {
  const perMinute = view.filter(({ name }) => !name.endsWith('-day'))
  const most = findTightest(perMinute)
  const others = perMinute.filter(({ name }) => name !== 'tokens')
  return most ? [...others, { ...most, name: 'tokens' }] : others
}

/** RFC 3339 in whole seconds, rounded up. */
function formatTimestamp(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { z } from 'zod'
import { ItemError } from '@capstan/shared/errors'
import { networkHint } from '@capstan/shared/http/network-hint'
import { scrub } from '@capstan/shared/text/scrub'
import type { ObservedLimits } from '@capstan/shared/limits/types'
import { ErrorInAnswer } from './error-in-answer.ts'
import { readRateLimits } from './rate-limit-headers.ts'
import { retryAfterMs } from './retry-after.ts'

/** What the classifier needs to know of the endpoint that failed. */
export interface Endpoint {
  /** For people: `Anthropic`, `OpenAI`. */
  name: string
  /** Environment variable that holds its key. */
  keyVariable: string
  /** Never to be seen in a text. */
  secrets: readonly string[]
}

interface Failure {
  status: number
  headers: Headers | undefined
  /** Machine-readable codes of the body, lower case. */
  codes: string
  text: string
}

const Body = z
  .object({
    type: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
    message: z.string().nullish(),
    error: z
      .object({
        type: z.string().nullish(),
        code: z.union([z.string(), z.number()]).nullish(),
        message: z.string().nullish(),
        details: z.object({ error_code: z.string().nullish() }).nullish(),
      })
      .nullish()
      .catch(null),
  })
  .catch({})

const QUOTA = /insufficient_quota|spend_limit_reached|billing|payment_required|credit/
const THROTTLE = /rate_limit_exceeded|rate_limit_error|slow_down/
/** Anthropic and OpenAI, in this order: use grew faster than it may, whatever the limits are. */
const RAMP = /ramp_limit|slow_down/
const TOO_LONG =
  /context_length_exceeded|request_too_large|string_above_max_length|prompt is too long|context window/

/**
 * Turns whatever an SDK threw into an ItemError that says what the queue does next. Decides by status and
 * machine-readable codes; by message only where a provider sends nothing else (a user-set spend limit).
 */
export function classifyError(error: unknown, endpoint: Endpoint): ItemError {
  if (error instanceof ItemError) return error
  const failure = asFailure(error)
  if (!failure) return connectionError(error, endpoint)
  const reported = (text: string) =>
    `${endpoint.name} ${text} (${failure.status}): ${scrub(failure.text, endpoint.secrets)}`
  const options = { cause: error, observed: readRateLimits(failure.headers, Date.now()) }
  if (QUOTA.test(failure.codes) || failure.status === 402 || isUserLimit(failure)) {
    return new ItemError('quota_exhausted', 'pause-scan', reported('says the quota is used up'), {
      ...options,
      hint: 'Raise the limit or wait for the next period, then resume the scan.',
    })
  }
  if (failure.status === 401 || failure.status === 403) {
    return new ItemError('provider_auth', 'pause-scan', reported('refused the key'), {
      ...options,
      hint: `Check ${endpoint.keyVariable} of the workers, restart them, then resume the scan.`,
    })
  }
  if (failure.status === 404) {
    return new ItemError(
      'provider_not_configured',
      'pause-scan',
      reported('does not know the model'),
      {
        ...options,
        hint: 'Set CAPSTAN_MODEL (or `model` of the scan) to a model that this key can use.',
      },
    )
  }
  return byStatus(failure, reported, options)
}

function byStatus(
  failure: Failure,
  reported: (text: string) => string,
  options: { cause: unknown; observed: ObservedLimits },
): ItemError {
  const { status } = failure
  if (status === 429 || THROTTLE.test(failure.codes)) {
    return new ItemError('rate_limited', 'wait', reported('asks to wait'), {
      ...options,
      retryAfterMs: waitMs(failure.headers),
      isRamp: RAMP.test(failure.codes),
    })
  }
  if (status === 413 || TOO_LONG.test(failure.codes)) {
    return new ItemError(
      'context_too_long',
      'fail',
      reported('finds the question too long'),
      options,
    )
  }
  // Below 400: an error that came as the body of a good answer.
  if (status < 400 || status >= 500 || status === 408 || status === 409) {
    return new ItemError('provider_error', 'retry', reported('has a fault'), options)
  }
  return new ItemError('provider_error', 'fail', reported('refused the request'), options)
}

/** An answer that names no wait, or none to speak of, must not be asked again at once. */
function waitMs(headers: Headers | undefined): number {
  return Math.max(1_000, retryAfterMs(headers, Date.now()) ?? 5_000)
}

function isUserLimit({ status, text }: Failure): boolean {
  return status === 400 && text.startsWith('You have reached your specified API usage limits')
}

function asFailure(error: unknown): Failure | undefined {
  const isApiError =
    error instanceof Anthropic.APIError ||
    error instanceof OpenAI.APIError ||
    error instanceof ErrorInAnswer
  if (!isApiError || typeof error.status !== 'number') return undefined
  const { text, codes } = readBody(error.error)
  // A bad request may be told apart by nothing but its text.
  const tellers = error.status === 400 ? [...codes, text] : codes
  return {
    status: error.status,
    headers: error.headers,
    codes: tellers.join(' ').toLowerCase(),
    text,
  }
}

function readBody(sent: unknown): { text: string; codes: unknown[] } {
  const { error: inner, message, type, code } = Body.parse(sent)
  return {
    text: inner?.message ?? message ?? 'no explanation',
    codes: [inner?.type, inner?.code, inner?.details?.error_code, type, code],
  }
}

/** No usable answer at all: refused, reset, a body that is not JSON, an abort inside the body. */
function connectionError(error: unknown, endpoint: Endpoint): ItemError {
  const why = error instanceof Error ? scrub(rootMessage(error), endpoint.secrets) : 'unknown'
  return new ItemError(
    'provider_error',
    'retry',
    `${endpoint.name} gave no usable answer: ${why}`,
    {
      hint:
        networkHint(error) ??
        'Check the base URL and the network between the workers and the provider.',
      cause: error,
    },
  )
}

function rootMessage(error: Error): string {
  // Valid JSON of another form: our reading of it fails at the first member that is missing.
  if (error instanceof TypeError && !error.cause)
    return 'the answer does not have the form of its API'
  return error.cause instanceof Error
    ? `${error.message}: ${rootMessage(error.cause)}`
    : error.message
}

import { APIError as AnthropicError } from '@anthropic-ai/sdk/core/error'
import { APIError as OpenAiError } from 'openai/core/error'
import {
  BodyTooLargeError,
  RedirectError,
  RequestError,
} from '@capstan/shared/http/create-guarded-fetch'
import { ProxyError } from '@capstan/shared/http/proxy-error'
import { maskUrl } from '@capstan/shared/http/mask-url'
import { ErrorInAnswer } from '../error-in-answer.ts'
import { findErrorResponse } from '../provider-fetch.ts'
import type { CallFailure } from './call-failure.ts'
import { readErrorBody } from './read-error-body.ts'
import { readWait } from './read-wait.ts'

const MAX_WORDS = 2_000

/** Converts an error of an SDK, of fetch, or of this package to a CallFailure. Never throws. */
export function readCallFailure(error: unknown, nowMs: number): CallFailure {
  const chain = listCauses(error)
  for (const thrown of chain) {
    if (thrown instanceof RedirectError) return fromRedirect(thrown)
    if (thrown instanceof BodyTooLargeError) return fromOwnError('answer_too_large', thrown)
  }
  const answer = chain.find(isAnswer)
  return answer ? fromResponse(answer, nowMs) : fromConnection(chain)
}

interface AnswerError {
  status: number
  headers: Headers | undefined
  error: unknown
  url?: string | undefined
}

function isAnswer(error: Error): error is Error & AnswerError {
  const isApiError =
    error instanceof AnthropicError ||
    error instanceof OpenAiError ||
    error instanceof ErrorInAnswer
  return isApiError && typeof error.status === 'number'
}

/** Prefers the original body to the part that the SDK keeps. */
function fromResponse({ status, headers, error, url }: AnswerError, nowMs: number): CallFailure {
  const failed = findErrorResponse(headers)
  const facts = readErrorBody(failed?.body ?? error)
  const text = facts.texts.slice(0, 2).join(': ')
  // The text of a page may contain anything. Its title describes the error.
  const texts = facts.form === 'page' ? facts.texts.slice(0, 1) : facts.texts
  const words = [...facts.codes, ...texts].join(' | ').slice(0, MAX_WORDS)
  return {
    status: chooseStatus(status, facts.statuses),
    form: facts.form,
    codes: facts.codes.join(' ').toLowerCase(),
    words: words.toLowerCase(),
    text,
    url: failed?.url ?? (url ? maskUrl(url) : undefined),
    headers,
    waitMs: readWait(headers, facts.waits, words, nowMs),
  }
}

/** Statuses that gateways use for any error of a provider. */
const GENERIC = new Set([400, 500, 502, 503])

function chooseStatus(status: number, [named]: number[]): number {
  return named !== undefined && (status < 400 || GENERIC.has(status)) ? named : status
}

function fromRedirect({ status, headers, url, location, message }: RedirectError): CallFailure {
  const known = { status, form: 'none', codes: '', words: '', headers, url, location } as const
  return { ...known, text: message, waitMs: undefined }
}

function fromOwnError(
  code: string,
  { message, url }: { message: string; url?: string },
): CallFailure {
  const none = { status: undefined, headers: undefined, waitMs: undefined }
  return { ...none, form: 'none', codes: code, words: code, text: message, url }
}

/** No response, or an unreadable one: connection refused or reset, invalid JSON, another format. */
function fromConnection(chain: Error[]): CallFailure {
  const failed = chain.find((thrown) => thrown instanceof RequestError)
  const codes = chain.flatMap((thrown) => readCode(thrown) ?? [])
  const root = chain.at(-1)
  if (root && !failed && isUnreadable(root)) {
    return fromOwnError('unreadable', {
      message: 'the response does not have the format of the API',
    })
  }
  // The message of a ProxyError is clearer than its root cause.
  const proxied = chain.find((thrown) => thrown instanceof ProxyError)
  const text = (proxied ?? chain.findLast(({ message }) => message !== ''))?.message ?? 'unknown'
  const all = [...codes, ...chain.map((thrown) => thrown.constructor.name)].join(' ').toLowerCase()
  return {
    status: undefined,
    form: 'none',
    codes: all,
    words: `${all} | ${text}`.slice(0, MAX_WORDS).toLowerCase(),
    text,
    url: failed?.url,
    headers: undefined,
    waitMs: undefined,
  }
}

/** Valid JSON of another format causes a TypeError at a missing member, or a RangeError by its depth. */
function isUnreadable(error: Error): boolean {
  const isBroken = /^(?:fetch failed|terminated)$/.test(error.message)
  return error instanceof RangeError || (error instanceof TypeError && !isBroken)
}

function readCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const MAX_CAUSES = 6

function listCauses(error: unknown): Error[] {
  const chain: Error[] = []
  let next = error
  while (next instanceof Error && chain.length < MAX_CAUSES) {
    chain.push(next)
    // The first address represents all addresses that failed.
    next = next instanceof AggregateError && !next.cause ? next.errors[0] : next.cause
  }
  return chain
}

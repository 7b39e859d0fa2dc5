import { describe, expect, test } from 'vitest'
import { classifyCallError } from './classify-call-error.ts'
import type { EndpointDescription } from './errors/endpoint-description.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'

const ENDPOINT: EndpointDescription = {
  name: 'Gateway',
  keyVariable: 'OPENAI_API_KEY',
  urlVariable: 'OPENAI_BASE_URL',
  modelChoice: 'CAPSTAN_MODEL (or `model` of the scan)',
  afterChange: 'restart the workers',
  secrets: ['sk-secret'],
}

function classified(body: unknown) {
  try {
    rejectErrorInAnswer(body, { status: 200, headers: new Headers({ 'retry-after': '7' }) })
  } catch (error) {
    return classifyCallError(error, ENDPOINT)
  }
  return undefined
}

const CHOICES = [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }]

test.each([
  [{ choices: CHOICES }],
  [{ choices: CHOICES, error: null }],
  [{ choices: CHOICES, error: { code: 0, message: '' } }],
  [{ choices: CHOICES, error: {}, errors: [], success: true, status: 'ok', message: 'success' }],
  [{ choices: CHOICES, base_resp: { status_code: 0, status_msg: 'success' } }],
  [{ type: 'message', content: [], stop_reason: 'refusal' }],
  [{ content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn' }],
  [{ object: 'response', status: 'incomplete', output: [], error: null }],
  [{ output: [{ type: 'message', content: [] }], error: null }],
  [{ object: 'list', data: [{ index: 0, embedding: [1] }] }],
])('a body without an error is accepted: %j', (body) => {
  expect(classified(body)).toBeUndefined()
})

describe('an error with status 200 is classified by its code', () => {
  test.each([
    [
      { code: 'rate_limit_exceeded' },
      { reason: 'rate_limited', policy: 'wait', retryAfterMs: 7000 },
    ],
    [{ type: 'insufficient_quota' }, { reason: 'quota_exhausted', policy: 'pause-scan' }],
    [{ code: 'context_length_exceeded' }, { reason: 'context_too_long', policy: 'fail' }],
    [{ code: 'server_error' }, { reason: 'provider_error', policy: 'retry' }],
    [{ type: 'overloaded_error' }, { reason: 'provider_error', policy: 'retry' }],
    ['out of memory', { reason: 'provider_error', policy: 'retry' }],
  ])('%j', (error, expected) => {
    expect(classified({ error })).toMatchObject(expected)
  })

  test('the text of an error with status 200 is redacted', () => {
    const failure = classified({ error: { message: 'bad key sk-secret' } })
    expect(failure?.message).toContain('bad key')
    expect(failure?.message).not.toContain('sk-secret')
  })
})

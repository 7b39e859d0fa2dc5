import { describe, expect, test } from 'vitest'
import { classifyError, type Endpoint } from './classify-error.ts'
import { rejectErrorInAnswer } from './error-in-answer.ts'

const ENDPOINT: Endpoint = {
  name: 'Gateway',
  keyVariable: 'OPENAI_API_KEY',
  secrets: ['sk-secret'],
}

function classified(body: unknown) {
  try {
    rejectErrorInAnswer(body, { status: 200, headers: new Headers({ 'retry-after': '7' }) })
  } catch (error) {
    return classifyError(error, ENDPOINT)
  }
  return undefined
}

test('an answer without an error passes', () => {
  for (const body of [{ choices: [] }, { error: null }, 'text', null, []]) {
    expect(classified(body)).toBeUndefined()
  }
})

describe('an error under status 200 is what its code says', () => {
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

  test('and its text is shown without secrets', () => {
    const failure = classified({ error: { message: 'bad key sk-secret' } })
    expect(failure?.message).toContain('bad key')
    expect(failure?.message).not.toContain('sk-secret')
  })
})

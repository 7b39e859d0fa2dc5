import { describe, expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Model } from '@capstan/shared/inference/types'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openModels } from '../src/open-models.ts'

const KEY = 'sk-canary-0123456789abcdef'
const QUESTION = buildQuestion({
  outline:
    'CronJob (batch/v1, namespaced)\nDescription: Runs jobs on a schedule.\nFields of spec:\n  *schedule string',
})

type Open = (url: string, timeoutMs?: number) => Promise<Model>

const FORMS: [string, Open][] = [
  [
    'anthropic',
    async (url, timeoutMs) =>
      need(
        (await openModels({ anthropic: { apiKey: KEY, baseUrl: url }, timeoutMs })).get(
          'anthropic',
          'm',
        ),
      ),
  ],
  [
    'openai chat',
    async (url, timeoutMs) =>
      need(
        (await openModels({ openai: { apiKey: KEY, baseUrl: `${url}/v1` }, timeoutMs })).get(
          'openai',
          'm',
        ),
      ),
  ],
  [
    'openai responses',
    async (url, timeoutMs) =>
      need(
        (
          await openModels({
            openai: { apiKey: KEY, baseUrl: `${url}/v1`, api: 'responses' },
            timeoutMs,
          })
        ).get('openai', 'm'),
      ),
  ],
]

function need(model: Model | undefined): Model {
  if (!model) throw new Error('model not configured')
  return model
}

async function catchItemError(call: Promise<unknown>): Promise<ItemError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ItemError)) throw new Error(`not an ItemError: ${String(error)}`)
  return error
}

const never = (): AbortSignal => new AbortController().signal

describe.each(FORMS)('%s', (_, open) => {
  test('a call returns valid text, usage and a stop reason', async () => {
    const sim = await testProviderSim()
    const answer = await (await open(sim.url)).ask(QUESTION, never())
    expect(parseAnswer(answer.text).outcome).toBe('valid')
    expect(answer.stop).toBe('end')
    expect(answer.usage.inputTokens + answer.usage.cachedTokens).toBeGreaterThan(1000)
    expect(answer.usage.outputTokens).toBeGreaterThan(20)
  })

  test('a call with an aborted signal rejects at once with its reason', async () => {
    const sim = await testProviderSim()
    await expect((await open(sim.url)).ask(QUESTION, AbortSignal.abort('stop'))).rejects.toBe(
      'stop',
    )
    expect(sim.stats().calls).toBe(0)
  })
})

describe.each(FORMS)('%s over HTTP', (_, open) => {
  test.each([
    ['auth', 'provider_auth', 'pause-scan'],
    ['forbidden', 'provider_auth', 'pause-scan'],
    ['quota', 'quota_exhausted', 'pause-scan'],
    ['spend-limit', 'quota_exhausted', 'pause-scan'],
    ['contract-spend-limit', 'quota_exhausted', 'pause-scan'],
    ['user-spend-limit', 'quota_exhausted', 'pause-scan'],
    ['unknown-model', 'provider_not_configured', 'pause-scan'],
    ['rate-limited', 'rate_limited', 'wait'],
    ['ramp-limited', 'rate_limited', 'wait'],
    ['too-long', 'context_too_long', 'fail'],
    ['too-large', 'context_too_long', 'fail'],
    ['overloaded', 'provider_error', 'retry'],
    ['unavailable', 'provider_error', 'retry'],
    ['gateway-timeout', 'provider_error', 'retry'],
    ['server-error', 'provider_error', 'retry'],
    ['html-error', 'provider_error', 'retry'],
    ['reset', 'provider_error', 'retry'],
    ['reset-in-body', 'provider_error', 'retry'],
    ['broken-body', 'provider_error', 'retry'],
    ['error-after-200', 'provider_error', 'retry'],
  ] as const)(
    'the provider fault %s becomes an error with the reason %s and the item policy %s after one call',
    async (kind, reason, policy) => {
      const sim = await testProviderSim({ faults: [{ kind }] })
      const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
      expect(failure).toMatchObject({ reason, policy, isRamp: kind === 'ramp-limited' })
      expect(failure.message).not.toMatch(/undefined|\[object|TypeError/)
      expect(sim.stats().calls).toBe(1)
    },
  )

  test.each([
    ['exact', 5_000, 6_000],
    ['http-date', 3_000, 7_000],
    ['huge', 62_291_000, 62_291_000],
  ] as const)('a retry-after that is %s is a wait of its own', async (retryAfter, least, most) => {
    const sim = await testProviderSim({ faults: [{ kind: 'rate-limited', retryAfter }] })
    const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
    expect(failure).toMatchObject({ reason: 'rate_limited', policy: 'wait' })
    expect(failure.retryAfterMs).toBeGreaterThanOrEqual(least)
    expect(failure.retryAfterMs).toBeLessThanOrEqual(most)
  })

  test('a 429 with retry-after 0 has no requested wait', async () => {
    const faults = [{ kind: 'rate-limited' as const, retryAfter: 'zero' as const }]
    const sim = await testProviderSim({ faults })
    const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
    expect(failure).toMatchObject({ reason: 'rate_limited', policy: 'wait' })
    expect(failure.retryAfterMs).toBeUndefined()
  })

  test('a wrong key pauses the scan, names its setting and is redacted', async () => {
    const sim = await testProviderSim({ keys: ['another-key'] })
    const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
    expect(failure).toMatchObject({ reason: 'provider_auth', policy: 'pause-scan' })
    expect(failure.hint).toMatch(/(ANTHROPIC|OPENAI)_API_KEY/)
    expect(JSON.stringify(failure.toProblem())).not.toContain(KEY)
    expect(failure.message).toContain('[redacted]')
  })

  test('a rate limit error has the requested wait', async () => {
    const sim = await testProviderSim({ limits: { requestsPerMinute: 1, tokensPerMinute: 1e6 } })
    await (await open(sim.url)).ask(QUESTION, never())
    const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
    expect(failure).toMatchObject({ reason: 'rate_limited', policy: 'wait' })
    expect(failure.retryAfterMs).toBeGreaterThan(50_000)
    expect(failure.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test.each(['hang-before-headers', 'hang-in-body', 'slow-drip'] as const)(
    'ends a call that hangs: %s',
    async (kind) => {
      const sim = await testProviderSim({ faults: [{ kind }] })
      const failure = await catchItemError((await open(sim.url, 400)).ask(QUESTION, never()))
      expect(failure).toMatchObject({ reason: 'timeout', policy: 'retry' })
    },
  )

  test('a refusal and a truncated answer have their stop reasons', async () => {
    const sim = await testProviderSim({
      faults: [{ kind: 'refusal', times: 1 }, { kind: 'truncated-text' }],
    })
    expect((await (await open(sim.url)).ask(QUESTION, never())).stop).toBe('refusal')
    expect((await (await open(sim.url)).ask(QUESTION, never())).stop).toBe('length')
  })

  test('an answer that violates the schema, or follows an instruction in the definition, is returned as text', async () => {
    for (const [kind, outcome] of [
      ['fenced-text', 'valid'],
      ['wrong-case-text', 'valid'],
      ['injection-echo', 'valid'],
      ['broken-text', 'invalid'],
      ['schema-breaking-text', 'invalid'],
      ['empty-text', 'invalid'],
    ] as const) {
      const sim = await testProviderSim({ faults: [{ kind }] })
      const { text, stop } = await (await open(sim.url)).ask(QUESTION, never())
      expect([kind, parseAnswer(text).outcome, stop]).toEqual([kind, outcome, 'end'])
      expect(JSON.stringify(parseAnswer(text))).not.toMatch(/\\u001b|\u200b/)
    }
  })

  test('an abort by the caller ends a running call', async () => {
    const sim = await testProviderSim({ faults: [{ kind: 'hang-before-headers' }] })
    const stop = new AbortController()
    const call = (await open(sim.url)).ask(QUESTION, stop.signal)
    stop.abort('canceled')
    await expect(call).rejects.toBe('canceled')
  })

  test('the second call reads the prompt from the cache of the provider', async () => {
    const sim = await testProviderSim()
    await (await open(sim.url)).ask(QUESTION, never())
    const { usage } = await (await open(sim.url)).ask(QUESTION, never())
    expect(usage.cachedTokens).toBeGreaterThan(1000)
  })

  test('a closed port is a retryable fault', async () => {
    const failure = await catchItemError((await open('http://127.0.0.1:9')).ask(QUESTION, never()))
    expect(failure).toMatchObject({ reason: 'provider_error', policy: 'retry' })
  })
})

test('a thousand concurrent calls all get an answer', async () => {
  const sim = await testProviderSim({ latency: { kind: 'uniform', minMs: 200, maxMs: 400 } })
  const model = need(
    (await openModels({ anthropic: { apiKey: KEY, baseUrl: sim.url } })).get('anthropic', 'm'),
  )
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () => model.ask(QUESTION, never())),
  )
  expect(answers).toHaveLength(1000)
  expect(sim.stats()).toMatchObject({ calls: 1000, succeeded: 1000, inFlight: 0 })
})

test('a provider without settings is not opened', async () => {
  expect((await openModels({})).get('anthropic', 'm')).toBeUndefined()
  expect((await openModels({})).providers).toEqual([])
})

test('a 429 without retry-after and without a wait in its text has no requested wait', async () => {
  const faults = [{ kind: 'rate-limited' as const, retryAfter: 'missing' as const }]
  const sim = await testProviderSim({ faults })
  const [, open] = FORMS.find(([name]) => /anthropic/i.test(name)) ?? FORMS[0]!
  const failure = await catchItemError((await open(sim.url)).ask(QUESTION, never()))
  expect(failure).toMatchObject({ reason: 'rate_limited', policy: 'wait' })
  expect(failure.retryAfterMs).toBeUndefined()
})

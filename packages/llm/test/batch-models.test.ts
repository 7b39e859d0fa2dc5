import { describe, expect, test } from 'vitest'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { BatchAnswer, BatchModel } from '@capstan/shared/inference/batch-types'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openModels, type ModelSettings } from '../src/open-models.ts'

const KEY = 'sk-canary-0123456789abcdef'
const never = (): AbortSignal => new AbortController().signal
const ALL_TIME = { sinceMs: 0, known: [] }

const FORMS: [string, (url: string) => ModelSettings][] = [
  ['anthropic', (url) => ({ anthropic: { apiKey: KEY, baseUrl: url } })],
  ['openai chat', (url) => ({ openai: { apiKey: KEY, baseUrl: `${url}/v1` } })],
  [
    'openai responses',
    (url) => ({ openai: { apiKey: KEY, baseUrl: `${url}/v1`, api: 'responses' } }),
  ],
]

const questions = (name: string, ...kinds: string[]) =>
  kinds.map((kind) => ({
    id: `${name}-${kind}`,
    question: buildQuestion({ outline: `${kind} (example.com/v1, namespaced)` }),
  }))

async function collectAnswers(model: BatchModel, id: string): Promise<Map<string, BatchAnswer>> {
  const answers = new Map<string, BatchAnswer>()
  for await (const answer of model.answers(id, never())) answers.set(answer.id, answer)
  return answers
}

describe.each(FORMS)('%s', (form, settings) => {
  async function open(config: Parameters<typeof testProviderSim>[0] = {}) {
    const sim = await testProviderSim(config)
    const models = await openModels({ ...settings(sim.url), timeoutMs: 120_000 })
    const model = models.batches(form.startsWith('openai') ? 'openai' : 'anthropic', 'm')
    if (!model) throw new Error('no batch API')
    return { sim, model }
  }

  test('every question of a batch gets its valid answer with usage', async () => {
    const { model } = await open()
    const id = await model.submit('one', questions('one', 'A', 'B', 'C'), never())
    expect(await model.state(id, never())).toBe('ended')
    const answers = await collectAnswers(model, id)
    expect([...answers.keys()].toSorted()).toEqual(['one-A', 'one-B', 'one-C'])
    for (const answer of answers.values()) {
      if (answer.outcome !== 'answered') throw new Error(`${answer.id} is ${answer.outcome}`)
      expect(parseAnswer(answer.answer.text).outcome).toBe('valid')
      expect(answer.answer.usage.inputTokens).toBeGreaterThan(1000)
      expect(answer.answer.usage.outputTokens).toBeGreaterThan(20)
    }
    expect(await collectAnswers(model, id)).toEqual(answers)
  })

  test.each([
    ['overloaded', 'provider_error', 'retry'],
    ['server-error', 'provider_error', 'retry'],
    ['too-long', 'context_too_long', 'fail'],
    ['quota', 'quota_exhausted', 'pause-scan'],
    ['unknown-model', 'provider_not_configured', 'pause-scan'],
  ] as const)(
    'a batch question with the fault %s fails alone with the reason %s',
    async (kind, reason, policy) => {
      const { model } = await open({ faults: [{ kind, matching: 'B (' }] })
      const id = await model.submit('one', questions('one', 'A', 'B'), never())
      const answers = await collectAnswers(model, id)
      expect(answers.get('one-A')?.outcome).toBe('answered')
      expect(answers.get('one-B')).toMatchObject({ outcome: 'failed', error: { reason, policy } })
    },
  )

  test('a batch answer keeps its stop reason: end, refusal or length', async () => {
    const { model } = await open({
      faults: [
        { kind: 'refusal', matching: 'A (' },
        { kind: 'truncated-text', matching: 'B (' },
      ],
    })
    const id = await model.submit('one', questions('one', 'A', 'B'), never())
    const answers = await collectAnswers(model, id)
    expect(answers.get('one-A')).toMatchObject({ answer: { stop: 'refusal' } })
    expect(answers.get('one-B')).toMatchObject({ answer: { stop: 'length' } })
  })

  test('a canceled batch ends and reports each question as unserved', async () => {
    const { sim, model } = await open({ batches: { processingMs: 600_000 } })
    const id = await model.submit('one', questions('one', 'A'), never())
    expect(await model.state(id, never())).toBe('running')
    await model.cancel(id, never())
    await model.cancel(id, never())
    expect(await model.state(id, never())).toBe('ended')
    expect([...(await collectAnswers(model, id)).values()]).toEqual([
      { id: 'one-A', outcome: 'unserved', because: 'canceled' },
    ])
    expect(sim.stats().calls).toBe(0)
  })

  test('a batch with a lost id is found by its name', async () => {
    const { model } = await open({
      batches: { faults: [{ kind: 'reset', matching: 'create', times: 1 }] },
    })
    expect(await model.find('lost', ALL_TIME, never())).toEqual({ outcome: 'absent' })
    await expect(model.submit('lost', questions('lost', 'A'), never())).rejects.toMatchObject({
      reason: 'provider_error',
    })
    const other = await model.submit('other', questions('other', 'A'), never())
    const found = await model.find('lost', ALL_TIME, never())
    if (found.outcome !== 'found') throw new Error(found.outcome)
    expect(found.id).not.toBe(other)
    expect([...(await collectAnswers(model, found.id)).keys()]).toEqual(['lost-A'])
    expect(await model.find('never', ALL_TIME, never())).toEqual({ outcome: 'absent' })
  })

  test.each([
    ['auth', 'provider_auth', 'pause-scan'],
    ['rate-limited', 'rate_limited', 'wait'],
    ['server-error', 'provider_error', 'retry'],
  ] as const)(
    'a batch submission with the fault %s fails with the reason %s',
    async (kind, reason, policy) => {
      const { model } = await open({ batches: { faults: [{ kind, matching: 'create' }] } })
      await expect(model.submit('one', questions('one', 'A'), never())).rejects.toMatchObject({
        reason,
        policy,
      })
    },
  )
})

test('a lost batch is unsure, not absent, while another batch still runs', async () => {
  const sim = await testProviderSim({ batches: { processingMs: 600_000 } })
  const models = await openModels({ anthropic: { apiKey: KEY, baseUrl: sim.url } })
  const model = models.batches('anthropic', 'm')
  const id = (await model?.submit('one', questions('one', 'A'), never())) ?? ''
  expect(await model?.find('lost', ALL_TIME, never())).toEqual({ outcome: 'unsure' })
  const known = { sinceMs: 0, known: [id] }
  expect(await model?.find('lost', known, never())).toEqual({ outcome: 'absent' })
})

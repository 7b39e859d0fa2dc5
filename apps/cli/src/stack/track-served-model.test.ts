import { expect, test } from 'vitest'
import { describeAnswers, trackServedModel } from './track-served-model.ts'

const RULES = { provider: 'demo', model: 'demo-rules' } as const
const MODEL = { provider: 'anthropic', model: 'claude-sonnet-5' } as const

test.each(['auto', 'prefer'] as const)(
  'without a model and with CAPSTAN_CURATED=%s the banner names curated answers and guesses',
  (curated) => {
    expect(describeAnswers(RULES, curated)[0]).toBe(
      'none: known types get curated answers, all others rule-based answers, which are guesses',
    )
  },
)

test('without a model and with CAPSTAN_CURATED=off the banner names guesses only', () => {
  expect(describeAnswers(RULES, 'off')[0]).toBe(
    'none: all types get rule-based answers, which are guesses (CAPSTAN_CURATED=off)',
  )
})

test.each([
  ['auto', []],
  ['off', []],
  ['prefer', ['known types get curated answers (CAPSTAN_CURATED=prefer)']],
] as const)('with a model and CAPSTAN_CURATED=%s the banner adds %j', (curated, more) => {
  expect(describeAnswers(MODEL, curated)).toEqual(['anthropic, model claude-sonnet-5', ...more])
})

test('a change after the banner is logged once for all workers', () => {
  const lines: string[] = []
  const models = trackServedModel((line) => lines.push(line), 'auto')
  models.note([RULES])
  expect(models.show()[0]).toContain('curated answers')
  for (let worker = 0; worker < 2; worker += 1) models.note([MODEL])
  expect(lines).toEqual(['anthropic, model claude-sonnet-5'])
})

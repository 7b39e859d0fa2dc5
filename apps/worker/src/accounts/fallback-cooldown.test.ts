import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { openFallbackCooldown } from './fallback-cooldown.ts'

const SOL = { provider: 'openai', model: 'gpt-6-sol', price: null } as const
const LUNA = { provider: 'openai', model: 'gpt-6-luna', price: null } as const
const REJECTED = new ItemError('provider_auth', 'pause-scan', 'the key is refused')

test('a fallback model that rejects the key is excluded for ten minutes and logged once', () => {
  let nowMs = 0
  const logged: unknown[] = []
  const log = { warn: (facts: unknown) => void logged.push(facts) }
  const cooldown = openFallbackCooldown(log, () => nowMs)
  const available = () => [SOL, LUNA].filter((model) => !cooldown.isExcluded(model))
  for (let n = 0; n < 3; n += 1) cooldown.exclude(SOL, REJECTED)
  expect(available()).toEqual([LUNA])
  expect(logged).toMatchObject([{ fallbackModel: 'openai/gpt-6-sol', reason: 'provider_auth' }])
  nowMs = 600_000
  expect(available()).toEqual([SOL, LUNA])
})

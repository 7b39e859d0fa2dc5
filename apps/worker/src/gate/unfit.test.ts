import { expect, test } from 'vitest'
import { ItemError } from '@capstan/shared/errors'
import { openUnfit } from './unfit.ts'

const SOL = { provider: 'openai', model: 'gpt-6-sol', price: null } as const
const LUNA = { provider: 'openai', model: 'gpt-6-luna', price: null } as const
const REFUSED = new ItemError('provider_auth', 'pause-scan', 'the key is refused')

test('who cannot be asked is left out, told once, and tried again after ten minutes', () => {
  let nowMs = 0
  const told: unknown[] = []
  const unfit = openUnfit({ warn: (facts: unknown) => void told.push(facts) }, () => nowMs)
  const fallback = { to: [SOL, LUNA], afterMs: 1 }
  for (let n = 0; n < 3; n += 1) unfit.add(SOL, REFUSED)
  expect(unfit.without(fallback)).toEqual({ to: [LUNA], afterMs: 1 })
  expect(told).toMatchObject([{ standIn: 'openai/gpt-6-sol', reason: 'provider_auth' }])
  nowMs = 600_000
  expect(unfit.without(fallback)).toEqual(fallback)
  expect(unfit.without(undefined)).toBeUndefined()
})

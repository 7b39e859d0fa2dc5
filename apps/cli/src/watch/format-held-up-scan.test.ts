import { expect, test } from 'vitest'
import { makeScan } from '@capstan/testkit/make-scan'
import { formatHeldUpScan } from './format-held-up-scan.ts'

const fault = {
  account: 'openai',
  reason: 'provider_error',
  title: 'OpenAI has a fault (200): Unexpected endpoint',
  hint: 'Check OPENAI_BASE_URL, it usually ends in /v1.',
  at: '2026-11-30T00:00:00.000Z',
} as const

test('a paused scan is shown with its reason, the setting to check and the resume command', () => {
  const problem = { reason: fault.reason, title: fault.title, hint: fault.hint, retryable: false }
  const pause = { by: 'worker', reason: fault.reason, problem, fault }
  const scan = makeScan({ status: 'paused', pause })
  expect(formatHeldUpScan(scan, 'capstan')).toEqual([
    `! ${scan.id} is paused: OpenAI has a fault (200): Unexpected endpoint`,
    '  fix:            Check OPENAI_BASE_URL, it usually ends in /v1.',
    `  resume it:      capstan resume ${scan.id}`,
    `  watch it again: capstan watch ${scan.id}`,
  ])
})

test('a scan behind an open circuit breaker is shown with the last failure of its calls', () => {
  const throttle = {
    account: 'openai',
    model: 'm',
    because: 'circuit breaker open',
    until: null,
    fault,
  }
  const scan = makeScan({ status: 'running', throttle })
  expect(formatHeldUpScan(scan, 'capstan').slice(0, 2)).toEqual([
    `! ${scan.id} is blocked: openai: circuit breaker open; last failure: ${fault.title}`,
    '  fix:            Check OPENAI_BASE_URL, it usually ends in /v1.',
  ])
})

import { expect, test } from 'vitest'
import { makePaidResult, makeRequest } from '../../test/make-request.ts'
import { createWorkerMetrics } from '../metrics/worker-metrics.ts'
import { createLedger, type LedgerEntry } from './ledger.ts'
import type { ModelCall } from './model-call.ts'
import { withMetrics } from './with-metrics.ts'

async function seriesAfter(send: ModelCall): Promise<string> {
  const metrics = createWorkerMetrics({ version: '0', concurrency: 1, active: () => 0 })
  const { route, ...request } = makeRequest()
  metrics.models.add(route)
  await withMetrics(metrics)(send)({ ...request, route }).catch(() => undefined)
  return metrics.registry.metrics()
}

const [paid] = makePaidResult('good', 7).spent.calls as [LedgerEntry]
const ofModel = 'provider="anthropic",model="test-model"'

test('an answered call counts once, with its tokens', async () => {
  const text = await seriesAfter(async () => makePaidResult('good', 7))
  expect(text).toContain(`capstan_llm_requests_total{${ofModel},outcome="answered"} 1`)
  expect(text).toContain(`capstan_llm_tokens_total{${ofModel},type="input"} 7`)
})

test('a share of a call adds tokens and no call', async () => {
  const spent = createLedger({ ...paid, source: 'shared' })
  const text = await seriesAfter(async () => ({ ...makePaidResult('good', 7), spent }))
  expect(text).not.toContain('outcome="answered"')
  expect(text).toContain(`capstan_llm_tokens_total{${ofModel},type="input"} 7`)
})

test('a hedged request counts both calls', async () => {
  const spent = createLedger(paid, { ...paid, kind: 'hedged', outcome: 'aborted' })
  const text = await seriesAfter(async () => ({ ...makePaidResult('good'), spent }))
  expect(text).toContain('capstan_llm_hedges_total{provider="anthropic"} 1')
  expect(text).toContain(`capstan_llm_requests_total{${ofModel},outcome="aborted"} 1`)
})

test('a call that is not sent is counted as not sent', async () => {
  const text = await seriesAfter(() => Promise.reject(new Error('no permit')))
  expect(text).toContain(`capstan_llm_requests_total{${ofModel},outcome="not sent"} 1`)
})

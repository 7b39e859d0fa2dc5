import { expect, test } from 'vitest'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import type { ResultLeaseOutcome } from '@capstan/scan-store/results/result-leases'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { makeItemRequest, makePaidResult } from '../../test/make-request.ts'
import { createWorkerMetrics } from '../metrics/worker-metrics.ts'
import { getCause } from './model-call-error.ts'
import { countCalls } from './ledger.ts'
import type { ItemRequest, ValidResult } from './model-call.ts'
import { AnswerLeasedError, withResultCache } from './with-result-cache.ts'

const { answer: value } = makeStoredResult()

function open(lease: ResultLeaseOutcome, buy: () => Promise<ValidResult>) {
  const events: string[] = []
  const stored: StoredResult[] = []
  const requests: ItemRequest[] = []
  const stage = withResultCache({
    leases: {
      acquire: async () => ({
        lease,
        put: async (result) => {
          stored.push(result)
          events.push('stored')
        },
        release: async () => void events.push('released'),
      }),
    },
    batchAnswers: { read: async () => undefined, release: async () => undefined },
    metrics: createWorkerMetrics({ version: '0', concurrency: 1, active: () => 0 }),
    promptVersion: 'v1',
  })
  const call = stage((request) => {
    requests.push(request)
    return buy()
  })
  return { call, events, stored, requests }
}

const buyGood = async () => ({ ...makePaidResult('good', 7), value })

test('a stored answer costs no call', async () => {
  const result = makeStoredResult()
  const { call, requests } = open({ outcome: 'stored', result }, buyGood)
  expect(await call(makeItemRequest())).toMatchObject({ result, isCached: true })
  expect(requests).toEqual([])
})

test('a paid answer is stored under the lease with what earlier attempts have paid', async () => {
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }
  const unfinished = { next: 'ask-alone', scanId: 's', usage } as const
  const { call, events, stored } = open({ outcome: 'acquired', unfinished }, buyGood)
  const { spent, isCached } = await call(makeItemRequest())
  expect([isCached, countCalls(spent), events]).toEqual([false, 1, ['stored']])
  expect(stored).toMatchObject([{ answer: value, usage: { inputTokens: 8 }, promptVersion: 'v1' }])
})

test('an answer for which another attempt pays is not bought', async () => {
  const { call, requests } = open({ outcome: 'held', scanId: 's', retryAfterMs: 1 }, buyGood)
  await expect(call(makeItemRequest())).rejects.toBeInstanceOf(AnswerLeasedError)
  expect(requests).toEqual([])
})

test('a failed call releases the lease', async () => {
  const down = new Error('down')
  const { call, events } = open({ outcome: 'acquired' }, () => Promise.reject(down))
  const error: unknown = await call(makeItemRequest()).catch((thrown: unknown) => thrown)
  expect(getCause(error)).toBe(down)
  await expect.poll(() => events).toEqual(['released'])
})
